"""`writethru sources`: list and change the watched sources."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles, list_possibly_gone
from tracker.archive.checks import checks_by_host, list_checks
from tracker.archive.sources import list_hubs, list_sources, summarise_sources
from tracker.errors import ArchiveError, NotKnown, require_known
from tracker.exchange.files import replacing
from tracker.model.source import Hub, HubKind, SourceSummary
from tracker.model.watch import ArticleState, HubState, WatchedArticle
from tracker.render.text import counted, facts, one_line, wrap
from tracker.render.times import ago, full, suspicion
from tracker.service.source_report import SourceStatus, recent_status
from tracker.views.source import HubView, SourceView

from .. import options
from ..app import App, LazyGroup, verb

# Shells load this module to complete `writethru sources`, so it imports neither pydantic nor a parser at the top.
if TYPE_CHECKING:
    from tracker.config.tables import SourceConfig


MAX_SHOWN_ARTICLES = 10


@click.group(
    cls=LazyGroup,
    table={
        "check": (".sources_check:check", "Fetch the lists of sources and say whether each works."),
        "forget": (".prune:forget", "Forget a source that is not configured any more: its lists and learned lines."),
        "import": (".sources_edit:import_", ""),
        "pause": (".sources_edit:pause", "Stop checking sources."),
        "rename": (".sources_edit:rename", "Rename a source, in the configuration and in the archive."),
        "resume": (".sources_edit:resume", "Check paused sources again."),
        "rules": (".sources_rules:rules", "Show the site rules and the learned boilerplate of a source."),
        "test": (".sources_check:test", "Show the articles in a list, or the article in a page or a saved file."),
    },
)
def sources() -> None:
    """List, check, pause and export sources. To watch the feeds of an OPML file: `writethru import FILE.opml`."""


@verb("list", group=sources)
@click.argument("names", metavar="[NAME]…", nargs=-1)
def list_(app: App, names: tuple[str, ...]) -> None:
    """List feeds, sitemaps, section pages and single articles, with last success, failures and next check."""
    listed = _read(app, names)
    if app.settings.json:
        for source, kind, state in listed.rows:
            summary = listed.summaries.get(source.name) or SourceSummary(source.name)
            status = listed.status.of(source.name)
            app.out.data(HubView.of(state, kind, summary, status, paused=source.paused))
        return
    for each in listed.status.lines(names):
        app.out.note(each)
    if not names:
        _note_unconfigured(app, listed.summaries)
    if not listed.rows:
        app.out.note("Nothing is watched yet. To add something: writethru add URL")
        return
    if app.out.tty:
        app.out.page(_lines(app, listed))
        return
    for line in _missing_lines(app, listed.missing):
        app.out.note(line.strip())
    head = ("SOURCE", "KIND", "LAST OK", "NEXT", "FAILED", "ARTICLES", "FAILING", "OVERDUE", "ADDRESS", "ERROR")
    body = [
        (
            source.name,
            kind,
            *_when(app, source, state),
            str(state.failures),
            str(state.articles),
            str(one.failing),
            str(one.overdue),
            state.hub.url,
            state.last_error if state.failures else one.error if one.failing else "",
        )
        for source, kind, state in listed.rows
        for one in [listed.summaries.get(source.name) or SourceSummary(source.name)]
    ]
    app.out.table(head, body, always_head=True)


@verb(group=sources)
@click.argument("file", type=options.NEW_FILE, required=False)
@options.force
def export(app: App, *, file: Path | None, force: bool) -> None:
    """Write all lists as OPML to FILE or stdout. Single articles are left out; OPML cannot contain them."""
    hubs = [hub for source in app.config.sources for hub in source.hubs]
    if app.settings.json:
        app.out.records({"source": hub.source, "kind": str(hub.kind), "url": hub.url} for hub in hubs)
        if file is None:
            return
    from tracker.sources import opml  # it brings lxml, which `sources list` does without

    text = opml.text(hubs)
    if file is None:
        app.out.line(text.rstrip("\n"))
        return
    options.require_writable(file, force=force)
    with replacing(file) as part:
        part.write_text(text, encoding="utf-8")
    app.out.note(f"{file}: {counted(len(hubs), 'list')}")


def _when(app: App, source: SourceConfig, state: HubState) -> tuple[str, str]:
    """Return when a list was last read successfully, and when it is read next, both as text."""
    due = state.next_poll_at
    coming = "paused" if source.paused else "-" if due is None else "due" if due <= app.now else _time(app, due)
    return _time(app, state.last_ok_at), coming


def _time(app: App, at: datetime | None) -> str:
    """Return a time as an age on a terminal, and in full on a pipe, which is often read later."""
    return ago(at, app.now) if app.out.tty or at is None else full(at)


def _note_unconfigured(app: App, known: Mapping[str, SourceSummary]) -> None:
    """Name the sources that are stored in the archive but no longer configured."""
    named = app.config.all_source_names
    for name, source in known.items():
        # A page that could not be fetched, as by `cite add`, leaves nothing to keep or to forget.
        if name in named or not (source.versions or source.scheduled):
            continue
        kept = f"{counted(source.versions, 'version')} of {counted(source.articles, 'article')}"
        app.out.note(f"{one_line(name)}: not configured; {kept} kept as history")
        if source.scheduled:
            app.out.command(f"to forget it: writethru sources forget {shlex.quote(one_line(name))}")


def _lines(app: App, listed: Listed) -> Iterator[str]:
    """Yield lines that show lists to people, grouped by source, and below each source's name its state."""
    above = ""
    for source, kind, state in listed.rows:
        if source.name != above:
            yield one_line(source.name)
            if (one := listed.summaries.get(source.name)) is not None:
                stored = f"{counted(one.articles, 'article')}, {counted(one.versions, 'version')}"
                yield f"  {stored}; {one.overdue:,} overdue"
                if one.failing:
                    # Not twice: the reason of a single article is written below its address.
                    below = {state.last_error for each, _, state in listed.rows if each.name == source.name}
                    reason = "" if one.error in below else f": {one_line(one.error)}"
                    what = f"{counted(one.failing, 'article')} failing{reason}"
                    yield from wrap(what, app.out.columns, first="  ! ", rest="    ")
                yield from _missing_lines(app, [each for each in listed.missing if each.source == source.name])
        above = source.name
        yield from wrap(one_line(state.hub.url), app.out.columns, first=f"  {kind:<8} ", rest=" " * 11)
        last, coming = _when(app, source, state)
        count = "" if kind == "article" else f" · {counted(state.articles, 'article')}"
        yield f"{'':11}ok {last} · next: {coming}{count}"
        if state.failures:
            what = f"failed {counted(state.failures, 'time')}: {one_line(state.last_error)}"
            yield from wrap(what, app.out.columns, first=f"{'':9}! ", rest=" " * 11)


def _missing_lines(app: App, missing: Sequence[WatchedArticle]) -> Iterator[str]:
    """Yield a line for each of the articles that were possibly taken down."""
    for each in missing[:MAX_SHOWN_ARTICLES]:
        since = suspicion(each.possibly_gone_since or app.now, app.now)
        text = one_line(f"{since}: {each.id[:8]} {each.url}; next check: {_coming(each.next_check_at, app.now)}")
        yield from wrap(text[:1].upper() + text[1:], app.out.columns, first="  ? ", rest="    ")
    if len(missing) > MAX_SHOWN_ARTICLES:
        yield f"    and {len(missing) - MAX_SHOWN_ARTICLES:,} more"


@dataclass(frozen=True)
class Listed:
    """What `sources list` shows: every list and single article, with its source, its kind and its state.

    `summaries` are the states of the sources by name, those that are no longer configured included. `missing` are the
    articles that were possibly taken down.
    """

    rows: list[tuple[SourceConfig, str, HubState]]
    status: SourceStatus
    summaries: Mapping[str, SourceSummary] = field(default_factory=dict)
    missing: Sequence[WatchedArticle] = ()


def _read(app: App, names: tuple[str, ...]) -> Listed:
    """Return the named sources, or all, with their lists, their articles and those that stories name. Raises NotKnown.

    An address of a site that no source is configured for belongs to a source of its own, named after the site. If the
    archive cannot be read, the states are empty.
    """
    own: dict[str, SourceConfig] = {}
    for story in app.config.stories:
        for url in story.urls:
            owner = app.config.source_of(url)
            before = own.get(owner.name, owner)
            own[owner.name] = before.model_copy(update={"urls": tuple(dict.fromkeys((*before.urls, url)))})
    configured = {source.name for source in app.config.sources}
    unnamed = [name for name in names if name in configured or name not in own]
    chosen = app.sources(unnamed) if unnamed or not names else []
    chosen = [own.pop(source.name, source) for source in chosen]
    chosen += [source for name, source in own.items() if name in names or not (names or name in configured)]
    try:
        with app.archive() as archive:
            polled = {(state.hub.source, state.hub.url): state for state in list_hubs(archive)}
            summaries = {each.name: each for each in summarise_sources(archive, now=app.now)}
            rows = list(_rows(chosen, polled, archive))
            shown = {source.name for source in chosen}
            missing = [each for each in list_possibly_gone(archive) if each.source in shown]
            return Listed(rows, recent_status(archive, app.now), summaries, missing)
    except ArchiveError as error:
        app.out.note(f"The archive cannot be read yet: {error}")
        return Listed(list(_rows(chosen, {})), SourceStatus(app.now))


def _rows(
    chosen: list[SourceConfig], polled: Mapping[tuple[str, str], HubState], archive: Archive | None = None
) -> Iterator[tuple[SourceConfig, str, HubState]]:
    """Yield every list and single article of the sources, with its kind and its state."""
    for source in chosen:
        for hub in source.hubs:
            yield source, str(hub.kind), polled.get((source.name, hub.url)) or HubState(hub)
        for url in source.urls:
            # A single article is shown as a list with one article.
            hub = Hub(source.name, HubKind.PAGE, url)
            try:
                tracked = get_article(archive, url) if archive else None
            except NotKnown:
                tracked = None
            if archive is None or tracked is None:
                yield source, "article", HubState(hub, articles=1)
                continue
            failures = 0 if tracked.possibly_gone_since else tracked.failures
            failed = list_checks(archive, tracked.id, 1) if failures else []
            state = HubState(
                hub,
                next_poll_at=tracked.next_check_at,
                last_poll_at=tracked.last_check_at,
                last_ok_at=tracked.last_seen_at,
                failures=failures,
                last_error=failed[0].detail if failed else "",
                articles=1,
            )
            yield source, "article", state


@verb(group=sources)
@click.argument("name")
def show(app: App, name: str) -> None:
    """Show the state of a source: last success, failures with their reasons, overdue checks, and the next visits."""
    with app.archive() as archive:
        try:
            require_known("source", [name], list_sources(archive))
        except NotKnown:
            if app.config_or_default.source(name) is None:
                raise
            raise NotKnown(
                "this source is configured, but nothing has been read from it yet",
                resource=name,
                hint="writethru run, or once: writethru check --due",
            ) from None
        (one,) = summarise_sources(archive, name, app.now)
        hubs = list_hubs(archive, name)
        missing = list_possibly_gone(archive, name)
        apart = {each.id for each in missing}
        failing = [
            each
            for each in list_articles(archive, source=name)
            if each.failures and each.state is ArticleState.ACTIVE and each.id not in apart
        ]
        failing.sort(key=lambda each: each.failures, reverse=True)
        failed = [
            (each, next((check.detail for check in list_checks(archive, each.id, 1)), ""))
            for each in failing[:MAX_SHOWN_ARTICLES]
        ]
        recent = recent_status(archive, app.now)
        hourly = checks_by_host(archive, name, app.now - timedelta(hours=1))
    if app.settings.json:
        status = recent.of(name)
        lists = [HubView.of(each, str(each.hub.kind), one, status, paused=one.paused) for each in hubs]
        articles = [
            {"article": each.id, "url": each.url, "failures": each.failures, "error": why} for each, why in failed
        ]
        app.out.data(
            {
                **SourceView.of(one, status).as_json(),
                "lists": lists,
                "failing_articles": articles,
                "possibly_gone_articles": [
                    {"article": each.id, "url": each.url, "since": each.possibly_gone_since} for each in missing
                ],
                "checks_last_hour": hourly,
            }
        )
        return
    for line in recent.lines((name,)):
        app.out.note(line)
    app.out.page(_state_lines(app, one, hubs, hourly, failed, len(failing), missing))


def _state_lines(
    app: App,
    one: SourceSummary,
    hubs: list[HubState],
    hourly: dict[str, int],
    failed: list[tuple[WatchedArticle, str]],
    failing: int,
    missing: Sequence[WatchedArticle],
) -> Iterator[str]:
    """Yield the lines of `sources show`; `failing` counts all failing articles, `failed` has the first of them."""
    now, columns = app.now, app.out.columns
    yield f"{one_line(one.name)}{' (paused)' if one.paused else ''}"
    known = [
        ("articles", f"{one.articles:,}, {counted(one.versions, 'version')}, {counted(one.checks, 'check')}"),
        ("last hour", ", ".join(f"{counted(each, 'check')} on {host}" for host, each in hourly.items()) or "no checks"),
        ("last success", ago(one.last_ok, now)),
        ("last change", ago(one.last_change, now)),
        ("next visit", "none planned" if one.next_visit is None else _coming(one.next_visit, now)),
        ("overdue", f"{one.overdue:,}"),
        ("failing", f"{counted(failing, 'article')}, {one.hubs_failing:,} of {counted(one.hubs, 'list')}"),
        *([("newest error", one.error)] if one.error else []),
    ]
    yield from facts(known, columns, 16, "  ")
    for hub in hubs:
        times = counted(hub.failures, "time")
        state = f"failed {times}: {hub.last_error}" if hub.failures else f"ok {ago(hub.last_ok_at, now)}"
        due = "" if hub.next_poll_at is None else f"; next: {_coming(hub.next_poll_at, now)}"
        yield from wrap(one_line(f"{hub.hub.kind} {hub.hub.url}: {state}{due}"), columns, first="  ", rest="    ")
    for each, why in failed:
        state = f"{each.id[:8]} failed {counted(each.failures, 'time')}: {why}"
        text = f"{state}; next: {_coming(each.next_check_at, now)}; {each.url}"
        yield from wrap(one_line(text), columns, first="  ! ", rest="    ")
    if failing > len(failed):
        yield f"    and {failing - len(failed):,} more"
    yield from _missing_lines(app, missing)


def _coming(at: datetime | None, now: datetime) -> str:
    return "none" if at is None else "due now" if at <= now else ago(at, now)
