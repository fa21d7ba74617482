"""The oldest entries of a live blog, which leave the page as newer ones come: nobody took them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, Article
from tracker.model.change import BlockChange, Op

MIN_ENTRIES: Final = 3
"""A text has entries if at least so many of its blocks head one."""
_HEADS: Final = frozenset({ENTRY_TIME, ENTRY_HEADING})


def dropped_entries(old: Article, new: Article, rows: Sequence[BlockChange]) -> frozenset[int]:
    """Return the rows of the entries that a live blog no longer lists at its end, as indexes into `rows`.

    Live blogs show the newest entries and move older ones to further pages. So whole entries that are gone from the
    end, where nothing else follows, say nothing about what the outlet thinks of them; an entry that is gone from among
    others does.
    """
    if sum(1 for block in new.editorial if block.reason in _HEADS) < MIN_ENTRIES:
        return frozenset()
    first = len(rows)
    while first and rows[first - 1].op is Op.DELETE:
        first -= 1
    # What is left of an entry whose end alone is gone was edited.
    while first < len(rows) and not _heads_entry(old, rows[first]):
        first += 1
    return frozenset(range(first, len(rows)))


def _heads_entry(old: Article, row: BlockChange) -> bool:
    return row.old is not None and old.editorial[row.old].reason in _HEADS
