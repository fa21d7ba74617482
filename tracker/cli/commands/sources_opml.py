"""`writethru sources import` and `export`: OPML, as used by feed readers."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.errors import UsageError

from ..app import App, verb


@verb("import")
@click.argument("file")
@click.option("--story", metavar="NAME", default="", help="Add them to this story.")
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything.")
def import_(app: App, *, file: str, story: str, dry_run: bool) -> None:
    """Watch every feed of an OPML file (- for standard input). Nothing is fetched."""
    from ..lists import watch

    watch(app, "opml", (file,), story=story, dry_run=dry_run)


@verb()
@click.argument("file", required=False)
def export(app: App, file: str | None) -> None:
    """Write what is watched as OPML to FILE or stdout. Single articles are left out, as OPML has none."""
    from tracker.service.watchlist import hubs_of
    from tracker.sources import opml

    hubs = [hub for source in app.config.sources for hub in hubs_of(source)]
    if app.settings.json:
        for hub in hubs:
            app.out.data({"schema": 1, "source": hub.source, "kind": str(hub.kind), "url": hub.url})
        return
    text = opml.text(hubs)
    if file is None:
        app.out.line(text.rstrip("\n"))
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error.strerror}", resource=file) from None
    app.out.note(f"{file}: {len(hubs)} lists")
