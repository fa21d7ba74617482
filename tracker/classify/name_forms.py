"""Return whether two names are of the same: in full and in part, by initials, by another name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from . import lexicon
from .mentions import lowered
from .places import other_names
from .spelling import WordRelation, is_abbreviated, same_surname, word_relation
from .word_edits import is_acronym, words_of

_MIN_ADJECTIVE_LETTERS: Final = 4
MIN_ACRONYM_LETTERS: Final = 3
MAX_SMALL_WORDS: Final = 3
"""Words of grammar within a name that its acronym leaves out, at most."""
MAX_RESPELT_LETTERS: Final = 2
"""Letters by which the Slavic ending of a name may be longer: "Zelensky", "Zelenskiyy"."""
WORD: Final = re.compile(r"\w(?:[\w'.-]*\w)?")
"""A word with its hyphens, points and apostrophes."""
_WORD_PART: Final = re.compile(r"\w+")


class Name(NamedTuple):
    """A whole name as a text has it.

    Attributes:
        parts: its words in lower case, without articles, points and particles.
        start: where it begins.
        is_place: it is that of a place.
        may_be_place: it is, or it is where that of a place may be: "in Tesla".
        certain: a title or its form shows that it is a name.
    """

    text: str
    parts: frozenset[str]
    start: int
    is_place: bool = False
    may_be_place: bool = False
    certain: bool = False


def is_named(name: Name, others: Sequence[Name], side: str, lang: str) -> bool:
    """Return whether the other side names the same, in full, in part or by initials, or has the words of the name."""
    if any(name.parts <= other.parts or other.parts <= name.parts or _abbreviates(name, other) for other in others):
        return True
    if _has_other_name(name, side) or _has_surname(name, others, side):
        return True
    said = _all_words(side)
    if name.certain and not name.is_place and any(other.certain for other in others):
        # One letter makes another person: "Woods", "Wood"; not "Mr Smith", "the Smiths". In German and Dutch an s may
        # be the genitive.
        apostrophes = {word.replace("'", "") for word in said if "'" in word}
        genitive = lang in {"de", "nl"}
        return all(
            part in said
            or part in apostrophes
            or (genitive and {f"{part}s", part.removesuffix("s")} & said)
            or any(same_surname(part, word) for word in said if abs(len(part) - len(word)) <= MAX_RESPELT_LETTERS)
            for part in name.parts
        )
    return all(part in said or f"{part}s" in said or _has_adjective(part, others, lang) for part in name.parts)


def _has_surname(name: Name, others: Sequence[Name], side: str) -> bool:
    """Return whether `side` has the last word of a name of several words, and not as part of another name."""
    last = name.text.rsplit(" ", 1)[-1]
    is_of_another = any(last.lower() in other.parts for other in others)
    return len(name.parts) > 1 and not is_of_another and re.search(rf"(?<!\w){re.escape(last)}(?!\w)", side) is not None


def _abbreviates(name: Name, other: Name) -> bool:
    """Return whether one of two names that share a word has the beginnings of the words of the other: "Man City"."""
    shorter, longer = sorted((name.parts, other.parts), key=len)
    return not shorter.isdisjoint(longer) and all(any(a == b or is_abbreviated(a, b) for b in longer) for a in shorter)


def _has_other_name(name: Name, side: str) -> bool:
    """Return whether `side` has the place or party, or the first word of the name, by another name: "US", "America"."""
    low = name.text.casefold().rstrip(".")
    others = [other for word in {low, low.split()[0].rstrip(".")} for other in other_names(word) if other != word]
    text = lowered(side) if others else ""
    return any(re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text) for other in others)


def _has_adjective(part: str, others: Sequence[Name], lang: str) -> bool:
    """Return whether another name is the adjective of this one, or the other way round: "Australia", "Australian"."""
    return (
        len(part) >= _MIN_ADJECTIVE_LETTERS
        and "-" not in part
        and any(
            word_relation(part, other, lang) in {WordRelation.SAME_STEM, WordRelation.INFLECTED, WordRelation.SAME}
            for each in others
            for other in each.parts
            if other[:_MIN_ADJECTIVE_LETTERS] == part[:_MIN_ADJECTIVE_LETTERS]
        )
    )


def without_acronyms(names: list[Name], text: str, others: Sequence[Name], other_text: str, lang: str) -> list[Name]:
    """Leave out acronyms that the other text writes in full, and names within what it writes as an acronym."""
    in_full = [_written_in_full(o.text, text, lang) for o in others if is_acronym(o.text) and o.text not in text]
    return [
        name
        for name in names
        if name.text in other_text
        or not (
            any(name.text in each for each in in_full)
            or (is_acronym(name.text) and _written_in_full(name.text, other_text, lang))
        )
    ]


def _written_in_full(acronym: str, text: str, lang: str) -> str:
    """Return the words of `text` of which `acronym` has the initials, or ""."""
    letters, words = acronym.replace(".", "").upper(), words_of(text)
    if len(letters) < MIN_ACRONYM_LETTERS:
        return ""
    starts = [k for k, word in enumerate(words) if word[0] == letters[0]]
    lengths = range(len(letters), len(letters) + MAX_SMALL_WORDS + 1)
    found = (words[k : k + n] for k in starts for n in lengths)
    return next((" ".join(each) for each in found if letters in lexicon.initials(each, lang)), "")


@lru_cache(maxsize=2)
def _all_words(text: str) -> frozenset[str]:
    """Return every word of `text` in lower case, and each part of a hyphenated one."""
    low = lowered(text)
    return frozenset(WORD.findall(low)) | frozenset(_WORD_PART.findall(low))
