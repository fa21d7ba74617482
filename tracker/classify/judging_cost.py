"""Whether a change would cost too much to judge, by counts alone, so that every machine decides the same.

The counts were measured on pages of shuffled names, numbers, initials and notices (`tests/nightly/large_pages.py`): a
unit took at most ten microseconds of CPU.
"""

from __future__ import annotations

import re
from typing import Final

from tracker.model.article import Article
from tracker.model.change import Change, Op

from .facts import edited_spans

MAX_UNITS: Final = 240_000
"""Some 16,000 words of both texts that are all edited."""
# A sentence or field that was edited costs as much as this many letters, however short it is.
SPAN_UNITS: Final = 100
# Figures, names and quotations are looked for; each costs as much as so many letters.
MENTION_UNITS: Final = 8
# Within one sentence, each of these may be compared with every other.
UNITS_PER_SQUARE: Final = 10_000
MAX_MATCHES: Final = 150_000
"""Clauses of notes, times the edits and the pairs of facts that stood: 380 facts beside one note, 120 beside ten."""
_CLAUSE_END: Final = re.compile(r"[,;]\s")
_MENTION: Final = re.compile(r"\d+|[^\W\d_a-zß-öø-ÿ][^\W\d_]*|[\"“”„«»‘’?%]")


def _units(text: str) -> int:
    return len(text) + MENTION_UNITS * sum(1 for _ in _MENTION.finditer(text))


def is_costly(old: Article, new: Article, change: Change) -> bool:
    """Return whether the edits, the new notices and the new texts outside the article are too much to judge."""
    known = {block.text for block in old.blocks if not block.editorial}
    left_out = sum(len(block.text) for block in new.blocks if not block.editorial and block.text not in known)
    total = left_out // 4 + sum(len(notice.text) for notice in change.notices if notice.op is not Op.SAME)
    for span in edited_spans(change):
        units = _units(span.old) + _units(span.new)
        total += SPAN_UNITS + units + units * units // UNITS_PER_SQUARE
        if total > MAX_UNITS:
            return True
    return total > MAX_UNITS


def count_clauses(text: str) -> int:
    """Return of how many clauses, at most, a note consists that are matched to the edits one by one."""
    return 1 + len(_CLAUSE_END.findall(text))
