"""Where a feed says that its hub would rather call than be asked (WebSub)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError
from tracker.model.hub import Push
from tracker.urls import fetchable, join

if TYPE_CHECKING:
    from tracker.model.capture import Capture

# A feed names its hub before its first item. What comes later may quote anybody's link elements.
_HEAD: Final = 65_536
_LINK: Final = re.compile(rb"<(?:[\w.-]+:)?link\b([^<>]*)>", re.IGNORECASE)
_ITEM: Final = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HEADER: Final = re.compile(r"""<([^<>]*)>\s*;[^,<>]*?\brel\s*=\s*"?([\w\s-]+)"?""", re.IGNORECASE)


def advertised(found: Capture) -> Push | None:
    """Return the WebSub hub and topic that a feed names in its Link headers or its head, None if it names none.

    Source: https://www.w3.org/TR/websub/#discovery, headers first.
    """
    links = [*_in_headers(found), *_in_head(found.body)]
    hub = next((href for rel, href in links if rel == "hub"), "")
    # A feed without rel="self" is its own topic, at the address that answered.
    topic = next((href for rel, href in links if rel == "self"), found.final_url)
    places = [join(found.final_url, href) or "" for href in (hub, topic)] if hub else ["", ""]
    try:
        return Push(*(fetchable(place) for place in places))
    except UsageError:
        return None


def _in_headers(found: Capture) -> Iterator[tuple[str, str]]:
    for name, value in found.headers:
        if name.lower() == "link":
            for href, rels in _HEADER.findall(value):
                yield from ((rel.lower(), href.strip()) for rel in rels.split())


def _in_head(body: bytes) -> Iterator[tuple[str, str]]:
    first = _ITEM.search(body, 0, _HEAD)
    for each in _LINK.findall(body[: first.start() if first else _HEAD]):
        named = {key.lower(): one or other for key, one, other in _ATTRIBUTE.findall(each.decode("utf-8", "replace"))}
        yield from ((rel.lower(), html.unescape(named.get("href", "")).strip()) for rel in named.get("rel", "").split())
