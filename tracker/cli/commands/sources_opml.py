"""`writethru sources import` and `export`: OPML, as used by feed readers."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.config import edits
from tracker.errors import UsageError

from ..app import App, verb
from ..pages import load


@verb("import")
@click.argument("file")
@click.option("--story", metavar="NAME", default="", help="Add them to this story.")
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything.")
def import_(app: App, *, file: str, story: str, dry_run: bool) -> None:
    """Watch every feed of an OPML file (- for standard input). Nothing is fetched."""
    from tracker.config import parse
    from tracker.sources import opml

    from ..watch import put_hub, save

    text = before = edits.read(app.config_path)
    for hub in opml.read(load(file)):
        config = parse(text.encode(), str(app.config_path))
        same = config.source(hub.source)
        after, owner = put_hub(text, config, hub, title=hub.source, source=hub.source if same else "", story=story)
        value = {"schema": 1, "source": owner, "kind": str(hub.kind), "url": hub.url, "added": after != text}
        if app.settings.json:
            app.out.data(value)
        else:
            app.out.wrapped(
                f"{hub.kind!s:<8} {hub.url}: {'watched' if after != text else 'already watched'} in {owner}"
            )
        text = after
    if text != before and not dry_run:
        save(app, text)


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
