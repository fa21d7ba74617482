"""Change what is watched, in the configuration file and then in the archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.config import Config, edits, parse
from tracker.errors import ArchiveError
from tracker.exchange.lists import Listed, read_folder
from tracker.exchange.lists import read as read_list
from tracker.model.source import Hub
from tracker.render.text import one_line
from tracker.service.watchlist import sync
from tracker.service.watchlist_edits import put_article, put_hub
from tracker.sources import opml

from .exit_codes import OK, PARTIAL
from .pages import load

if TYPE_CHECKING:
    from .app import App


def save(app: App, text: str) -> None:
    """Write the configuration, and apply it to the archive if there is one. Raises ConfigError."""
    parse(text.encode(), str(app.config_path))
    edits.write(app.config_path, text)
    # Read before the edit and kept by `cached_property`: what follows must see the new file.
    app.__dict__.pop("config", None)
    try:
        with app.archive(readonly=False) as store:
            sync(store, app.config, app.now)
    except ArchiveError as error:
        app.out.note(f"Written to {app.config_path}. The archive is updated at the next run ({error.message}).")


def watch_files(app: App, form: str, files: tuple[str, ...], *, story: str = "", dry_run: bool) -> int:
    """Watch the addresses in `files` of format `form` without fetching anything, and return the exit code."""
    text = before = edits.read(app.config_path)
    code = OK
    found: list[Hub | Listed] = []
    for name in files:
        if form == "opml":
            found += read_opml(app, name)
        elif form == "changedetection" and Path(name).is_dir():
            found += read_folder(Path(name))
        else:
            found += read_list(form, load(name), name)
    # Each edit starts from the text that the one before has made: an address may be listed twice.
    for each in found:
        trouble = each.trouble if isinstance(each, Listed) else ""
        after, owner = text, ""
        if trouble:
            code = PARTIAL
        else:
            after, owner = _put(text, parse(text.encode(), str(app.config_path)), each, story)
        _report(app, each, owner, trouble, added=after != text)
        text = after
    if text != before and not dry_run:
        save(app, text)
    return code


def read_opml(app: App, name: str) -> tuple[Hub, ...]:
    """Return the hubs of the OPML file `name`, and say if it is broken. Raises PageError."""
    found = opml.read(load(name))
    if found.warning:
        app.out.note(f"{name}: {found.warning}")
    return found.hubs


def _put(text: str, config: Config, each: Hub | Listed, story: str) -> tuple[str, str]:
    if isinstance(each, Hub):
        same = config.source(each.source)
        return put_hub(text, config, each, title=each.source, source=each.source if same else "", story=story)
    if each.kind is None:
        return put_article(text, config, each.url, story=story)
    return put_hub(text, config, Hub("", each.kind, each.url), title=each.title, story=story)


def _report(app: App, each: Hub | Listed, owner: str, trouble: str, *, added: bool) -> None:
    kind = str(each.kind or "article")
    if app.settings.json:
        value: dict[str, Any] = {"source": owner, "kind": kind, "url": each.url}
        app.out.data(value | {"added": added, "trouble": trouble})
        return
    what = trouble or f"{'watched' if added else 'already watched'} in {owner}"
    app.out.wrapped(f"{kind:<8} {one_line(each.url)}: {what}")
