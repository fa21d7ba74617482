"""The lists and articles that are watched, with the state of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.archive.articles import get_article
from tracker.archive.checks import list_checks
from tracker.archive.hubs import list_hubs
from tracker.errors import ArchiveError, NotKnown
from tracker.model.source import Hub, HubKind, HubState
from tracker.render import one_line
from tracker.render.times import ago
from tracker.render.wrap import wrap
from tracker.service.watchlist import hubs_of

from . import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive
    from tracker.config import SourceConfig

    from .app import App


def when(app: App, source: SourceConfig, state: HubState) -> tuple[str, str]:
    """Return when a list was last read successfully, and when it is read next, both as text."""
    due = state.next_poll_at
    coming = "paused" if source.paused else "-" if due is None else "due" if due <= app.now else ago(due, app.now)
    return ago(state.last_ok_at, app.now), coming


def lines(app: App, found: list[tuple[SourceConfig, str, HubState]]) -> Iterator[str]:
    """Yield lines that show lists to people, grouped by source."""
    above = ""
    for source, kind, state in found:
        if source.name != above:
            yield one_line(source.name)
        above = source.name
        yield from wrap(one_line(state.hub.url), app.out.columns, first=f"  {kind:<8} ", rest=" " * 11)
        last, coming = when(app, source, state)
        count = "" if kind == "article" else f" · {state.articles} articles"
        yield f"{'':11}ok {last} · next: {coming}{count}"
        if state.failures:
            what = f"failed {state.failures} times: {one_line(state.last_error)}"
            yield from wrap(what, app.out.columns, first=f"{'':9}! ", rest=" " * 11)


def states(app: App, names: tuple[str, ...]) -> Iterator[tuple[SourceConfig, str, HubState]]:
    """Yield every list and single article of the named sources, or of all, with its state in the archive."""
    known: dict[tuple[str, str], HubState] = {}
    try:
        with app.archive() as store:
            known = {(state.hub.source, state.hub.url): state for state in list_hubs(store)}
            for source in lookup.sources(app, names):
                known |= {(source.name, url): _single(store, source.name, url) for url in source.urls}
    except ArchiveError as error:
        app.out.note(f"The archive cannot be read yet: {error}")
    for source in lookup.sources(app, names):
        for hub in hubs_of(source):
            yield source, str(hub.kind), known.get((source.name, hub.url)) or HubState(hub)
        for url in source.urls:
            yield source, "article", known.get((source.name, url)) or _unknown(source.name, url)


def _single(store: Archive, source: str, url: str) -> HubState:
    """Return the state of a single article as that of a list with one article."""
    try:
        tracked = get_article(store, url)
    except NotKnown:
        return _unknown(source, url)
    failed = list_checks(store, tracked.id, 1) if tracked.failures else []
    return HubState(
        Hub(source, HubKind.PAGE, url),
        next_poll_at=tracked.next_check_at,
        last_poll_at=tracked.last_check_at,
        last_ok_at=tracked.last_seen_at,
        failures=tracked.failures,
        last_error=failed[0].detail if failed else "",
        articles=1,
    )


def _unknown(source: str, url: str) -> HubState:
    return HubState(Hub(source, HubKind.PAGE, url), articles=1)
