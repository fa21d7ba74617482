"""`writethru sources pause`, `resume`, `rename` and `import`: change the configured sources, then the archive.

`add` and `import` watch addresses by the same functions.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from tracker.addresses.same_article import site_of
from tracker.archive.sources import rename_source
from tracker.config import edits
from tracker.config.root import Config, parse
from tracker.errors import ArchiveError, ConfigError, PageError, UsageError
from tracker.exchange.lists import Listed, read_folder
from tracker.exchange.lists import read as read_list
from tracker.fetch.politeness import MAX_PAUSE_SECONDS
from tracker.model.source import Hub, HubKind, Listing
from tracker.render.text import counted, one_line
from tracker.render.times import span
from tracker.service.probe import ProbeResult
from tracker.service.watchlist import Placement, add_probed, sync
from tracker.sources import opml

from .. import options
from ..app import App, verb
from ..exit_codes import OK, PARTIAL


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
    """Rename a source, in the configuration and in the archive. Rules that name it follow.

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
    """Watch every feed of an OPML file (- for standard input), as `writethru import --format opml FILE` does."""
    watch_files(app, "opml", (file,), story=story, dry_run=dry_run)


def save(app: App, text: str) -> None:
    """Write the configuration, and apply it to the archive if there is one. Raises ConfigError."""
    parse(text.encode(), str(app.config_path))
    edits.write(app.config_path, text)
    try:
        apply(app)
    except ArchiveError as error:
        app.out.note(f"Written to {app.config_path}. The archive is updated at the next run ({error.message}).")


def apply(app: App) -> None:
    """Apply the configuration to the archive after an edit. Raises ArchiveError."""
    # Read before the edit and kept by `cached_property`: what follows must see the new file.
    app.__dict__.pop("config", None)
    with app.archive(readonly=False) as archive:
        sync(archive, app.config, app.now)


def watch_files(app: App, form: str, files: tuple[str, ...], *, story: str = "", dry_run: bool) -> int:
    """Watch the addresses in `files` of format `form` without fetching anything, and return the exit code."""
    text = before = edits.read(app.config_path)
    code = OK
    new = "would be watched" if dry_run else "watched"
    found: list[Hub | Listed] = []
    added: list[dict[str, Any]] = []
    for name in files:
        if form == "opml":
            found += read_opml(app, name)
        elif form == "changedetection" and Path(name).is_dir():
            found += read_folder(Path(name))
        else:
            found += read_list(form, options.load(name), name)
    # Each edit starts from the text that the one before has made: an address may be listed twice.
    for each in found:
        config = parse(text.encode(), str(app.config_path))
        # OPML written by `sources export` names our own sources.
        source = each.source if isinstance(each, Hub) and config.source(each.source) else ""
        value, text = add_probed(text, config, unfetched(each), Placement(source, story))
        added += [value] if value["added"] else []
        if value["problem"]:
            code = PARTIAL
        what = value["problem"] or f"{new if value['added'] else 'already watched'} in {value['source']}"
        app.out.say(value, f"{value['kind']:<8} {one_line(each.url)}: {what}")
    if text != before and not dry_run:
        save(app, text)
    if added:
        app.out.note(_summary_of_added(parse(text.encode(), str(app.config_path)), added))
    return code


def _summary_of_added(config: Config, added: list[dict[str, Any]]) -> str:
    """Say how many lists and articles were added, and how often they and their sites are visited."""
    kinds = Counter("list" if value["kind"] in set(HubKind) else "article" for value in added)
    what = " and ".join(counted(count, kind) for kind, count in kinds.items())
    sites = counted(len({site_of(value["url"]) for value in added}), "site")
    pause = timedelta(seconds=MAX_PAUSE_SECONDS) if not config.contact else config.fetch.delay
    polls = [config.settings_of(value["source"]).poll for value in added]
    often = f" Lists are read every {span(min(polls))}, and the articles in them are checked." if kinds["list"] else ""
    why = "" if config.contact else ', because no contact address is set: set contact = "you@example.org"'
    return f"{what} on {sites} to visit.{often} A site gets at most one request in {span(pause)}{why}."


def read_opml(app: App, name: str) -> tuple[Hub, ...]:
    """Return the hubs of the OPML file `name`, and say if it is broken. Raises PageError."""
    try:
        found = opml.read(options.load(name))
    except PageError as error:
        raise PageError(error.message, resource=error.resource or name, hint=error.hint) from error.__cause__
    if warning := found.warning or ("" if found.hubs else "it lists no feeds"):
        app.out.note(f"{name}: {warning}")
    return found.hubs


def unfetched(each: Hub | Listed) -> ProbeResult:
    """Return an address from a list, with its kind and title, as if it had been fetched."""
    title, problem = (each.source, "") if isinstance(each, Hub) else (each.title, each.problem)
    listing = Listing(each.kind, title=title) if each.kind else None
    return ProbeResult(each.url, each.kind, listing, problem=problem)
