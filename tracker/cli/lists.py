"""Add lists of addresses from other programs to the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.config import Config, edits, parse
from tracker.exchange.lists import Listed
from tracker.exchange.lists import read as read_list
from tracker.model import Hub
from tracker.render.safe import one_line
from tracker.sources import opml

from .exit_codes import OK, PARTIAL
from .pages import load
from .watch import put_article, put_hub, save

if TYPE_CHECKING:
    from .app import App


def watch(app: App, form: str, files: tuple[str, ...], *, story: str = "", dry_run: bool) -> int:
    """Watch the addresses in `files` of format `form` without fetching anything, and return the exit code."""
    text = before = edits.read(app.config_path)
    code = OK
    for each in [item for name in files for item in _items(form, name)]:
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


def _items(form: str, name: str) -> list[Hub | Listed]:
    body = load(name)
    return [*opml.read(body)] if form == "opml" else [*read_list(form, body, name)]


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
        value: dict[str, Any] = {"schema": 1, "source": owner, "kind": kind, "url": each.url}
        app.out.data(value | {"added": added, "trouble": trouble})
        return
    what = trouble or f"{'watched' if added else 'already watched'} in {owner}"
    app.out.wrapped(f"{kind:<8} {one_line(each.url)}: {what}")
