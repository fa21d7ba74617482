"""Tell whether English words that took the place of others may say the same, by the senses that WordNet gives them.

`senses.txt` begins with the licence of WordNet, as that asks. Then each line is a sense: the kind of word ("n", "v",
"a", and "r" for adverbs), and the numbers of the broader and similar senses, counted from 0 in hexadecimal. Then each
line is a word with the numbers of its senses: "bruise=481f 4fb5". `.ci/senses.py` writes it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from .lemmas import lemma
from .word_edits import words_of

MAX_COMPARED_WORDS: Final = 3
"""Words on each side that are compared in their order; with more of them, it is open which took whose place."""
_FILE: Final = Path(__file__).with_name("senses.txt")
_NUMBER_BASE: Final = 16
# What makes another verb of one: "turn down".
_PARTICLES: Final = frozenset(
    "about along apart around aside away back down for forward in into off on out over through up".split()
)
# How WordNet itself comes to the base form of regular words.
_ENDINGS: Final = (
    *(("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    *(("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
)


class Likeness(StrEnum):
    """How the senses of two words are related."""

    SAME = "one sense of both is the same"
    NEAR = "a sense of one is broader than one of the other, or similar to it"
    UNLIKE = "no sense of one is close to one of the other"
    UNKNOWN = "one of them is not known, or they are words of two kinds"


class _Senses(NamedTuple):
    related: Sequence[str]
    words: Sequence[str]


@lru_cache(maxsize=1)
def _senses() -> _Senses:
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    first_word = next(k for k, line in enumerate(lines) if "=" in line)
    return _Senses(lines[:first_word], lines[first_word:])


@lru_cache(maxsize=10_000)
def _senses_of(word: str) -> frozenset[int]:
    words = _senses().words
    at = bisect_left(words, f"{word}=")
    found = words[at].partition("=")[::2] if at < len(words) else ("", "")
    return frozenset(int(number, _NUMBER_BASE) for number in found[1].split()) if found[0] == word else frozenset()


def _related(sense: int) -> list[int]:
    return [int(number, _NUMBER_BASE) for number in _senses().related[sense].split()[1:]]


def exchanged_likeness(old: tuple[str, Sequence[str]], new: tuple[str, Sequence[str]], lang: str) -> Likeness:
    """Return how alike the words of two texts are that took each other's place: as alike as the least alike of them.

    Args:
        old: the text before, and the words, in lower case, that it alone has.
        new: those of the text now.
        lang: one of `lexicon.LANGUAGES`; only English words are known.
    """
    # A verb and its particle are two words.
    if lang != "en" or max(len(old[1]), len(new[1])) > 2 * MAX_COMPARED_WORDS or not (old[1] and new[1]):
        return Likeness.UNKNOWN
    before, after = _phrases(*old), _phrases(*new)
    if not 0 < len(before) == len(after) <= MAX_COMPARED_WORDS:
        return Likeness.UNKNOWN
    found = {_likeness(a, b) for a, b in zip(before, after, strict=True)}
    return max(found, key=list(Likeness).index)


def _phrases(text: str, alone: Sequence[str]) -> list[frozenset[int]]:
    """Return the senses of each word of a text that it has `alone`; a verb may have a particle, as in "turn down"."""
    words = words_of(text)
    found: list[frozenset[int]] = []
    for before, word, behind in zip(["", *words], words, [*words[1:], ""], strict=False):
        low = word.lower()
        if low not in alone or word.isupper() or (before.lower() in alone and _phrasal_senses(before.lower(), low)):
            continue
        phrasal = _phrasal_senses(low, behind)
        found.append(phrasal if behind in alone and phrasal else phrasal | _word_senses(low))
    return found


def _phrasal_senses(word: str, particle: str) -> frozenset[int]:
    if particle not in _PARTICLES:
        return frozenset()
    return frozenset().union(*(_senses_of(f"{base}_{particle}") for base in _bases(word)))


@lru_cache(maxsize=10_000)
def _word_senses(word: str) -> frozenset[int]:
    return frozenset().union(*map(_senses_of, _bases(word)))


def _bases(word: str) -> set[str]:
    """Return what may be the base form of a word: "lives" is a form of two words."""
    bases = {word, lemma(word, "en")}
    return bases | {word.removesuffix(ending) + rest for ending, rest in _ENDINGS if word.endswith(ending)}


def _likeness(senses: frozenset[int], others: frozenset[int]) -> Likeness:
    kinds, other_kinds = ({_senses().related[sense][0] for sense in side} for side in (senses, others))
    if kinds.isdisjoint(other_kinds):
        return Likeness.UNKNOWN
    if not senses.isdisjoint(others):
        return Likeness.SAME
    above, above_others = ({each for sense in side for each in _related(sense)} for side in (senses, others))
    is_near = not (above.isdisjoint(others) and above_others.isdisjoint(senses))
    return Likeness.NEAR if is_near else Likeness.UNLIKE


def is_adjective(word: str, lang: str) -> bool:
    """Return whether a word in lower case may be an adjective; only English ones are known."""
    return lang == "en" and any(_senses().related[sense][0] == "a" for sense in _senses_of(word))
