"""Recognise a page that says what it said at the last visit, without reading it.

Two answers for one page are hardly ever the same bytes: tokens, teasers, counters and scripts differ. A fingerprint
names the element that holds headline and text by its place in the tree, and has a digest of that element's text and
times and of what the head says. Where all of that is the same, so is the article. Class names are not part of it, so a
page in which a name alone hides a paragraph is taken for the same: read in full every few visits
(`pipeline.check`). `benchmarks/same_page.py` compares every hit with a full reading.
"""

from __future__ import annotations

import hashlib
from typing import Final

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from .body import region_around
from .page_head import PageHead
from .page_tree import ZONES_OR_SKIP, Element, Line, PageTree

_SEPARATOR: Final = "\x1f"
_SCRIPT_TAGS: Final = frozenset({"script", "style"})
_SCRIPTS_AND_TIMES: Final = 'script,style,time,[itemprop*="date"]'
# Meta tags with a name like these are different at every visit and say nothing about the article.
_VOLATILE_NAMES: Final = ("csrf", "token", "nonce", "session", "request")


def make_fingerprint(
    tree: LexborHTMLParser, head: PageHead, page: PageTree, container: Element, headline: Line | None
) -> str:
    """Return the fingerprint of a page whose text is in `container`; empty if the place cannot be found again.

    The element with the fingerprint's text is the region around the container, where notices are looked for, and holds
    the headline.
    """
    region = region_around(container)
    while headline is not None and not headline.owner.within(region) and region.parent is not None:
        region = region.parent
    place = ".".join(map(str, _place(page, region)))
    digest = _digest(tree, head, place)
    return f"{place}:{digest}" if digest else ""


def is_same(fingerprint: str, tree: LexborHTMLParser, head: PageHead) -> bool:
    """Return whether a page has `fingerprint`."""
    place, _, digest = fingerprint.rpartition(":")
    return bool(digest) and _digest(tree, head, place) == digest


def _place(page: PageTree, element: Element) -> list[int]:
    """Return which child of which child of the body `element` is, without the elements that are not read."""
    steps = []
    while element.parent is not None:
        at, step = element.parent.index + 1, 0
        while at < element.index:
            at, step = page.elements[at].end, step + 1
        steps.append(step)
        element = element.parent
    return steps[::-1]


def _find(body: LexborNode, place: str) -> LexborNode | None:
    node: LexborNode | None = body
    for step in map(int, filter(None, place.split("."))):
        node = node.child if node is not None else None
        while node is not None and (_is_unread(node) or step):
            step -= not _is_unread(node)  # noqa: PLW2901 - counts down
            node = node.next
    return node


def _is_unread(node: LexborNode) -> bool:
    tag = node.tag
    return tag is None or tag == "-text" or ZONES_OR_SKIP.get(tag, 0) < 0


def _digest(tree: LexborHTMLParser, head: PageHead, place: str) -> str:
    """Return the digest of the element at `place` and of the head; empty if there is no such element."""
    region = _find(tree.body, place) if tree.body is not None else None
    if region is None:
        return ""
    hidden, times = set[str](), list[str | None]()
    for node in region.css(_SCRIPTS_AND_TIMES):
        if node.tag in _SCRIPT_TAGS:
            hidden.add(node.text())
        else:
            times.append(node.attributes.get("datetime") or node.attributes.get("content"))
    pieces = [
        piece
        for piece in region.text(separator=_SEPARATOR).split(_SEPARATOR)
        if piece and not piece.isspace() and piece not in hidden
    ]
    metas = {key: value for key, value in head.metas.items() if not any(word in key for word in _VOLATILE_NAMES)}
    said = (metas, head.title, head.base, head.canonical, head.lang, head.h1s, times)
    found = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass"))
    found.update(orjson.dumps(head.entities, option=orjson.OPT_NON_STR_KEYS) if head.entities else b"")
    found.update(_SEPARATOR.join(pieces).encode("utf-8", "surrogatepass"))
    return found.hexdigest()
