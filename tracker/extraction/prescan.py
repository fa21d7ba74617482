"""A cheap look at a page before the parser sees it.

Lexbor takes quadratic time on deep nesting and on thousands of attributes, and crashes on deep templates. What this
look lets through is bounded; what it misjudges is caught by the killable child (`pool`).
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

MAX_TAGS: Final = 300_000
MAX_DEPTH: Final = 512
MAX_TEMPLATES: Final = 1_000
MAX_ATTRIBUTES: Final = 1_000
MAX_FORMATTING: Final = 5_000
_CROWD: Final = 2 * MAX_ATTRIBUTES  # bytes: a letter each, and a blank between two
_CALM_TAGS: Final = 4_000  # nested as deep as it goes, this many cost the parser 20 ms
_LEAST: Final = 3  # bytes of a tag
_MOST_KNOWN: Final = 2_000  # tags that are remembered, and the longest of them
_LONGEST_KNOWN: Final = 24

_TAG: Final = re.compile(rb"</?[a-zA-Z][a-zA-Z0-9]*")
_REAL: Final = re.compile(
    rb"<(?:script|style|svg)\b.*?</(?:script|style|svg)|<!--.*?-->|(</?[a-zA-Z][a-zA-Z0-9]*)", re.IGNORECASE | re.DOTALL
)
_FORMATTING: Final = re.compile(rb"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_OPENING: Final = re.compile(rb"<(?:[!/?]|([a-zA-Z][^\s/>]*))")
_ATTRIBUTE: Final = re.compile(rb"[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
# Elements without an end tag, or whose end tag may be left out, say nothing about depth.
_FLAT: Final = (
    "area base body br circle col dd dt ellipse embed head hr html img input li line link meta option p param path"
    " polygon polyline rect source stop tbody td tfoot th thead tr track use wbr"
).split()


class _Steps(dict[bytes, int]):
    """How a tag changes the depth; tags it does not list count by their slash."""

    def __missing__(self, tag: bytes) -> int:
        low = tag.lower()
        step = self.get(low) if low != tag else None
        step = step if step is not None else (-1 if tag[1] == ord("/") else 1)
        if len(self) < _MOST_KNOWN and len(tag) <= _LONGEST_KNOWN:
            self[tag] = step
        return step


_STEPS: Final = _Steps({f"<{slash}{name}".encode(): 0 for name in _FLAT for slash in ("", "/")})


def bound(page: bytes) -> tuple[bytes, str]:
    """Return as much of *page*, in UTF-8, as may be parsed, and why the rest was cut (empty: nothing was)."""
    # Leaving the signs out and measuring what is left takes half the time of counting them.
    tags = len(page) - len(page.replace(b"<", b"")) if len(page) > _LEAST * _CALM_TAGS else 0
    if tags > MAX_TAGS:
        return page[: _nth(page, b"<", MAX_TAGS)], f"more than {MAX_TAGS} tags"
    cut, why = _attributes(page)
    if not why and tags > _CALM_TAGS:
        cut, why = _nesting(page, tags)
    if why:
        return page[:cut], why
    return page, ""


def _nesting(page: bytes, tags: int) -> tuple[int, str]:
    low = b"<template"
    if page.count(low) + page.count(low.upper()) > MAX_TEMPLATES:
        return _nth(page.lower(), low, MAX_TEMPLATES), f"more than {MAX_TEMPLATES} templates"
    depths = accumulate(map(_STEPS.__getitem__, _TAG.findall(page)))
    if max(depths, default=0) > MAX_DEPTH:
        cut = _too_deep(page)
        if cut is not None:
            return cut, f"nested deeper than {MAX_DEPTH}"
    if tags > MAX_FORMATTING:
        formatting = len(_FORMATTING.findall(page))
        if formatting > MAX_FORMATTING and page.count(b"</") * 2 < formatting:
            return len(page) // 2, f"more than {MAX_FORMATTING} open formatting tags"
    return 0, ""


def _too_deep(page: bytes) -> int | None:
    """Count again without scripts, drawings and comments, which hold tags that do not nest."""
    depth = 0
    for found in _REAL.finditer(page):
        tag = found[1]
        if tag:
            depth += _STEPS[tag]
            if depth > MAX_DEPTH:
                return found.start()
    return None


def _attributes(page: bytes) -> tuple[int, str]:
    """Look for a crowd of attributes in every stretch without an end of a tag that is long enough for one."""
    size, start = len(page), 0
    find, last = page.find, page.rfind
    while start + _CROWD <= size:
        ended = last(b">", start, start + _CROWD)
        if ended >= 0:
            start = ended + 1
            continue
        end = find(b">", start + _CROWD)
        end = size if end < 0 else end
        first = find(b"<", start, end)
        tag = _OPENING.search(page, first, end) if first >= 0 else None
        opens = tag is not None and tag[1] and not _is_raw(page, start) and _crowded(page, tag.end(), end)
        if tag is not None and opens and _count_attributes(page, tag.end()) > MAX_ATTRIBUTES:
            return tag.start(), f"more than {MAX_ATTRIBUTES} attributes on one tag"
        start = end
    return 0, ""


def _is_raw(page: bytes, start: int) -> bool:
    """Say whether what begins at *start* is the text of a script or a style sheet, where tags are none."""
    tag = page.rfind(b"<", max(0, start - MAX_ATTRIBUTES), start)
    return tag >= 0 and page[tag : tag + 7].lower().startswith((b"<script", b"<style"))


def _crowded(page: bytes, start: int, end: int) -> bool:
    """Say whether so many signs that can part attributes stand in a stretch that they must be counted."""
    stretch = page[start:end]
    return len(stretch.split()) + sum(map(stretch.count, (b"/", b'"', b"'"))) > MAX_ATTRIBUTES


def _count_attributes(page: bytes, position: int) -> int:
    count = 0
    while count <= MAX_ATTRIBUTES and (found := _ATTRIBUTE.match(page, position)):
        position, count = found.end(), count + 1
    return count


def _nth(page: bytes, needle: bytes, n: int) -> int:
    position = -1
    for _ in range(n):
        following = page.find(needle, position + 1)
        if following < 0:
            break
        position = following
    return max(0, position)
