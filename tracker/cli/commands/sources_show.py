"""`writethru sources show`: the state of one source, and the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from tracker.archive.articles import list_articles
from tracker.archive.checks import checks_by_host, list_checks
from tracker.archive.hubs import list_hubs
from tracker.archive.sources import stored_source, summarise_sources
from tracker.errors import NotKnown
from tracker.render.text import counted, facts, one_line, wrap
from tracker.render.times import ago
from tracker.service.source_status import recent_status, source_events
from tracker.views.source import HubView, SourceView

from ..app import App, verb
from .sources import sources

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.source import SourceSummary
    from tracker.model.watch import HubState, Tracked

MAX_SHOWN_ARTICLES = 10


@verb(group=sources)
@click.argument("name")
def show(app: App, name: str) -> None:
    """Show the state of a source: last success, what fails and why, what is overdue, and the next visits."""
    with app.archive() as archive:
        try:
            stored_source(archive, name)
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
        failing = [each for each in list_articles(archive, source=name) if each.failures]
        failing.sort(key=lambda each: each.failures, reverse=True)
        failed = [(each, _reason(archive, each)) for each in failing[:MAX_SHOWN_ARTICLES]]
        recent = recent_status(source_events(archive), app.now)
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
                "checks_last_hour": hourly,
            }
        )
        return
    for line in recent.lines((name,)):
        app.out.note(line)
    app.out.page(_lines(app, one, hubs, hourly, failed, len(failing)))


def _reason(archive: Archive, tracked: Tracked) -> str:
    checks = list_checks(archive, tracked.id, 1)
    return checks[0].detail if checks else ""


def _lines(
    app: App,
    one: SourceSummary,
    hubs: list[HubState],
    hourly: dict[str, int],
    failed: list[tuple[Tracked, str]],
    failing: int,
) -> Iterator[str]:
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


def _coming(at: datetime | None, now: datetime) -> str:
    return "none" if at is None else "due now" if at <= now else ago(at, now)
