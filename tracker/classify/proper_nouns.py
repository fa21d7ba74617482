"""Find the proper nouns among the words of an edit: those that took each other's place, and parts of names."""

from __future__ import annotations

from collections.abc import Sequence

from .lemmas import is_unknown, is_word
from .mentions import NAME_PARTICLES
from .names import is_given_name
from .places import is_place, is_surely_place
from .word_edits import WordEdit, is_acronym


def names_in_part(edit: WordEdit, sides: tuple[Sequence[str], Sequence[str]], lang: str) -> list[str]:
    """Return the words, in lower case, that one side leaves out of a name: "Novak" of "Novak Djokovic"."""
    if bool(edit.old) == bool(edit.new) or lang == "de":
        return []
    side, start, words = (sides[0], edit.old_start, edit.old) if edit.old else (sides[1], edit.new_start, edit.new)
    other = sides[1] if edit.old else sides[0]
    end = start + len(words)
    parts: list[str] = []
    for beside, run in ((end, reversed(range(start, end))), (start - 1, range(start, end))):
        # The first word has its capital for that: "Pilot" is not part of "Omar Reyes".
        begins = beside == 0 and is_word(side[0].lower(), lang) and side[0] not in other[1:]
        if 0 <= beside < len(side) and side[beside][0].isupper() and not begins:
            for k in run:
                if side[k].lower() not in NAME_PARTICLES and (not side[k].istitle() or is_word(side[k].lower(), lang)):
                    break
                parts.append(side[k].lower())
    return parts


def proper_nouns(
    edit: WordEdit, left: tuple[Sequence[str], Sequence[str]], sides: tuple[Sequence[str], Sequence[str]], lang: str
) -> list[bool]:
    """Say of each side of an edit whether a proper noun is among the words that this side alone has.

    In German every noun has a capital: there it is one that is not a word of the language, or a place, or right after
    another noun: "der Konzern Siemens".
    """
    found = []
    exchanged = bool(edit.old and edit.new)
    for start, end, alone, side in (
        (edit.old_start, edit.old_start + len(edit.old), left[0], sides[0]),
        (edit.new_start, edit.new_start + len(edit.new), left[1], sides[1]),
    ):
        named = [k for k in range(start, end) if side[k][0].isupper() and side[k].lower() in alone]
        # The first word has its capital for that.
        named = [k for k in named if k or is_unknown(side[k], lang) or (exchanged and _leads_as_given_name(side))]
        found.append(any(lang != "de" or _is_german_name(side, k, alone) for k in named))
    return found


def _leads_as_given_name(words: Sequence[str]) -> bool:
    """Return whether a text begins with a given name that another name follows: "Ken Ortiz"."""
    return is_given_name(words[0]) and words[1:2] != [] and words[1][0].isupper()


def _is_german_name(words: Sequence[str], k: int, alone: Sequence[str]) -> bool:
    apposed = k > 1 and words[k - 1][0].isupper() and words[k - 1].lower() not in alone
    return apposed or is_acronym(words[k]) or is_place(words[k]) or is_unknown(words[k], "de")


def leads_with_place(words: Sequence[str], alone: Sequence[str]) -> bool:
    """Return whether a text begins with a place, or with one of its people, that it `alone` has: "Dutch police"."""
    return bool(words) and words[0].lower() in alone and is_surely_place(words[0])
