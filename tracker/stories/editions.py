"""Which version of the origin a copy runs: sentence by sentence, cut endings and small edits allowed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from .words import Sentence, sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model import Article

ALIKE: Final = 70
"""Likeness in percent from which two sentences are one, edited."""

_EDITED: Final = 0.8
_MOST_FUZZY: Final = 60
_LONGEST: Final = 1000
"""Letters of a sentence that are compared: a page without full stops must not cost minutes."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """How a copy's sentences stand to those of one version of the origin.

    *same* and *edited* pair positions (copy, origin); *added* are positions in the copy that stand in no sentence of
    the origin, *missing* positions in the origin, before the copy ends, that the copy lacks. *cut* counts the sentences
    of the origin after the last one the copy has.
    """

    same: tuple[tuple[int, int], ...]
    edited: tuple[tuple[int, int], ...]
    added: tuple[int, ...]
    missing: tuple[int, ...]
    cut: int
    score: float


@lru_cache(maxsize=512)
def sentences(article: Article) -> tuple[Sentence, ...]:
    """Return the sentences of *article*; the same version is asked for again and again."""
    return sentences_of(article)


def pair(copy: Sequence[Sentence], origin: Sequence[Sentence]) -> Pairing:
    """Pair the sentences of *copy* with those of *origin*: the same first, then edited ones by likeness.

    The score counts words: in common, less those the copy lacks before its end. What comes after the copy's end costs
    nothing; a copy that goes to the very end of a version runs that one rather than a longer one.
    """
    same = _same(copy, origin)
    left_copy = sorted(set(range(len(copy))).difference(c for c, _ in same))
    left_origin = sorted(set(range(len(origin))).difference(o for _, o in same))
    edited, likeness = _edited(copy, origin, left_copy, left_origin)
    reached = max((o for _, o in (*same, *edited)), default=-1)
    taken = {o for _, o in edited}
    missing = tuple(o for o in left_origin if o not in taken and o < reached)
    score = (
        sum(copy[c].weight for c, _ in same)
        + _EDITED * likeness
        - sum(origin[o].weight for o in missing)
        + (1.0 if reached >= 0 and reached == len(origin) - 1 else 0.0)
    )
    found = {c for c, _ in edited}
    return Pairing(
        same=tuple(same),
        edited=tuple(edited),
        added=tuple(c for c in left_copy if c not in found),
        missing=missing,
        cut=len(origin) - 1 - reached,
        score=score,
    )


def nearest(copy: Article, versions: Iterable[tuple[int, Article]]) -> tuple[int, Pairing]:
    """Return the origin's version that *copy* is nearest to, of equals the newest; there is at least one."""
    mine = sentences(copy)
    paired = [(pair(mine, sentences(content)), n) for n, content in versions]
    best, n = max(paired, key=lambda each: (each[0].score, each[1]))
    return n, best


def _same(copy: Sequence[Sentence], origin: Sequence[Sentence]) -> list[tuple[int, int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in range(len(origin) - 1, -1, -1):
        places[origin[at].key].append(at)
    return [(at, places[each.key].pop()) for at, each in enumerate(copy) if places.get(each.key)]


def _edited(
    copy: Sequence[Sentence], origin: Sequence[Sentence], left_copy: Sequence[int], left_origin: Sequence[int]
) -> tuple[list[tuple[int, int]], float]:
    """Return pairs of sentences that are one, edited, likest first, and the words they have in common."""
    free = {o: origin[o].key[:_LONGEST] for o in left_origin[:_MOST_FUZZY]}
    likely = [
        (-score, c, o)
        for c in left_copy[:_MOST_FUZZY]
        for _, score, o in process.extract(copy[c].key[:_LONGEST], free, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3)
    ]
    pairs: dict[int, int] = {}
    used: set[int] = set()
    words = 0.0
    for score, c, o in sorted(likely):
        if c not in pairs and o not in used:
            pairs[c] = o
            used.add(o)
            words += copy[c].weight * -score / 100
    return sorted(pairs.items()), words
