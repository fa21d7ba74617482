"""Parse a web page into a tree, but only one that the parser is known to finish quickly.

Lexbor's time grows with the square of depth and of unclosed formatting elements (200 KB of ``<div>`` took 2.5 s,
nested ``<template>`` ended the process), so the bytes are checked first.
"""

from __future__ import annotations

import re
from typing import Final

import webencodings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..errors import PageError

MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
_MAX_TAGS: Final = 300_000
_MAX_DEPTH: Final = 512
_MAX_TEMPLATES: Final = 1_000
_MAX_OPTIONS: Final = 5_000
_MAX_ATTRIBUTES: Final = 5_000  # counted as "="; a real page had 1,107 of them in one data-posts attribute
_MIN_CROWDED_TAG_BYTES: Final = 4_000  # shorter tags are not searched for a crowd of attributes
_TAG: Final = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>")
_RAW_TEXT: Final = re.compile(rb"<(?:(script|style|textarea)\b|!--)")
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# Elements without an end tag, or whose end tag may be left out: they say nothing about depth.
_UNCLOSED: Final = frozenset(
    b"area base br col embed hr img input link meta source track wbr p li dt dd option optgroup tr td th thead tbody "
    b"tfoot colgroup rp rt body html head".split()
)


def parse_page(body: bytes, url: str) -> LexborHTMLParser:
    """Return the tree of a page, decoded by byte order mark, then `<meta charset>`, then as UTF-8.

    *url* is for the message only. Raises PageError if the page is too large or built to stall the parser.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise PageError(f"the page is larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB", resource=url)
    declared = _CHARSET.search(body[:4096])
    # Only the labels of https://encoding.spec.whatwg.org/: Python's registry also has codecs that are slow.
    encoding = webencodings.lookup(declared.group(1).decode("ascii", "replace")) if declared else None
    text, _ = webencodings.decode(body, encoding or webencodings.UTF8, errors="replace")
    page = text.encode("utf-8", "replace")
    danger = _danger(page)
    if danger:
        raise PageError(
            f"the page would stall the parser: {danger}", resource=url, hint="use the outlet's feed or sitemap instead"
        )
    return LexborHTMLParser(page)


def text_of(node: LexborNode | None) -> str:
    """Return a node's text on one line."""
    return "" if node is None else " ".join(node.text(deep=True, separator=" ").split())


def _danger(page: bytes) -> str:
    """Say what in a page would stall the parser; empty if nothing would."""
    if page.count(b"<") > _MAX_TAGS:
        return f"more than {_MAX_TAGS} tags"
    lowered = page.lower()
    if lowered.count(b"<template") > _MAX_TEMPLATES:
        return f"more than {_MAX_TEMPLATES} templates"
    if lowered.count(b"<option") > _MAX_OPTIONS:
        return f"more than {_MAX_OPTIONS} options"
    depth = deepest = 0
    for closing, name, rest in _TAG.findall(_without_raw_text(lowered)):
        if len(rest) > _MIN_CROWDED_TAG_BYTES and rest.count(b"=") > _MAX_ATTRIBUTES:
            return f"more than {_MAX_ATTRIBUTES} attributes on one tag"
        if name in _UNCLOSED or rest.endswith(b"/"):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return f"nested more than {_MAX_DEPTH} deep" if deepest > _MAX_DEPTH else ""


def _without_raw_text(page: bytes) -> bytes:
    """Return a lower-case page without scripts, styles and comments, which hold no tags; in linear time."""
    kept = []
    at = 0
    while opened := _RAW_TEXT.search(page, at):
        kept.append(page[at : opened.start()])
        name = opened.group(1)
        end = page.find(b"</" + name if name else b"-->", opened.end())
        if end < 0:
            return b"".join(kept)
        at = end
    kept.append(page[at:])
    return b"".join(kept)
