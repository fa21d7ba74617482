"""Live blogs: which pages are one, and which lines head their entries.

An entry's time and heading often stand beside its text, where other pages have furniture. They are known by their
repetition: the same path of tags, entry after entry, each with text of the article before the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from . import jsonld
from .habits import ENTRY_TIME
from .phrases import related_heading, stamp
from .tree import HEADINGS, Line, PageTree, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from .head import Head
    from .text_paths import Path, Run
    from .tree import Element

_ENTRIES: Final = 4
_REPEATED: Final = 3
_BOXES: Final = frozenset({"article", "li", "section", "div"})
_AWAY: Final = Zone.ASIDE | Zone.FIGURE | Zone.FOOTER | Zone.NAV | Zone.HIDDEN | Zone.FORM
_CLOCK: Final = re.compile(
    r"(?<!\d)\d{1,2}(?:[:.h]|\s?時)\s?\d\d(?!\d)|(?<!\d)\d{1,2}\s?(?:[ap]\.?m\b|uhr\b)", re.IGNORECASE
)
_MOVING: Final = re.compile(
    r"\b(?:ago|vor|il y a|hace|há|fa|siden|sedan|önce)\b|前|전"
    r"|^\W*(?:last |zuletzt |sist )?(?:updat|edit|modif|aktuali|geändert|mis à jour|actuali|aggiorn|atuali|uppdat|"
    r"oppdat|opdat|bijgewerkt|güncel|обнов|更新|수정)",
    re.IGNORECASE,
)


def reason(head: Head, page: PageTree) -> str:
    """Say why the page is a live blog; empty where it is none. Elements must have their mass."""
    if any("LiveBlogPosting" in jsonld.types(item) for item in head.entities):
        return "JSON-LD says LiveBlogPosting"
    entries = sum(1 for e in page.elements if e.hint & Hint.LIVE and e.tag in _BOXES and e.mass)
    return f"{entries} live entries" if entries >= _ENTRIES else ""


def labels(page: PageTree, box: Element, run: Run) -> dict[int, str]:
    """Return the indexes of the lines that head entries, each with what it is."""
    found: dict[tuple[Path, str], list[int]] = {}
    waiting: dict[tuple[Path, str], int] = {}
    for line in page.lines:
        if not line.owner.within(box):
            continue
        if line.mass and not line.owner.junk and run.path(line.owner) in run.paths:
            for key, index in waiting.items():
                found.setdefault(key, []).append(index)
            waiting.clear()
            continue
        what = _label(line)
        if what:
            waiting[run.path(line.owner), what] = line.index
    return {index: what for (_, what), indexes in found.items() if len(indexes) >= _REPEATED for index in indexes}


def _label(line: Line) -> str:
    if line.owner.junk or line.zone & _AWAY or line.link_share > 0.9:
        return ""
    if stamp(line.text) and _CLOCK.search(line.text) and not _MOVING.search(line.text):
        return ENTRY_TIME
    heads = line.owner.tag in HEADINGS and line.owner.tag != "h1" and not related_heading(line.text)
    return "heading of an entry" if heads else ""
