"""`writethru doctor`: find problems and say how to fix them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from tracker.archive.counts import count_all, watch_state
from tracker.archive.hubs import list_hubs
from tracker.archive.ledger.logcheck import frames_without_base
from tracker.archive.outbox import list_deliveries
from tracker.archive.source_summaries import summarise_sources
from tracker.cli.exit_codes import ERROR, OK
from tracker.errors import ConfigError, SchemaMismatch, TrackerError
from tracker.model.alert import DeliveryState
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, Request
from tracker.render.text import counted, one_line
from tracker.render.times import span
from tracker.urls import host_of

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.model.counts import Counts, WatchState

_SIGNS = {"ok": "ok     ", "warning": "warning", "broken": "BROKEN "}
_INDENT = " " * 9
# Below the first, there is time to act; below the second, SQLite may soon be unable to write its log.
MIN_FREE_BYTES_OK = 2_000_000_000
MIN_FREE_BYTES_WARNING = 200_000_000
MAX_CLOCK_OFFSET_SECONDS = 120.0
# One or two failures in a row are usual and pass by themselves.
MIN_FAILURES_REPORTED = 3
# After a restart or a busy hour, a service that works has caught up by then.
MAX_OK_LAG = timedelta(minutes=15)
MAX_NAMED_PAGES = 5


State = Literal["ok", "warning", "broken"]


@dataclass(frozen=True)
class Finding:
    """The result of one check. `remedy` says what to do if it is not ok."""

    what: str
    state: State
    detail: str
    remedy: str = ""


@verb()
@click.option("--offline", is_flag=True, help="Do not connect to any host.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0.1),
    default=10.0,
    show_default=True,
    help="Wait this long for each host.",
)
def doctor(app: App, *, offline: bool, timeout: float) -> int:
    """Check the configuration, archive, disk, clock, hosts and alert targets. Exits with 1 if something is broken."""
    import asyncio

    config, found = of_config(app)
    found += of_archive(app)
    if config is not None and not offline:
        app.out.note("connecting to hosts …")
        found += asyncio.run(of_network(config, timeout))
    for each in found:
        if app.settings.json:
            app.out.data(asdict(each))
            continue
        app.out.wrapped(f"{_SIGNS[each.state]}  {one_line(each.what)}: {one_line(each.detail)}", _INDENT)
        if each.remedy:
            app.out.wrapped(f"{_INDENT}-> {one_line(each.remedy)}", f"{_INDENT}   ")
    return ERROR if any(each.state == "broken" for each in found) else OK


def of_config(app: App) -> tuple[Config | None, list[Finding]]:
    """Read the configuration and return it, or None if it has errors, with the findings."""
    try:
        config = app.config
    except ConfigError as error:
        remedy = error.hint or "fix the file, then run: writethru config check"
        return None, [Finding("configuration", "broken", str(error), remedy)]
    if config.sources or config.stories:
        watched = f"{counted(len(config.sources), 'source')}, {counted(len(config.stories), 'story', 'stories')}"
        file = Finding("configuration", "ok", f"{app.config_path}: {watched}")
    else:
        file = Finding("configuration", "warning", "nothing is watched yet", "writethru add URL")
    contact = Finding("contact", "ok", config.contact)
    if not config.contact:
        detail = "no contact address is set, so sites are visited at the slowest rate"
        remedy = f'set contact = "you@example.org" in {app.config_path}, or WRITETHRU_CONTACT'
        contact = Finding("contact", "warning", detail, remedy)
    return config, [file, contact, _of_readers(), *_proxies(config), *_targets(config)]


def _proxies(config: Config) -> Iterator[Finding]:
    """Say who uses a proxy, and what the check of addresses cannot promise behind it."""
    proxies: dict[str, list[str]] = {}
    everyone = "all other requests" if len(config.fetches) > 1 else "all requests"
    for fetch, sources in config.fetches.items():
        if fetch.proxy:
            place = fetch.proxy if isinstance(fetch.proxy, str) else "a secret address"
            proxies.setdefault(place, []).extend(sources if fetch is not config.fetch else [everyone])
    for place, users in proxies.items():
        detail = (
            f"{place}, for {', '.join(users)}; it resolves host names, "
            "so it must itself refuse those of its own network"
        )
        yield Finding("proxy", "ok", detail)
    named = [name for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy") if os.environ.get(name)]
    if named and not config.fetch.proxy:
        remedy = 'set proxy = "http://…" in [fetch], or in the [[sources]] table of one source'
        yield Finding("proxy", "warning", f"{named[0]} is set and not used", remedy)


def _of_readers() -> Finding:
    """Say whether the processes that parse pages are kept from files and network."""
    from tracker.extraction.sandbox import missing_protection

    if missing := missing_protection():
        detail = "a page that exploits the parser is not kept from " + " and from ".join(missing)
        return Finding("page parsers", "warning", detail, "run it on Linux 5.13 or newer, on x86_64 or aarch64")
    return Finding("page parsers", "ok", "sandboxed: no network, and no files but those of Python")


def _targets(config: Config) -> Iterator[Finding]:
    from tracker.alerts.channels import channel_of

    used = {name for rule in config.rules for name in rule.to}
    for target in config.targets:
        what = f"target {target.name}"
        try:
            channel_of(target).check(target, config)
        except TrackerError as error:
            yield Finding(what, "broken", error.message, error.hint)
            continue
        if target.name in used:
            yield Finding(what, "ok", f"{target.type}; to try it: writethru alerts test --to '{target.name}' --send")
        else:
            yield Finding(what, "warning", "no rule sends alerts to it", "add it to the `to` list of a [[rules]] table")


def of_archive(app: App) -> list[Finding]:
    """Open the archive and check its schema, its disk, its alerts and its failing lists."""
    try:
        url = app.database
        with app.archive() as store:
            counts, hubs = count_all(store), list_hubs(store)
            more = list(archive_findings(store, counts, app.now))
    except SchemaMismatch as error:
        return [Finding("archive", "broken", str(error), "writethru db upgrade"), *_disk(app)]
    except ConfigError:  # the finding about the configuration says it
        return []
    except TrackerError as error:
        return [Finding("archive", "broken", str(error), error.hint or "see WRITETHRU_DB"), *_disk(app)]
    stored = f"{counted(counts.articles, 'article')}, {counted(counts.versions, 'version')}"
    found = [Finding("archive", "ok", f"{one_line(url.rpartition('@')[2])}: {stored}"), *_disk(app), *more]
    if counts.dead_alerts:
        dead = f"{counts.dead_alerts} could not be delivered"
        found.append(Finding("alerts", "warning", dead, "to see why: writethru alerts list --state dead"))
    for hub in hubs:
        if hub.failures >= MIN_FAILURES_REPORTED:
            detail = f"failed {hub.failures} times in a row: {hub.last_error}"
            found.append(Finding(f"list {hub.hub.url}", "warning", detail, f"writethru sources test {hub.hub.url}"))
    return found


def _disk(app: App) -> list[Finding]:
    try:
        scheme, _, name = app.database.partition(":///")
    except ConfigError:
        return []
    if scheme != "sqlite":
        return []  # the disk is the database server's
    folder = Path(name or ".").absolute().parent
    if not folder.exists():
        return [Finding("disk", "broken", f"{folder} does not exist", f"mkdir -p {folder}")]
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free > MIN_FREE_BYTES_OK else "warning" if free > MIN_FREE_BYTES_WARNING else "broken"
    return [Finding("disk", state, f"{free / 1e9:.1f} GB free in {folder}", "" if state == "ok" else "free some space")]


async def of_network(config: Config, timeout_seconds: float) -> list[Finding]:
    """Fetch the robots.txt of every host at once, and compare the local clock with the hosts' clocks."""
    import asyncio

    from tracker.fetch.robots import robots_url
    from tracker.service.source_fetcher import SourceFetcher
    from tracker.service.watchlist import hubs_of

    urls = [(hub.url, source.name) for source in config.sources if not source.paused for hub in hubs_of(source)]
    urls += [(url, source.name) for source in config.sources for url in source.urls]
    urls += [(url, "") for story in config.stories for url in story.urls]
    # One request a host, with the fetch settings of one of its sources.
    hosts = {host_of(url): Request(robots_url(url), accept="text/plain", source=source) for url, source in urls}
    try:
        fetcher = SourceFetcher(config)
    except ConfigError as error:
        return [Finding("network", "broken", str(error), error.hint)]

    async def ask(request: Request) -> FetchResult | None:
        try:
            return await asyncio.wait_for(fetcher.fetch(request, datetime.now(UTC)), timeout_seconds)
        except TimeoutError:
            return None

    try:
        # At once: one host that hangs must not hold up the report on the others.
        answers = await asyncio.gather(*(ask(request) for request in hosts.values()))
    finally:
        await fetcher.aclose()
    now = datetime.now(UTC)
    found = [_host(host, answer, timeout_seconds) for host, answer in zip(hosts, answers, strict=True)]
    return found + _clock(answers, now)


def _host(host: str, answer: FetchResult | None, timeout_seconds: float) -> Finding:
    what = f"host {host}"
    if answer is None:
        return Finding(what, "broken", f"no answer within {timeout_seconds:g} s", "check the network; try again later")
    if isinstance(answer, Failure) and answer.kind is not FailureKind.STATUS:
        if answer.kind is FailureKind.BLOCKED_ADDRESS:
            return Finding(what, "broken", answer.reason, "set WRITETHRU_ALLOW_PRIVATE=1 if this address is intended")
        return Finding(what, "broken", answer.reason, "check the address, DNS and the network")
    return Finding(what, "ok", f"answers in {answer.elapsed:.2f} s")


def _clock(answers: list[FetchResult | None], now: datetime) -> list[Finding]:
    for answer in answers:
        date = answer.header("date") if isinstance(answer, Capture) else ""
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            continue
        off = abs((now - theirs.astimezone(UTC)).total_seconds())
        if off > MAX_CLOCK_OFFSET_SECONDS:
            detail = f"it differs by {off:.0f} s from a host's clock ({date})"
            return [Finding("clock", "broken", detail, "set the clock, for instance with systemd-timesyncd or chrony")]
        return [Finding("clock", "ok", f"within {MAX_CLOCK_OFFSET_SECONDS:.0f} s of a host's clock")]
    return [Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not compared with any host")]


def archive_findings(store: Archive, counts: Counts, now: datetime) -> Iterator[Finding]:
    """Yield what an open archive says of how watching goes."""
    state = watch_state(store, now)
    yield _lag(state)
    yield from _sources(store, now)
    yield from _waiting_alerts(store, state)
    if state.quarantined:
        named = ", ".join(state.quarantined[:MAX_NAMED_PAGES])
        detail = f"{len(state.quarantined)} hung or crashed the extractor and were set aside: {named}"
        yield Finding("pages", "warning", detail, "writethru show ID --quarantined")
    else:
        yield Finding("pages", "ok", "none hung or crashed the extractor")
    with store.read() as connection:
        damage = frames_without_base(connection)
    for each in damage[:MAX_NAMED_PAGES]:
        remedy = "writethru verify names everything that is damaged"
        yield Finding("damage", "broken", f"{each.what}: {each.how}", remedy)
    yield _growth(counts, state, now)
    yield from _learning(counts)


def _learning(counts: Counts) -> Iterator[Finding]:
    """Yield a warning if there is enough to learn check times from, and not what it takes."""
    from tracker.jobs.fit import MIN_FITTED_ARTICLES

    if counts.articles >= MIN_FITTED_ARTICLES and find_spec("scipy") is None:
        what = "check times are not learned from your archive, because scipy is not installed; defaults are used"
        yield Finding("cadence", "warning", what, "pip install 'writethru[fit]'")


def _lag(state: WatchState) -> Finding:
    lag = timedelta(seconds=state.lag_seconds)
    if not state.overdue:
        return Finding("lag", "ok", "no article is overdue")
    detail = f"{counted(state.overdue, 'article is', 'articles are')} overdue, the first for {span(lag)}"
    if lag <= MAX_OK_LAG:
        return Finding("lag", "ok", detail)
    remedy = "is the service running? If it is, raise service.concurrency, or see what is slow: writethru sources list"
    return Finding("lag", "warning", detail, remedy)


def _sources(store: Archive, now: datetime) -> Iterator[Finding]:
    for each in summarise_sources(store, now=now):
        if not each.paused and (each.failing or each.hubs_failing):
            failing = (
                f"{each.failing:,} of {each.articles:,} articles and {each.hubs_failing} of {each.hubs} lists fail"
            )
            seen = "never read" if each.last_ok is None else f"last read {span(now - each.last_ok)} ago"
            detail = f"{failing}, {seen}: {each.error}"
            yield Finding(f"source {each.name}", "warning", detail, f"writethru sources show '{each.name}'")


def _waiting_alerts(store: Archive, state: WatchState) -> Iterator[Finding]:
    waiting = [target for target, kind in state.waiting if kind == "pending"]
    pending = list_deliveries(store, DeliveryState.PENDING, 1000) if waiting else []
    for target in sorted(waiting):
        failed = next((each for each in pending if each.target == target and each.last_error), None)
        if failed is not None:
            count = state.waiting[target, "pending"]
            detail = f"{counted(count, 'alert')} waiting: {failed.last_error}"
            remedy = f"fix the target, then: writethru alerts retry --target '{target}'"
            yield Finding(f"alerts to {target}", "warning", detail, remedy)


def _growth(counts: Counts, state: WatchState, now: datetime) -> Finding:
    """Estimate growth from the share of versions that is a week old at most, or from all in a younger archive."""
    size = f"{counts.bytes / 1e6:,.1f} MB"
    age = timedelta(0) if state.began is None else now - state.began
    if age < timedelta(days=1):
        return Finding("growth", "ok", f"{size} on the first day")
    days = min(age, timedelta(days=7)) / timedelta(days=1)
    daily = counts.bytes * state.versions_last_week / max(counts.versions, 1) / days
    period = "in the last week" if age >= timedelta(days=7) else "so far"
    return Finding("growth", "ok", f"{size}, about {daily / 1e6:,.1f} MB a day {period}")
