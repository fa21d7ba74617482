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
_CALM_TAGS: Final = 4_000  # nested as deep as it goes, this many cost the parser 20 ms

_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*")
_REAL: Final = re.compile(
    r"<(?:script|style|svg)\b.*?</(?:script|style|svg)|<!--.*?-->|(</?[a-zA-Z][a-zA-Z0-9]*)", re.IGNORECASE | re.DOTALL
)
_FORMATTING: Final = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_LONG_TAG: Final = re.compile(rf"<[a-zA-Z][^<>]{{{2 * MAX_ATTRIBUTES},}}")
_ATTRIBUTE: Final = re.compile(r"[\s/]+[^\s/>=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_NAME: Final = re.compile(r"[a-zA-Z][^\s/>]*")
# Elements without an end tag, or whose end tag may be left out, say nothing about depth.
_FLAT: Final = (
    "area base body br circle col dd dt ellipse embed head hr html img input li line link meta option p param path"
    " polygon polyline rect source stop tbody td tfoot th thead tr track use wbr"
).split()


class _Steps(dict[str, int]):
    """How a tag changes the depth; tags it does not list count by their slash."""

    def __missing__(self, tag: str) -> int:
        low = tag.lower()
        step = self.get(low) if low != tag else None
        return step if step is not None else (-1 if tag[1] == "/" else 1)


_STEPS: Final = _Steps({f"<{slash}{name}": 0 for name in _FLAT for slash in ("", "/")})


def bound(page: str) -> tuple[str, str]:
    """Return as much of *page* as may be parsed, and why the rest was cut (empty: nothing was)."""
    tags = page.count("<")
    if tags > MAX_TAGS:
        return page[: _nth(page, "<", MAX_TAGS)], f"more than {MAX_TAGS} tags"
    cut, why = _attributes(page)
    if not why and tags > _CALM_TAGS:
        cut, why = _nesting(page, tags)
    if why:
        return page[:cut], why
    return page, ""


def _nesting(page: str, tags: int) -> tuple[int, str]:
    low = "<template"
    if page.count(low) + page.count(low.upper()) > MAX_TEMPLATES:
        return _nth(page.lower(), low, MAX_TEMPLATES), f"more than {MAX_TEMPLATES} templates"
    depths = accumulate(map(_STEPS.__getitem__, _TAG.findall(page)))
    if max(depths, default=0) > MAX_DEPTH:
        cut = _too_deep(page)
        if cut is not None:
            return cut, f"nested deeper than {MAX_DEPTH}"
    if tags > MAX_FORMATTING:
        formatting = len(_FORMATTING.findall(page))
        if formatting > MAX_FORMATTING and page.count("</") * 2 < formatting:
            return len(page) // 2, f"more than {MAX_FORMATTING} open formatting tags"
    return 0, ""


def _too_deep(page: str) -> int | None:
    """Count again without scripts, drawings and comments, which hold tags that do not nest."""
    depth = 0
    for found in _REAL.finditer(page):
        tag = found[1]
        if tag:
            depth += _STEPS[tag]
            if depth > MAX_DEPTH:
                return found.start()
    return None


def _attributes(page: str) -> tuple[int, str]:
    for found in _LONG_TAG.finditer(page):
        name = _NAME.match(page, found.start() + 1)
        if name is not None and _count_attributes(page, name.end()) > MAX_ATTRIBUTES:
            return found.start(), f"more than {MAX_ATTRIBUTES} attributes on one tag"
    return 0, ""


def _count_attributes(page: str, position: int) -> int:
    count = 0
    while count <= MAX_ATTRIBUTES and (found := _ATTRIBUTE.match(page, position)):
        position, count = found.end(), count + 1
    return count


def _nth(page: str, needle: str, n: int) -> int:
    position = -1
    for _ in range(n):
        following = page.find(needle, position + 1)
        if following < 0:
            break
        position = following
    return max(0, position)
