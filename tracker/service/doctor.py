"""Findings about an installation: what works, what does not, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, Literal

from tracker import __version__
from tracker.addresses.urls import host_of
from tracker.alerts.channels import channel_of
from tracker.archive.archive import Archive
from tracker.archive.articles import list_possibly_gone
from tracker.archive.ledger.checkpoints import CheckpointFolder
from tracker.archive.ledger.log import list_checkpoints, signing_problems
from tracker.archive.ledger.logcheck import frames_without_base
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.sources import list_hubs, summarise_sources
from tracker.archive.state import count_all, get_host_time, watch_state
from tracker.config.root import Config
from tracker.errors import ConfigError, TrackerError
from tracker.extraction.sandbox import missing_protection
from tracker.fetch.client import SourceFetcher
from tracker.fetch.robots import robots_url
from tracker.model.alert import DeliveryState
from tracker.model.capture import Failure, FailureKind, FetchResult, Request, first_header
from tracker.model.watch import Counts, WatchState
from tracker.render.text import counted, one_line
from tracker.render.times import span, suspicion

from .checkpoint_publisher import KEEP_NOTES
from .retention import clock_problem

# Below the first, there is time to act; below the second, SQLite may soon be unable to write its log.
MIN_FREE_BYTES_OK: Final = 2_000_000_000
MIN_FREE_BYTES_WARNING: Final = 200_000_000
# One or two failures in a row are usual and go away on their own.
MIN_FAILURES_REPORTED: Final = 3
# After a restart or a busy hour, a service that works has caught up by then.
MAX_OK_LAG: Final = timedelta(minutes=15)
MAX_NAMED_PAGES: Final = 5

State = Literal["ok", "warning", "broken"]


@dataclass(frozen=True)
class Finding:
    """The result of one check. `remedy` says what to do if it is not ok."""

    what: str
    state: State
    detail: str
    remedy: str = ""


def archive_findings(database: str, now: datetime, checkpoints: str = "") -> list[Finding]:
    """Open the archive at the URL `database` and return findings about it; if it cannot be opened, say why.

    `checkpoints` is the folder of its notes, if one is configured.
    """
    try:
        with open_archive(database, readonly=True) as archive:
            counts, file = count_all(archive), archive.url.path
            stored = f"{counted(counts.articles, 'article')}, {counted(counts.versions, 'version')}"
            stored = f"{one_line(database.rpartition('@')[2])}: {stored}"
            if file is None or (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
                found = [Finding("archive", "ok", stored)]
            else:
                detail = f"{stored}; this user can read it, but not write to the file and its folder"
                remedy = "run the service as their owner, or change their permissions"
                found = [Finding("archive", "warning", detail, remedy)]
            found += [*_disk(database), *watch_findings(archive, counts, now)]
            found += _signing(archive, CheckpointFolder(checkpoints, database))
            if problem := clock_problem(get_host_time(archive), now):
                detail = f"waits: {problem}; nothing is deleted meanwhile"
                remedy = "set the clock, for instance with systemd-timesyncd or chrony; retention then continues"
                found.append(Finding("retention", "broken", detail, remedy))
            if counts.dead_alerts:
                dead = f"{counted(counts.dead_alerts, 'alert')} could not be delivered"
                found.append(Finding("alerts", "warning", dead, "to see why: writethru alerts list --state dead"))
            for hub in list_hubs(archive):
                if hub.failures >= MIN_FAILURES_REPORTED:
                    detail = f"failed {counted(hub.failures, 'time')} in a row: {hub.last_error}"
                    remedy = f"writethru sources test {hub.hub.url}"
                    found.append(Finding(f"list {hub.hub.url}", "warning", detail, remedy))
            return found
    except TrackerError as error:
        return [Finding("archive", "broken", str(error), error.hint or "see WRITETHRU_DB"), *_disk(database)]


def _signing(archive: Archive, folder: CheckpointFolder) -> Iterator[Finding]:
    """Yield why no checkpoint will be signed, or that nothing shows whether the next fits the earlier ones."""
    problems = list(signing_problems(archive, folder))
    for each in problems:
        yield Finding("checkpoints", "broken", str(each), each.hint)
    if not problems and list_checkpoints(archive) and (unseen := folder.unseen):
        yield Finding("checkpoints", "warning", unseen, KEEP_NOTES)


def _disk(database: str) -> list[Finding]:
    scheme, _, name = database.partition(":///")
    if scheme != "sqlite":
        return []  # the disk is the database server's
    folder = Path(name or ".").absolute().parent
    if not folder.exists():
        return [Finding("disk", "broken", f"{folder} does not exist", f"mkdir -p {folder}")]
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free > MIN_FREE_BYTES_OK else "warning" if free > MIN_FREE_BYTES_WARNING else "broken"
    return [Finding("disk", state, f"{free / 1e9:.1f} GB free in {folder}", "" if state == "ok" else "free some space")]


def watch_findings(archive: Archive, counts: Counts, now: datetime) -> Iterator[Finding]:
    """Yield findings about checks, alerts and damage in an open archive."""
    state = watch_state(archive, now)
    lag = timedelta(seconds=state.lag_seconds)
    overdue = f"{counted(state.overdue, 'article is', 'articles are')} overdue, the first for {span(lag)}"
    if lag <= MAX_OK_LAG:
        yield Finding("lag", "ok", overdue if state.overdue else "no article is overdue")
    else:
        remedy = (
            "is the service running? If it is, raise service.concurrency, or see what is slow: writethru sources list"
        )
        yield Finding("lag", "warning", overdue, remedy)
    for source in summarise_sources(archive, now=now):
        if not source.paused and (source.failing or source.hubs_failing):
            articles = f"{source.failing:,} of {counted(source.articles, 'article')}" if source.failing else ""
            hubs = f"{source.hubs_failing} of {counted(source.hubs, 'list')}" if source.hubs_failing else ""
            seen = "never read" if source.last_ok is None else f"last read {span(now - source.last_ok)} ago"
            detail = f"failing: {' and '.join(filter(None, (articles, hubs)))}, {seen}: {source.error}"
            yield Finding(f"source {source.name}", "warning", detail, f"writethru sources show '{source.name}'")
    for article in list_possibly_gone(archive)[:MAX_NAMED_PAGES]:
        assert article.possibly_gone_since is not None
        yield Finding(f"article {article.url}", "ok", suspicion(article.possibly_gone_since, now))
    waiting = [target for target, kind in state.waiting if kind == "pending"]
    pending = list_deliveries(archive, DeliveryState.PENDING, 1000) if waiting else []
    for target in sorted(waiting):
        failed = next((each for each in pending if each.target == target and each.last_error), None)
        if failed is not None:
            count = state.waiting[target, "pending"]
            detail = f"{counted(count, 'alert')} waiting: {failed.last_error}"
            remedy = f"fix the target, then: writethru alerts retry --target '{target}'"
            yield Finding(f"alerts to {target}", "warning", detail, remedy)
    if state.quarantined:
        named = ", ".join(state.quarantined[:MAX_NAMED_PAGES])
        detail = f"{counted(len(state.quarantined), 'page is', 'pages are')} set aside as unreadable: {named}"
        yield Finding("pages", "warning", detail, f"writethru show {state.quarantined[0]} --quarantined")
    else:
        yield Finding("pages", "ok", "none is set aside as unreadable")
    with archive.read() as connection:
        damage = frames_without_base(connection)
    for each in damage[:MAX_NAMED_PAGES]:
        remedy = "writethru verify names everything that is damaged"
        yield Finding("damage", "broken", f"{each.what}: {each.how}", remedy)
    yield _growth(counts, state, now)


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


def config_findings(config: Config, path: Path) -> Iterator[Finding]:
    """Yield findings about a configuration without errors, read from the file at `path`."""
    if config.sources or config.stories:
        watched = f"{counted(len(config.sources), 'source')}, {counted(len(config.stories), 'story', 'stories')}"
        yield Finding("configuration", "ok", f"{path}: {watched}")
    else:
        yield Finding("configuration", "warning", "nothing is watched yet", "writethru add URL")
    for each in config.warnings:
        yield Finding("configuration", "warning", each, f"change it in {path}")
    if config.contact:
        yield Finding("contact", "ok", config.contact)
    else:
        detail = "no contact address is set, so sites are visited at the slowest rate"
        remedy = f'set contact = "you@example.org" in {path}, or WRITETHRU_CONTACT'
        yield Finding("contact", "warning", detail, remedy)
    if missing := missing_protection():
        detail = "a page that exploits the parser is not kept from " + " and from ".join(missing)
        yield Finding("page parsers", "warning", detail, "run it on Linux 5.13 or newer, on x86_64 or aarch64")
    else:
        yield Finding("page parsers", "ok", "sandboxed: no network, no files but those of Python, and few system calls")
    yield from _proxies(config)
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


def _proxies(config: Config) -> Iterator[Finding]:
    """Say who uses a proxy, and that addresses cannot be checked behind it."""
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


MAX_CLOCK_OFFSET_SECONDS: Final = 120.0


async def network_findings(config: Config, timeout_seconds: float) -> list[Finding]:
    """Fetch the robots.txt of every host at once, and compare the local clock with the hosts' clocks.

    A host is asked once, and again only after the configured delay if it redirects to itself.
    """
    urls = [(hub.url, source.name) for source in config.sources if not source.paused for hub in source.hubs]
    urls += [(url, source.name) for source in config.sources for url in source.urls]
    urls += [(url, "") for story in config.stories for url in story.urls]
    # One request a host, with the fetch settings of one of its sources.
    hosts = {host_of(url): Request(robots_url(url), accept="text/plain", source=source) for url, source in urls}
    try:
        fetcher = SourceFetcher(config, __version__)
    except ConfigError as error:
        return [Finding("network", "broken", str(error), error.hint)]

    asked, delay = set(hosts), config.fetch.delay.total_seconds()

    async def ask(request: Request) -> FetchResult | None:
        last = ""

        async def allow(url: str) -> Failure | None:
            nonlocal last
            before, last = last, host_of(url)
            if last == before:
                limit.reschedule(asyncio.get_running_loop().time() + delay + timeout_seconds)
                await asyncio.sleep(delay)
            elif before and last in asked:
                return Failure(FailureKind.HOST_WAITS, f"{last} is asked by itself", url)
            asked.add(last)
            return None

        try:
            async with asyncio.timeout(timeout_seconds) as limit:
                return await fetcher.fetch(request, datetime.now(UTC), allow)
        except TimeoutError:
            return None

    try:
        # At once: one host that hangs must not hold up the report on the others.
        answers = await asyncio.gather(*(ask(request) for request in hosts.values()))
    finally:
        await fetcher.aclose()
    now = datetime.now(UTC)
    found = [host_finding(host, answer, timeout_seconds) for host, answer in zip(hosts, answers, strict=True)]
    return [*found, clock_finding(answers, now)]


def host_finding(host: str, answer: FetchResult | None, timeout_seconds: float) -> Finding:
    """Return the finding about `host`, whose robots.txt was fetched with `answer`: None if none came in time."""
    what = f"host {host}"
    if answer is None:
        return Finding(what, "broken", f"no answer within {timeout_seconds:g} s", "check the network; try again later")
    if isinstance(answer, Failure) and answer.kind not in {FailureKind.STATUS, FailureKind.HOST_WAITS}:
        # An HTTP error or a redirect is an answer of the host; in all other failures it gave none.
        if answer.kind is FailureKind.BLOCKED_ADDRESS:
            return Finding(what, "broken", answer.reason, "set WRITETHRU_ALLOW_PRIVATE=1 if this address is intended")
        return Finding(what, "broken", answer.reason, "check the address, DNS and the network")
    return Finding(what, "ok", f"answers in {answer.elapsed:.2f} s")


def clock_finding(answers: Iterable[FetchResult | None], now: datetime) -> Finding:
    """Compare the local clock, which says `now`, with that of the first host that sent its time."""
    for answer in answers:
        date = first_header(answer.headers, "date") if answer else ""
        try:
            off = abs((now - parsedate_to_datetime(date).astimezone(UTC)).total_seconds())
        except (ValueError, OverflowError):
            continue
        if off > MAX_CLOCK_OFFSET_SECONDS:
            detail = f"it differs by {off:.0f} s from a host's clock ({date})"
            return Finding("clock", "broken", detail, "set the clock, for instance with systemd-timesyncd or chrony")
        return Finding("clock", "ok", f"within {MAX_CLOCK_OFFSET_SECONDS:.0f} s of a host's clock")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not compared with any host")
