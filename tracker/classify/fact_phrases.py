"""Widen the words of a fact to a phrase that a reader understands: "not" to "has not asked", "40" to "40 flats".

The words of both texts are aligned. A phrase has the words of the fact, the edited words around them, and the word that
they govern: the one that a hedge or negation refers to, or the thing that a number counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

from ..model.change import FactKind
from .lexicon import EMPHASIS, GRAMMAR, SMALL

MAX_EDITED_WORDS: Final = 4
"""The edited words around a fact belong to its phrase if neither side has more than this many."""
MAX_GOVERNED_WORDS: Final = 4
"""A fact refers to the next content word only if it is among this many words."""
MAX_PHRASE_WORDS: Final = 12
MAX_ALIGNED_WORDS: Final = 1200
"""Longer texts are not aligned, and their facts are shown without a phrase."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’.,:-][^\W_]+)*|[?%$€£¥₹]")
_TONE: Final = frozenset({FactKind.HEDGE, FactKind.NEGATION})
_WIDENED: Final = _TONE | {FactKind.NUMBER, FactKind.STATE}

Span = tuple[int, int]
"""Where words begin and end in a text."""
Words = tuple[int, int]
"""The index of the first word and the one after the last."""


class PhraseFinder:
    """The phrases of facts that differ between two texts."""

    def __init__(self, old: str, new: str, lang: str) -> None:
        self._texts = (old, new)
        self._small = SMALL[lang] | EMPHASIS[lang]
        self._auxiliaries = GRAMMAR[lang]

    @cached_property
    def _words(self) -> tuple[list[Span], list[Span]]:
        old, new = ([m.span() for m in _WORD.finditer(text)] for text in self._texts)
        return old, new

    @cached_property
    def _runs(self) -> list[tuple[bool, tuple[Words, Words]]]:
        """Runs of words: whether they are the same on both sides, and where they are on each."""
        old, new = ([self._low(side, k) for k in range(len(words))] for side, words in enumerate(self._words))
        matched = SequenceMatcher(None, old, new, autojunk=False)
        return [(tag == "equal", ((i, j), (k, m))) for tag, i, j, k, m in matched.get_opcodes()]

    def widened(self, kind: FactKind, old: Span | None, new: Span | None) -> tuple[Span | None, Span | None]:
        """Return where the phrase of a fact is on each side; None if a side does not have it.

        If only one side has a hedge or negation, it is shown with its object, and the other side with the same words
        without it; so are the marks of a quotation. `old` and `new` are where the words of the fact are, None if a text
        does not have it.
        """
        if kind not in _WIDENED or max(map(len, self._words)) > MAX_ALIGNED_WORDS:
            return old, new
        found = [span and self._words_in(side, span) for side, span in enumerate((old, new))]
        for side, (words, span) in enumerate(zip(found, (old, new), strict=True)):
            whole = words and self._span(side, words)
            # In scripts without blanks, a fact may be part of a word.
            if words and not (whole and span and whole[0] >= span[0] and whole[1] <= span[1]):
                return old, new
        wide = self._widened(found, kind)
        phrases = [old, new]
        for side, (span, words) in enumerate(zip((old, new), wide, strict=True)):
            if words is not None and words[1] - words[0] <= MAX_PHRASE_WORDS:
                whole = self._span(side, words)
                # The sign of a number is no word, but one of the characters of the fact.
                phrases[side] = (min(span[0], whole[0]), max(span[1], whole[1])) if span and whole else whole
        return phrases[0], phrases[1]

    def in_place_of(self, side: int, span: Span) -> Span | None:
        """Return where the words of the other side are that correspond to these; None if there are none."""
        place = self._place(side, self._words_in(side, span))
        return self._span(1 - side, place) if place else None

    def _widened(self, found: Sequence[Words | None], kind: FactKind) -> list[Words | None]:
        """Add the governed words, the short edits that touch them, and the corresponding words of the other side."""
        wide = [words and self._with_governed(side, words, kind) for side, words in enumerate(found)]
        phrase = wide
        for is_same, run in self._runs:
            touches = any(w and part[0] < w[1] and w[0] < part[1] for w, part in zip(phrase, run, strict=True))
            lengths = [b - a for a, b in run]
            # Where numbers moved, an insertion or a deletion is no exchange of one for another.
            is_exchange = min(lengths) > 0 or kind is not FactKind.NUMBER
            if touches and not is_same and max(lengths) <= MAX_EDITED_WORDS and is_exchange:
                wide = [words and _union(words, part) for words, part in zip(wide, run, strict=True)]
        for side in (0, 1):
            here, there = wide[side], wide[1 - side]
            place = (
                self._place(side, here) if here and (there or kind in _TONE) and kind is not FactKind.NUMBER else None
            )
            if place:
                wide[1 - side] = _union(there, place) if there else place
        return wide

    def _with_governed(self, side: int, words: Words, kind: FactKind) -> Words:
        """Add the words up to the next content word, or else the content word before."""
        first, last = words
        if kind in _TONE and self._is_joined(side, first) and self._low(side, first - 1) in self._auxiliaries:
            first -= 1
        # What a number counts is right next to it.
        reach = 1 if kind is FactKind.NUMBER else MAX_GOVERNED_WORDS
        for k in range(last, min(last + reach, len(self._words[side]))):
            if not self._is_joined(side, k):
                break
            if self._low(side, k) not in self._small:
                # "Up to 40" flats
                counts = self._low(side, k).isdigit() and self._is_joined(side, k + 1)
                return first, k + (2 if counts and self._low(side, k + 1) not in self._small else 1)
        for k in range(words[0] - 1, max(-1, words[0] - 1 - reach), -1):
            if not self._is_joined(side, k + 1):
                break
            if self._low(side, k) not in self._small:
                return k, last
        return words

    def _place(self, side: int, words: Words) -> Words | None:
        """Return the corresponding words of the other side; None if they are in a long edit or there are none."""
        start = end = 0
        for is_same, run in self._runs:
            (a, b), (c, d) = run[side], run[1 - side]
            if a < words[1] and words[0] < b and not is_same and max(b - a, d - c) > MAX_EDITED_WORDS:
                return None
            if a <= words[0] < b:
                start = c + words[0] - a if is_same else c
            if a < words[1] <= b:
                end = c + words[1] - a if is_same else d
        return (start, end) if start < end else None

    def _words_in(self, side: int, span: Span) -> Words:
        inside = [k for k, (a, b) in enumerate(self._words[side]) if a < span[1] and span[0] < b]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def _span(self, side: int, words: Words) -> Span | None:
        first, last = words
        return (self._words[side][first][0], self._words[side][last - 1][1]) if first < last else None

    def _is_joined(self, side: int, k: int) -> bool:
        """Return whether only a blank or a hyphen is between a word and the one before."""
        words = self._words[side]
        return 0 < k < len(words) and not self._texts[side][words[k - 1][1] : words[k][0]].strip(" \u00a0\u202f-")

    def _low(self, side: int, k: int) -> str:
        return self._texts[side][slice(*self._words[side][k])].lower()


def _union(one: Words, other: Words) -> Words:
    return (min(one[0], other[0]), max(one[1], other[1])) if other[0] < other[1] else one
