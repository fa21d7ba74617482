"""Write Atom feeds (RFC 4287) of changes; each entry contains the edit itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from tracker.model.change import Change
from tracker.model.version import VersionSummary
from tracker.views.version import EditionCopy

from . import html
from .text import safe
from .times import also_at, interval, iso

_NS: Final = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed. `html` is its content, `categories` are the kinds of its labels."""

    ident: str
    title: str
    link: str
    at: datetime
    author: str
    html: str
    categories: tuple[str, ...] = ()


def entry(seen: VersionSummary, made: Change | None, link: str, copies: Sequence[EditionCopy] = ()) -> FeedEntry:
    """Return the entry of a version: its edits, when they happened, who took them over, and a link to the whole change.

    `made` is the change, or None if the version was taken down.
    """
    others = f"\n<p>{html.text(also_at(copies))}</p>" if copies else ""
    when = html.text(interval(seen.previous_seen, seen.seen))
    body = f"<p>{html.text(seen.removed)}</p>" if made is None else html.diff(made)
    return FeedEntry(
        ident=entry_id(link, seen.seen, seen.article, seen.n),
        title=seen.title or seen.url,
        link=link,
        at=seen.seen,
        author=seen.source,
        html=f"<p>v{seen.n}, {when}</p>\n{body}{others}",
        categories=tuple(kind.value for kind in seen.kinds),
    )


def entry_id(link: str, at: datetime, *parts: object) -> str:
    """Return the id of an entry, a tag URI (RFC 4151) of the site that serves it.

    `parts` name the entry. `at` is when the reported version was seen.
    """
    host = re.sub(r"[^a-z0-9.-]+", "-", urlsplit(link).hostname or "").strip("-.") or "localhost"
    return f"tag:{host},{at.astimezone(UTC):%Y-%m-%d}:{'/'.join(map(str, parts))}"


def feed(title: str, page: str, itself: str, entries: Sequence[FeedEntry], now: datetime, ident: str = "") -> str:
    """Return a feed as XML, with `entries` in their order, which should be newest first.

    `page` is the address of the page that shows the same, `itself` that of the feed, which is also its id unless
    `ident` is given. A feed without entries was updated `now`.
    """
    # Without it, every element has the prefix ns0, which some readers reject.
    ET.register_namespace("", _NS)
    root = ET.Element(f"{{{_NS}}}feed")
    _add(root, "id", ident or itself)
    _add(root, "title", title)
    _add(root, "updated", iso(max((each.at for each in entries), default=now)) or "")
    _add(root, "link", rel="self", type="application/atom+xml", href=itself)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    _add(root, "generator", "Writethru")
    for each in entries:
        one = ET.SubElement(root, f"{{{_NS}}}entry")
        _add(one, "id", each.ident)
        _add(one, "title", each.title)
        _add(one, "updated", iso(each.at) or "")
        _add(one, "link", rel="alternate", type="text/html", href=each.link)
        author = ET.SubElement(one, f"{{{_NS}}}author")
        _add(author, "name", each.author or "Writethru")
        for kind in each.categories:
            _add(one, "category", term=kind)
        _add(one, "content", each.html, type="html")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    made = ET.SubElement(parent, f"{{{_NS}}}{name}", {key: safe(value) for key, value in attributes.items()})
    if text:
        made.text = safe(text)
