"""`writethru alerts release`: let go what is held because very many articles of a source changed at once."""

from __future__ import annotations

import click

from ..app import App, pass_app
from ..lazy import Verb


@click.command(cls=Verb)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
@pass_app
def release(app: App, sources: tuple[str, ...]) -> None:
    """Send the alerts of a source that are held because very many of its articles changed at once.

    The service sends them at its next turn, those of one rule together; nothing of the source is held again for a day.
    """
    from tracker.cli import lookup
    from tracker.pipeline import storm

    named = lookup.sources(app, sources)
    with app.archive(readonly=False) as store:
        for source in named:
            count = storm.release_storm(store, source.name, app.now)
            said = f"{source.name}: {count} alert{'s' * (count != 1)} let go"
            app.out.say({"source": source.name, "released": count}, said)
