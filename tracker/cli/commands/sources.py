"""`writethru sources`: what is watched, and how it fares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import choosing
from ..app import App, pass_app
from ..lazy import LazyGroup, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.config import SourceConfig
    from tracker.model import HubState

_AT = "tracker.cli.commands."
_TABLE = {
    "check": (f"{_AT}sources_try:check", "Read the lists of a source now, and say how each fares; keep nothing."),
    "test": (f"{_AT}sources_try:test", "Show what would be read from an address, before watching it."),
    "import": (f"{_AT}sources_opml:import_", "Watch every feed of an OPML file."),
    "export": (f"{_AT}sources_opml:export", "Write an OPML file of what is watched."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def sources() -> None:
    """See, check, pause, import and export what is watched."""


@sources.command("list", cls=Verb)
@click.argument("names", metavar="[NAME]…", nargs=-1)
@pass_app
def list_(app: App, names: tuple[str, ...]) -> None:
    """List feeds, sitemaps, pages and single articles: last success, failures, when they are due."""
    from tracker.render.times import ago, iso

    states = list(_states(app, names))
    if app.settings.json:
        for source, kind, state in states:
            app.out.data(
                {
                    "schema": 1,
                    "source": source.name,
                    "kind": kind,
                    "url": state.hub.url,
                    "paused": source.paused,
                    "last_ok": iso(state.last_ok_at),
                    "next": iso(state.next_poll_at),
                    "failures": state.failures,
                    "articles": state.articles,
                    "error": state.last_error,
                }
            )
        return
    body = [
        (
            source.name,
            kind,
            ago(state.last_ok_at, app.now),
            "paused" if source.paused else ago(state.next_poll_at, app.now) if state.next_poll_at else "-",
            str(state.failures),
            str(state.articles),
            state.hub.url + (f"  ! {state.last_error}" if state.failures else ""),
        )
        for source, kind, state in states
    ]
    app.out.table(("SOURCE", "KIND", "LAST OK", "NEXT", "FAILED", "ARTICLES", "ADDRESS"), body)


def _states(app: App, names: tuple[str, ...]) -> Iterator[tuple[SourceConfig, str, HubState]]:
    from tracker.errors import ArchiveError
    from tracker.model import Hub, HubKind, HubState
    from tracker.service.watchlist import hubs_of

    known: dict[tuple[str, str], HubState] = {}
    try:
        with app.archive() as store:
            known = {(state.hub.source, state.hub.url): state for state in store.hub_states()}
    except ArchiveError as error:
        app.out.note(f"the archive says nothing yet: {error}")
    for source in choosing.sources(app, names):
        for hub in hubs_of(source):
            yield source, str(hub.kind), known.get((source.name, hub.url)) or HubState(hub)
        for url in source.urls:
            yield source, "article", HubState(Hub(source.name, HubKind.PAGE, url), articles=1)


@sources.command(cls=Verb)
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@pass_app
def pause(app: App, names: tuple[str, ...]) -> None:
    """Keep what is there, visit no more."""
    _set(app, names, paused=True)


@sources.command(cls=Verb)
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@pass_app
def resume(app: App, names: tuple[str, ...]) -> None:
    """Visit paused sources again."""
    _set(app, names, paused=False)


def _set(app: App, names: tuple[str, ...], *, paused: bool) -> None:
    from tracker import configfile

    from ..watch import save

    text = configfile.read(app.config_path)
    for source in choosing.sources(app, names):
        text = configfile.pause(text, source.name, paused=paused)
    save(app, text)
    for name in names:
        app.out.say({"source": name, "paused": paused}, f"{name}: {'paused' if paused else 'resumed'}")
