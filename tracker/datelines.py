"""The place, date and agency before the first sentence of a report: "LONDON, March 3 (AP) — ", "ROMA, 29 NOV - "."""

from __future__ import annotations

import re
from typing import Final

MIN_SENTENCE_CHARACTERS: Final = 30
"""Shorter texts after what may be a dateline are items of a list."""
_SENTENCE_ENDS: Final = frozenset(".!?…”\"’'»“)")
_OPENING: Final = r"(?=[A-ZÀ-ÖØ-Þ“\"‘„«])"
# An agency has no figures: "Harwick (population 4,000) – " is news.
_DATELINE: Final = re.compile(
    rf"""(?:[^\W\d_][\w.'’/ -]{{1,40}}(?:,\s[\w.'’ ]{{1,30}}){{0,3}}\s?)?  # LONDON, March 3
        \([^\W\d_][^()\d\n]{{1,39}}\)\s*[-–—:]{{1,2}}\s+{_OPENING}         # (AP) —
      | [A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’/ -]{{2,40}}(?:,\s[\w.'’ ]{{1,30}}){{0,3}}\s?[-–—]{{1,2}}\s+{_OPENING}""",
    re.VERBOSE,
)


def split_dateline(text: str) -> tuple[str, str]:
    """Return the dateline that a text begins with, "" if there is none, and the rest.

    A sentence follows it: "REAL MADRID – Barcelona 2:1" is a line of a table.
    """
    found = _DATELINE.match(text)
    rest = text[found.end() :] if found else ""
    is_sentence = len(rest) >= MIN_SENTENCE_CHARACTERS and rest.rstrip()[-1] in _SENTENCE_ENDS
    return (found[0], rest) if found and is_sentence else ("", text)
