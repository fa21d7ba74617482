"""Decide whether two texts are one text: by the passages they share, in order, and the figures they agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .words import Text

_DIGIT: Final = re.compile(r"\d")

MIN_PASSAGE_WORDS: Final = 5
"""Fewer words in a row are found in any two texts of one language."""

MIN_TELLING_PASSAGE_WORDS: Final = 8
"""Fewer may be a stock phrase of the news."""

MIN_CONTAINED: Final = 0.5
"""The share of the shorter text that must be in the other one, where both open alike."""

MIN_CONTAINED_DEEPER: Final = 0.6
"""The same of both texts, where one opens differently. A follow-up opens with its news and repeats below what was known
before: a copy of that background is not a copy of the follow-up."""

MIN_LONG_PASSAGE_WORDS: Final = 12
MIN_IN_LONG_PASSAGES: Final = 0.4
"""The share of the common words that must stand in long passages. A form that was filled anew (a market report, the
weather) has another name or figure in every sentence, so that it shares only short ones."""

MIN_SHARED_WORDS: Final = 20
MIN_IN_ORDER: Final = 0.5
MIN_FIGURES_KEPT: Final = 0.5
MAX_OPENING_WORDS: Final = 45
_MIN_FIGURES: Final = 4
MAX_SLOT_WORDS: Final = 12
"""What lies between two shared passages is one slot of a form if it is not longer than this in either text."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common.

    Attributes:
        shared: how many words are in both, in passages of five or more.
        contained: the share of the shorter text that is in the longer one.
        covered: the share of the longer text that is in the shorter one.
        ordered: the share of the common words that follow one another in both texts.
        in_long: the share of the common words that stand in passages of twelve or more.
        opening: how many words come before the first common passage, in the text where there are more.
        figures: the share of the figures in and between the common passages that agree; None where there are too few.
    """

    shared: int
    contained: float
    covered: float
    ordered: float
    in_long: float
    opening: int
    figures: float | None

    @property
    def is_copy(self) -> bool:
        """Whether one text is a copy of the other, cut or edited."""
        if self.shared < MIN_SHARED_WORDS or self.ordered < MIN_IN_ORDER or self.in_long < MIN_IN_LONG_PASSAGES:
            return False
        # Market reports, weather and results reuse their sentences day after day: where most figures differ, the form
        # was copied, not the story.
        if self.figures is not None and self.figures < MIN_FIGURES_KEPT:
            return False
        if self.opening <= MAX_OPENING_WORDS:
            return self.contained >= MIN_CONTAINED
        return self.contained >= MIN_CONTAINED_DEEPER and self.covered >= MIN_CONTAINED_DEEPER

    @property
    def reason(self) -> str:
        """The finding in words."""
        text = f"{round(self.contained * 100)} % of the shorter text is in the other ({self.shared} words)"
        return text if self.figures is None else f"{text}; {round(self.figures * 100)} % of its figures"


def overlap(one: Text, other: Text) -> Overlap:
    """Return what two texts have in common. Which comes first makes no difference."""
    # The result is the same whichever text is given first.
    short, long = sorted((one, other), key=lambda text: (len(text.words), text.words))
    passages = _passages(short.words, long.words)
    shared = sum(length for _, _, length in passages)
    out_of_order = sum(min(a[2], b[2]) for a, b in pairwise(passages) if b[1] < a[1])
    # Stock phrases do not count as an opening, unless there is nothing else.
    telling = [passage for passage in passages if passage[2] >= MIN_TELLING_PASSAGE_WORDS] or passages
    return Overlap(
        shared=shared,
        contained=shared / max(1, len(short.words)),
        covered=shared / max(1, len(long.words)),
        ordered=1 - out_of_order / shared if passages else 0.0,
        in_long=sum([length for _, _, length in passages if length >= MIN_LONG_PASSAGE_WORDS]) / max(1, shared),
        opening=max(min((at for at, _, _ in telling), default=0), min((at for _, at, _ in telling), default=0)),
        figures=_figures_kept(short.words, long.words, passages),
    )


def _passages(short: Sequence[str], long: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return the passages in common as (start in *short*, start in *long*, length), without overlap in *short*."""
    # Only the first place of each five words is kept: a refrain must not make this quadratic.
    grams = _grams(long)
    places = dict(zip(reversed(grams), range(len(grams) - 1, -1, -1), strict=True))
    grams = _grams(short)
    passages = []
    here = 0
    while here < len(grams):
        there = places.get(grams[here])
        if there is None:
            here += 1
            continue
        length = MIN_PASSAGE_WORDS
        most = min(len(short) - here, len(long) - there)
        while length < most and short[here + length] == long[there + length]:
            length += 1
        passages.append((here, there, length))
        here += length
    return passages


def _grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(MIN_PASSAGE_WORDS)), strict=False))


def _figures_kept(short: Sequence[str], long: Sequence[str], passages: Sequence[tuple[int, int, int]]) -> float | None:
    """Return the share of figures that agree, of those in shared passages and in short gaps between them.

    Only these tell a form that was filled anew: what an outlet inserted has figures of its own.
    """
    first_letters = "".join([word[0] for word in short])
    kept = sum([len(_DIGIT.findall(first_letters, at, at + length)) for at, _, length in passages])
    other = 0
    for one, two in pairwise(passages):
        here, there = short[one[0] + one[2] : two[0]], long[one[1] + one[2] : two[1]]
        if two[1] > one[1] and len(here) <= MAX_SLOT_WORDS and len(there) <= MAX_SLOT_WORDS:
            mine, theirs = ([word for word in words if word[0].isdigit()] for words in (here, there))
            same = sum((Counter(mine) & Counter(theirs)).values()) if mine and theirs else 0
            kept += same
            # Where one text writes a figure in words, nothing differs.
            other += min(len(mine), len(theirs)) - same
    return kept / (kept + other) if kept + other >= _MIN_FIGURES else None
