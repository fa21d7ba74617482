"""`writethru stats`: count what the archive holds."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.archive.counts import count_all
from tracker.archive.sources import list_sources
from tracker.render.times import ago, iso

from ..app import App, pass_app
from ..lazy import VerbGroup

_TABLE = {
    "cadence": ("tracker.cli.commands.stats_cadence:cadence", "Show how often articles are checked, and why."),
    "source": ("tracker.cli.commands.stats_source:source", "Count a source's edits, corrections and silent edits."),
}


@click.group(cls=VerbGroup, table=_TABLE)
@pass_app
def stats(app: App) -> None:
    """Count what the archive holds. The subcommands show a source's edits, or how often articles are checked."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with app.archive() as store:
        counts = count_all(store)
        sources = len(list_sources(store))
    values = {"sources": sources, **asdict(counts), "oldest_pending_at": iso(counts.oldest_pending_at)}
    if app.settings.json:
        app.out.data({"schema": 1, **values})
        return
    shown = {
        **{name.replace("_", " "): f"{value:,}" for name, value in values.items() if isinstance(value, int)},
        "size": f"{counts.bytes / 1e6:,.1f} MB",
    }
    shown.pop("bytes")
    if counts.oldest_pending_at is not None:
        shown["oldest pending"] = ago(counts.oldest_pending_at, app.now)
    app.out.page(f"{name:<18} {value:>12}" for name, value in shown.items())
