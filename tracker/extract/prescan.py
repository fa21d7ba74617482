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
_CALM_TAGS: Final = 3_000  # nested as deep as it goes, this many cost the parser under 20 ms
_LONG_TAG: Final = 2 * MAX_ATTRIBUTES

# Elements without an end tag, or whose end tag may be left out, say nothing about depth.
_STEP: Final = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|path|source|tbody|td|tfoot|th|thead"
    r"|tr|track|use|wbr)\b)[a-zA-Z](?:[^<>]*?(/)>)?",
    re.IGNORECASE,
)
_FORMATTING: Final = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"[\s/]+[^\s/>=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_NAME: Final = re.compile(r"[a-zA-Z][^\s/>]*")
_SCRIPT: Final = re.compile(r"(?:script|style|textarea|title|xmp)\b", re.IGNORECASE)


def bound(page: str) -> tuple[str, str]:
    """Return as much of *page* as may be parsed, and why the rest was cut (empty: nothing was)."""
    tags = page.count("<")
    if tags > MAX_TAGS:
        return page[: _nth(page, "<", MAX_TAGS)], f"more than {MAX_TAGS} tags"
    cut, why = _attributes(page)
    if not why and tags > _CALM_TAGS:
        cut, why = _nesting(page)
    if why:
        return page[:cut], why
    return page, ""


def _nesting(page: str) -> tuple[int, str]:
    if page.count("<template") + page.count("<TEMPLATE") > MAX_TEMPLATES:
        return _nth(page, "<template", MAX_TEMPLATES), f"more than {MAX_TEMPLATES} templates"
    # Scripts hold markup in strings; as they come balanced or not at all, they do not reach the limit.
    steps = [0 if m[2] else -1 if m[1] else 1 for m in _STEP.finditer(page)]
    deepest = 0
    for number, depth in enumerate(accumulate(steps)):
        if depth - deepest > MAX_DEPTH:
            found = _STEP.finditer(page)
            for _ in range(number):
                next(found)
            return next(found).start(), f"nested deeper than {MAX_DEPTH}"
        deepest = min(deepest, depth)
    formatting = _FORMATTING.findall(page) if page.count("<") > MAX_FORMATTING else ()
    if len(formatting) > MAX_FORMATTING and page.count("</") * 2 < len(formatting):
        return len(page) // 2, f"more than {MAX_FORMATTING} open formatting tags"
    return 0, ""


def _attributes(page: str) -> tuple[int, str]:
    start = 0
    for piece in page.split("<"):
        if len(piece) > _LONG_TAG and not _SCRIPT.match(piece):
            name = _NAME.match(piece)
            position, count = (name.end() if name else 0), 0
            while (found := _ATTRIBUTE.match(piece, position)) and name:
                position, count = found.end(), count + 1
                if count > MAX_ATTRIBUTES:
                    return max(0, start - 1), f"more than {MAX_ATTRIBUTES} attributes on one tag"
        start += len(piece) + 1
    return 0, ""


def _nth(page: str, needle: str, n: int) -> int:
    position = -1
    for _ in range(n):
        following = page.find(needle, position + 1)
        if following < 0:
            break
        position = following
    return max(0, position)
