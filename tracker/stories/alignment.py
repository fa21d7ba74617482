"""Whether two texts are one text: the passages they share, in order, and the figures they agree on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .words import Text

RUN: Final = 5
"""Fewer words in a row are found in any two texts of one language."""

PASSAGE: Final = 8
"""Fewer may be a stock phrase of the news."""

CONTAINED: Final = 0.5
"""Share of the shorter text that must stand in the other where both open alike."""

CONTAINED_DEEPER: Final = 0.6
"""The same where one opens otherwise, then of both texts. A follow-up opens with its news and repeats below what was
known before: a copy of that background is no copy of the follow-up."""

LEAST_SHARED: Final = 20
IN_ORDER: Final = 0.5
FIGURES_KEPT: Final = 0.34
OPENING: Final = 45
_FEW_FIGURES: Final = 4


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common.

    *shared* words stand in both, in runs of five or more; *ordered* is the share of them that follow one another in
    both; *contained* is the share of the shorter text, *covered* of the longer. *opening* counts the words before the
    first of them, in the text where there are more. *figures* is the share of the shorter text's figures that the other
    has too, None where there are too few to tell.
    """

    shared: int
    contained: float
    covered: float
    ordered: float
    opening: int
    figures: float | None

    @property
    def is_copy(self) -> bool:
        """Say whether one text is a copy of the other, cut or edited.

        Market reports, weather and results reuse their sentences day after day: where most figures differ, it is the
        form that was copied, not the story.
        """
        if self.shared < LEAST_SHARED or self.ordered < IN_ORDER:
            return False
        if self.figures is not None and self.figures < FIGURES_KEPT:
            return False
        if self.opening <= OPENING:
            return self.contained >= CONTAINED
        return self.contained >= CONTAINED_DEEPER and self.covered >= CONTAINED_DEEPER

    @property
    def reason(self) -> str:
        """Return the finding as a person reads it."""
        said = f"{round(self.contained * 100)} % of the shorter text stands in the other ({self.shared} words)"
        return said if self.figures is None else f"{said}; {round(self.figures * 100)} % of its figures"


def overlap(one: Text, other: Text) -> Overlap:
    """Return what *one* and *other* have in common; which comes first makes no difference to `is_copy`."""
    short, long = sorted((one, other), key=lambda text: (len(text.words), text.words))
    runs = _runs(short.words, long.words)
    shared = sum(length for _, _, length in runs)
    return Overlap(
        shared=shared,
        contained=shared / max(1, len(short.words)),
        covered=shared / max(1, len(long.words)),
        ordered=_ordered(runs),
        opening=_opening(runs),
        figures=_kept(short.figures, long.figures),
    )


def _runs(short: Sequence[str], long: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return (start in *short*, start in *long*, length) of the passages in common; they do not overlap in *short*."""
    places: dict[tuple[str, ...], int] = {}
    for at, gram in enumerate(_grams(long)):
        places.setdefault(gram, at)
    grams = _grams(short)
    runs = []
    here = 0
    while here < len(grams):
        there = places.get(grams[here])
        if there is None:
            here += 1
            continue
        length = RUN + _alike(short, here + RUN, long, there + RUN)
        runs.append((here, there, length))
        here += length
    return runs


def _alike(short: Sequence[str], here: int, long: Sequence[str], there: int) -> int:
    """Count the words that are the same in both from *here* and *there* on."""
    length = 0
    most = min(len(short) - here, len(long) - there)
    while length < most and short[here + length] == long[there + length]:
        length += 1
    return length


def _grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(RUN)), strict=False))


def _ordered(runs: Sequence[tuple[int, int, int]]) -> float:
    """Return the share of words whose run follows, in both texts, the run before it."""
    if len(runs) <= 1:
        return float(len(runs))
    total = sum(length for _, _, length in runs)
    stray = sum(min(a[2], b[2]) for a, b in pairwise(runs) if b[1] < a[1])
    return 1 - stray / total


def _opening(runs: Sequence[tuple[int, int, int]]) -> int:
    """Return the words before the first passage in common, in the text where there are more; stock phrases aside."""
    told = [run for run in runs if run[2] >= PASSAGE] or runs
    return max(min((here for here, _, _ in told), default=0), min((there for _, there, _ in told), default=0))


def _kept(short: Sequence[str], long: Sequence[str]) -> float | None:
    if len(short) < _FEW_FIGURES:
        return None
    return sum((Counter(short) & Counter(long)).values()) / len(short)
