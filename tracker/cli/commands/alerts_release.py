"""`writethru alerts release`: send alerts that are held because many articles of a source changed at once."""

from __future__ import annotations

import click

from ..app import App, verb


@verb()
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
def release(app: App, sources: tuple[str, ...]) -> None:
    """Send the alerts that are held because many articles of a source changed at once.

    The running service sends them at once, in one message for each rule. Alerts of the source are not held again for
    a day.
    """
    from tracker.cli import lookup
    from tracker.pipeline import storm

    named = lookup.sources(app, sources)
    with app.archive(readonly=False) as store:
        for source in named:
            count = storm.release_storm(store, source.name, app.now)
            said = f"{source.name}: {count} alert{'s' * (count != 1)} released"
            app.out.say({"source": source.name, "released": count}, said)
