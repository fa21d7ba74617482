"""Cut a page off where the parser would take too long for it.

Lexbor takes quadratic time on deep nesting and on thousands of attributes or options, and crashes on deep templates.
The page's bytes are searched for these before they are parsed. A page that the search misjudges ends the child process
that parses it (`extraction.pool`).
"""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import Final

MAX_TAGS: Final = 100_000
MAX_DEPTH: Final = 512
MAX_TEMPLATES: Final = 1_000
MAX_OPTIONS: Final = 8_000
MAX_ATTRIBUTES: Final = 1_000
# The shortest stretch that can hold too many attributes: a letter each, and a space between two.
_MIN_CROWDED_BYTES: Final = 2 * MAX_ATTRIBUTES
# Nested as deep as it goes, this many tags took the parser 20 ms; pages with fewer are not searched.
_MIN_SEARCHED_TAGS: Final = 4_000
_MIN_TAG_BYTES: Final = 3
_MAX_CACHED_TAGS: Final = 2_000
_MAX_CACHED_TAG_BYTES: Final = 24

_TAG: Final = re.compile(rb"</?[a-zA-Z][a-zA-Z0-9]*")
# A script, style sheet or comment without an end takes in all that follows.
_TAG_OUTSIDE_RAW_TEXT: Final = re.compile(
    rb"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|(?P<tag></?[a-zA-Z][a-zA-Z0-9]*)", re.IGNORECASE | re.DOTALL
)
_OPENING: Final = re.compile(rb"<(?:[!/?]|([a-zA-Z][^\s/>]*))")
_ATTRIBUTE: Final = re.compile(rb"[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
# Elements without an end tag, or whose end tag may be left out, say nothing about depth.
_UNCLOSED: Final = (
    "area base body br circle col dd dt ellipse embed head hr html img input li line link meta option p param path"
    " polygon polyline rect source stop tbody td tfoot th thead tr track use wbr"
).split()


class _DepthChanges(dict[bytes, int]):
    """Maps a tag to how it changes the depth: 1 for a start tag, -1 for an end tag, 0 for elements in _UNCLOSED."""

    def __missing__(self, tag: bytes) -> int:
        low = tag.lower()
        change = self.get(low) if low != tag else None
        change = change if change is not None else (-1 if tag[1] == ord("/") else 1)
        if len(self) < _MAX_CACHED_TAGS and len(tag) <= _MAX_CACHED_TAG_BYTES:
            self[tag] = change
        return change


_DEPTH_CHANGES: Final = _DepthChanges({f"<{slash}{name}".encode(): 0 for name in _UNCLOSED for slash in ("", "/")})


def truncate(page: bytes, max_tags: int = MAX_TAGS) -> tuple[bytes, str]:
    """Return the part of `page`, in UTF-8, that is safe to parse, and why the rest was cut off (empty: nothing was)."""
    # Measuring the page without its "<" takes half the time of counting them.
    tags = len(page) - len(page.replace(b"<", b"")) if len(page) > _MIN_TAG_BYTES * _MIN_SEARCHED_TAGS else 0
    too_many = ""
    if tags > max_tags:  # the rest may still be nested too deep
        page, tags, too_many = page[: _position_of_nth(page, b"<", max_tags)], max_tags, f"more than {max_tags} tags"
    end, reason = _attribute_limit(page)
    if not reason and tags > _MIN_SEARCHED_TAGS:
        end, reason = _nesting_limit(page)
    return (page[:end], reason) if reason else (page, too_many)


def _nesting_limit(page: bytes) -> tuple[int, str]:
    """Return where to cut a page of many tags and why; an empty reason means nowhere.

    End tags that end nothing hide nesting from this search: 98,000 tags in such pairs take the parser 5 s.
    """
    low = page.lower()
    for tag, most in ((b"template", MAX_TEMPLATES), (b"option", MAX_OPTIONS)):
        if low.count(b"<" + tag) > most:
            return _position_of_nth(low, b"<" + tag, most), f"more than {most} {tag.decode()}s"
    if max(accumulate(map(_DEPTH_CHANGES.__getitem__, _TAG.findall(page))), default=0) > MAX_DEPTH:
        # Count again without scripts, drawings and comments, which hold tags that do not nest.
        depth, end_of_drawing = 0, -1
        last_end = low.rfind(b"</svg")
        for found in _TAG_OUTSIDE_RAW_TEXT.finditer(page):
            start = found.start("tag")
            if start <= end_of_drawing:
                continue
            if start < last_end and found["tag"].lower() == b"<svg":
                end_of_drawing = low.find(b"</svg", start)
                continue
            depth += _DEPTH_CHANGES[found["tag"]]
            if depth > MAX_DEPTH:
                return start, f"nested deeper than {MAX_DEPTH}"
    return 0, ""


def _attribute_limit(page: bytes) -> tuple[int, str]:
    """Return where a tag with too many attributes begins and the reason to cut; an empty reason means nowhere.

    Only stretches without an end of a tag (>) are searched, if they are long enough to hold too many attributes.
    """
    size, start = len(page), 0
    find, last = page.find, page.rfind
    while start + _MIN_CROWDED_BYTES <= size:
        ended = last(b">", start, start + _MIN_CROWDED_BYTES)
        if ended >= 0:
            start = ended + 1
            continue
        end = find(b">", start + _MIN_CROWDED_BYTES)
        end = size if end < 0 else end
        first = find(b"<", start, end)
        tag = _OPENING.search(page, first, end) if first >= 0 else None
        if tag is not None and tag[1] and not _in_raw_text(page, start) and _has_crowd(page, tag.end(), end):
            return tag.start(), f"more than {MAX_ATTRIBUTES} attributes on one tag"
        start = end
    return 0, ""


def _in_raw_text(page: bytes, start: int) -> bool:
    """Return whether what begins at `start` is the text of a script or a style sheet, which holds no tags."""
    tag = page.rfind(b"<", max(0, start - MAX_ATTRIBUTES), start)
    return tag >= 0 and page[tag : tag + 7].lower().startswith((b"<script", b"<style"))


def _has_crowd(page: bytes, start: int, end: int) -> bool:
    """Return whether more than MAX_ATTRIBUTES attributes follow one another in a tag from `start` to its `end`."""
    stretch = page[start:end]
    # Attributes are parted by spaces, slashes or quotes: with few of these there is nothing to count.
    if len(stretch.split()) + sum(map(stretch.count, (b"/", b'"', b"'"))) <= MAX_ATTRIBUTES:
        return False
    count = 0
    while count <= MAX_ATTRIBUTES and (found := _ATTRIBUTE.match(page, start)):
        start, count = found.end(), count + 1
    return count > MAX_ATTRIBUTES


def _position_of_nth(page: bytes, needle: bytes, n: int) -> int:
    return next(islice(re.finditer(needle, page), n - 1, None)).start()
