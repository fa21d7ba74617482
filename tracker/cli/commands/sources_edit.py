"""`writethru sources pause`, `resume`, `rename` and `import`: change the sources in the configuration file."""

from __future__ import annotations

import click

from tracker.archive.sources import rename_source
from tracker.config import edits
from tracker.config.root import parse
from tracker.errors import ConfigError, UsageError
from tracker.render.text import counted

from .. import options
from ..app import App, verb
from ..watch import apply, save, watch_files


@verb()
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
def pause(app: App, names: tuple[str, ...]) -> None:
    """Stop checking sources. Stored versions are kept."""
    _set(app, names, paused=True)


@verb()
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
def resume(app: App, names: tuple[str, ...]) -> None:
    """Check paused sources again."""
    _set(app, names, paused=False)


def _set(app: App, names: tuple[str, ...], *, paused: bool) -> None:
    text = edits.read(app.config_path)
    for source in app.sources(names):
        text = edits.pause(text, source.name, paused=paused)
    save(app, text)
    for name in names:
        app.out.say({"source": name, "paused": paused}, f"{name}: {'paused' if paused else 'resumed'}")


@verb()
@click.argument("old")
@click.argument("new")
def rename(app: App, *, old: str, new: str) -> None:
    """Give a source another name, in the configuration and in the archive. Rules that name it follow.

    Evidence is not changed: versions stored so far keep the old name in the log, in checkpoints and in packages made
    from them, and so do alerts that were sent and files that were exported.
    """
    # Checked before the archive is touched: a name that the file cannot have is refused here.
    app.sources((old,))
    new = new.strip()
    text = edits.rename_source(edits.read(app.config_path), old, new)
    try:
        parse(text.encode())
    except ConfigError as error:
        raise UsageError(f"the source cannot be called {new!r}: {error.message}", hint="choose another name") from None
    with app.archive(readonly=False) as archive:
        # The file is written within the transaction: either both have the new name or neither.
        count = rename_source(archive, old, new, app.now, lambda: edits.write(app.config_path, text))
    apply(app)
    value = {"old": old, "new": new, "articles": count}
    app.out.say(value, f"{old} is now called {new}; it has {counted(count, 'article')}")


@verb("import")
@click.argument("file")
@options.story("Add them to this story.")
@options.dry_run("Show what would be watched without changing anything.")
def import_(app: App, *, file: str, story: str, dry_run: bool) -> None:
    """Watch every feed of an OPML file (- for standard input). Nothing is fetched."""
    watch_files(app, "opml", (file,), story=story, dry_run=dry_run)
