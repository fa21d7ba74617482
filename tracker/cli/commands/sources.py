"""`writethru sources`: list and change what is watched."""

from __future__ import annotations

import click

from tracker.cli import lookup
from tracker.config import edits
from tracker.views.source import HubView, SourceStatusView

from ..app import App, verb
from ..lazy import LazyGroup

_AT = "tracker.cli.commands."
_TABLE = {
    "check": (
        f"{_AT}sources_try:check",
        "Fetch the lists of a source now and report whether they work; store nothing.",
    ),
    "test": (f"{_AT}sources_test:test", "Show what is extracted from an address or a saved page; write rules for it."),
    "rules": (f"{_AT}sources_rules:rules", "Show the rules and the learned boilerplate of a source."),
    "import": (f"{_AT}sources_opml:import_", "Watch every feed of an OPML file."),
    "export": (f"{_AT}sources_opml:export", "Write an OPML file of what is watched."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def sources() -> None:
    """List, check, pause, import and export what is watched."""


@verb("list", group=sources)
@click.argument("names", metavar="[NAME]…", nargs=-1)
def list_(app: App, names: tuple[str, ...]) -> None:
    """List feeds, sitemaps, section pages and single articles, with last success, failures and next check."""
    from tracker.cli import listing, source_status

    states = list(listing.states(app, names))
    if app.settings.json:
        storms, layouts = source_status.known(app)
        for source, kind, state in states:
            status = SourceStatusView(app.now, storms.get(source.name), layouts.get(source.name))
            app.out.data(HubView(state, kind, source.paused, status).as_json())
        return
    for each in source_status.messages(app, names):
        app.out.note(each)
    if app.out.tty:
        app.out.page(listing.lines(app, states))
        return
    head = ("SOURCE", "KIND", "LAST OK", "NEXT", "FAILED", "ARTICLES", "ADDRESS", "ERROR")
    body = [
        (
            source.name,
            kind,
            *listing.when(app, source, state),
            str(state.failures),
            str(state.articles),
            state.hub.url,
            state.last_error if state.failures else "",
        )
        for source, kind, state in states
    ]
    app.out.table(head, body)


@verb(group=sources)
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
def pause(app: App, names: tuple[str, ...]) -> None:
    """Stop checking sources. What is stored is kept."""
    _set(app, names, paused=True)


@verb(group=sources)
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
def resume(app: App, names: tuple[str, ...]) -> None:
    """Check paused sources again."""
    _set(app, names, paused=False)


def _set(app: App, names: tuple[str, ...], *, paused: bool) -> None:
    from ..watch import save

    text = edits.read(app.config_path)
    for source in lookup.sources(app, names):
        text = edits.pause(text, source.name, paused=paused)
    save(app, text)
    for name in names:
        app.out.say({"source": name, "paused": paused}, f"{name}: {'paused' if paused else 'resumed'}")
