"""Find edits that only say again, or no longer say again, what is right beside them: doubled words, abbreviations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .function_words import initials
from .word_edits import WordEdit, is_acronym

MAX_SPELT_OUT_WORDS: Final = 7
"""Words, with those of grammar, of the longest name that an abbreviation stands for."""


def is_doubled(edit: WordEdit, before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether an edit only adds or drops words that are next to themselves: "laid out the laid out the"."""
    if edit.old and edit.new:
        return False
    side, at, words = (before, edit.old_start, edit.old) if edit.old else (after, edit.new_start, edit.new)
    n = len(words)
    low = [w.lower() for w in words]
    return low in ([w.lower() for w in side[max(0, at - n) : at]], [w.lower() for w in side[at + n : at + 2 * n]])


def is_spelt_out(edit: WordEdit, before: Sequence[str], after: Sequence[str], lang: str) -> bool:
    """Return whether an edit adds or drops an abbreviation next to its words, or these: "the World Bank (WB)"."""
    if edit.old and edit.new:
        return False
    side, at, words = (before, edit.old_start, edit.old) if edit.old else (after, edit.new_start, edit.new)
    end = at + len(words)
    if len(words) > 1:
        return any(
            w.upper() in initials(words, lang) for w in (*side[end : end + 1], *side[at - 1 : at]) if is_acronym(w)
        )
    short = words[0].upper()
    beside = (side[k:at] for k in range(max(0, at - MAX_SPELT_OUT_WORDS), at - 1))
    return is_acronym(words[0]) and any(
        short in initials(each, lang) for each in (*beside, side[end : end + len(short)])
    )


def is_abbreviation(edit: WordEdit, lang: str) -> bool:
    """Return whether an abbreviation took the place of the words whose initials it is, or the other way round."""
    short, long = sorted((edit.old, edit.new), key=len)
    return len(short) == 1 < len(long) and is_acronym(short[0]) and short[0].upper() in initials(long, lang)
