"""Recognise live blogs, and the lines that head their entries.

An entry's time and heading are often next to its text, where other pages have furniture. They are known by repetition:
the same path of tags, entry after entry, each with text of the article before the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tracker.model.article import ENTRY_HEADING, ENTRY_TIME

from . import jsonld
from .furniture_patterns import announces_links, is_timestamp
from .html_tags import HEADING_TAGS, Zone
from .name_hints import Hint

if TYPE_CHECKING:
    from .page_head import PageHead
    from .page_tree import Element, Line, PageTree
    from .text_paths import Path, TextPaths

_MIN_NAMED_ENTRIES: Final = 4
_MIN_REPETITIONS: Final = 3
_ENTRY_TAGS: Final = frozenset({"article", "li", "section", "div"})
_OUTSIDE_ZONES: Final = Zone.ASIDE | Zone.FIGURE | Zone.FOOTER | Zone.NAV | Zone.HIDDEN | Zone.FORM
_TIME_OF_DAY: Final = re.compile(
    r"(?<!\d)\d{1,2}(?:[:.h]|\s?時)\s?\d\d(?!\d)|(?<!\d)\d{1,2}\s?(?:[ap]\.?m\b|uhr\b)", re.IGNORECASE
)
# Times that differ at every visit: "5 minutes ago", "last updated 14:02".
_MOVING_TIME: Final = re.compile(
    r"\b(?:ago|vor|il y a|hace|há|fa|siden|sedan|önce)\b|前|전"
    r"|^\W*(?:last |zuletzt |sist )?(?:updat|edit|modif|aktuali|geändert|mis à jour|actuali|aggiorn|atuali|uppdat|"
    r"oppdat|opdat|bijgewerkt|güncel|обнов|更新|수정)",
    re.IGNORECASE,
)


def live_blog_reason(head: PageHead, page: PageTree) -> str:
    """Say why the page is a live blog; empty if it is none. `scoring.weigh` must have been called before."""
    if any("LiveBlogPosting" in jsonld.types(item) for item in head.entities):
        return "JSON-LD says LiveBlogPosting"
    entries = sum(1 for e in page.heavy if e.hint & Hint.LIVE and e.tag in _ENTRY_TAGS)
    return f"{entries} live entries" if entries >= _MIN_NAMED_ENTRIES else ""


def entry_labels(page: PageTree, container: Element, paths: TextPaths) -> dict[int, str]:
    """Return the indexes of the lines that head entries, each with what it is."""
    repeated: dict[tuple[Path, str], list[int]] = {}
    waiting: dict[tuple[Path, str], int] = {}  # candidates since the last line of text
    for line in page.lines:
        if not line.owner.within(container):
            continue
        if line.mass and not line.owner.junk and paths.path(line.owner) in paths.paths:
            for key, index in waiting.items():
                repeated.setdefault(key, []).append(index)
            waiting.clear()
            continue
        label = _entry_label(line)
        if label:
            waiting[paths.path(line.owner), label] = line.index
    return {
        index: label
        for (_, label), indexes in repeated.items()
        if len(indexes) >= _MIN_REPETITIONS
        for index in indexes
    }


def _entry_label(line: Line) -> str:
    """Return what `line` alone could be in an entry: its time, its heading, or nothing."""
    if line.owner.junk or line.zone & _OUTSIDE_ZONES or line.link_share > 0.9:
        return ""
    if is_timestamp(line.text) and _TIME_OF_DAY.search(line.text) and not _MOVING_TIME.search(line.text):
        return ENTRY_TIME
    is_heading = line.owner.tag in HEADING_TAGS and line.owner.tag != "h1" and not announces_links(line.text)
    return ENTRY_HEADING if is_heading else ""
