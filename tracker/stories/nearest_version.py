"""Find which version of the origin a copy runs: sentence by sentence, allowing for cut endings and small edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from tracker.model.article import Article
from tracker.model.version import Version

from .words import Sentence, sentences_of

MIN_EDITED_RATIO: Final = 70
"""From this similarity on, in percent, two sentences are one that was edited."""

EDITED_WEIGHT: Final = 0.8
MAX_FUZZY_SENTENCES: Final = 60
MAX_COMPARED_LETTERS: Final = 1000
"""Longer sentences are compared by their beginning: a page without full stops must not cost minutes."""


@dataclass(frozen=True, slots=True)
class SentenceMatch:
    """How the sentences of a copy differ from those of one version of the origin. Sentences are given by their index.

    Attributes:
        edited: pairs of (copy, origin).
        added: sentences of the copy that match none of the origin.
        missing: sentences of the origin, before the copy ends, that the copy lacks.
        cut: how many sentences the origin has after the last one that the copy has.
        score: the words in common, less those that the copy lacks.
    """

    edited: tuple[tuple[int, int], ...]
    added: tuple[int, ...]
    missing: tuple[int, ...]
    cut: int
    score: float


def nearest_version(copy: Article, versions: Iterable[Version]) -> tuple[int, SentenceMatch]:
    """Return the number of the origin's version that a version of a copy is nearest to, and how they match.

    `versions` are those of the origin, at least one. Of versions that are equally near, the newest is returned.
    """
    own = sentences_of(copy)
    matched = [(match_sentences(own, sentences_of(each.content)), each.n) for each in versions]
    best, n = max(matched, key=lambda each: (each[0].score, each[1]))
    return n, best


def match_sentences(copy: Sequence[Sentence], origin: Sequence[Sentence]) -> SentenceMatch:
    """Match the sentences of a copy with those of a version of its origin: equal ones first, then edited ones.

    What the origin has after the copy's end costs no score: many copies are cut. A copy that goes to the very end of a
    version is taken to run that one rather than a longer one.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    # Backwards, so that of equal sentences the first is popped first.
    for at in range(len(origin) - 1, -1, -1):
        places[origin[at].key].append(at)
    same = [(at, places[each.key].pop()) for at, each in enumerate(copy) if places.get(each.key)]
    left_copy = sorted(set(range(len(copy))).difference(c for c, _ in same))
    left_origin = sorted(set(range(len(origin))).difference(o for _, o in same))
    edited, edited_words = _edited(copy, origin, left_copy, left_origin)
    last = max((o for _, o in (*same, *edited)), default=-1)
    edited_copy, edited_origin = {c for c, _ in edited}, {o for _, o in edited}
    missing = tuple(o for o in left_origin if o not in edited_origin and o < last)
    return SentenceMatch(
        edited=tuple(edited),
        added=tuple(c for c in left_copy if c not in edited_copy),
        missing=missing,
        cut=len(origin) - 1 - last,
        score=(
            sum(copy[c].weight for c, _ in same)
            + EDITED_WEIGHT * edited_words
            - sum(origin[o].weight for o in missing)
            + (1.0 if last >= 0 and last == len(origin) - 1 else 0.0)
        ),
    )


def _edited(
    copy: Sequence[Sentence], origin: Sequence[Sentence], left_copy: Sequence[int], left_origin: Sequence[int]
) -> tuple[list[tuple[int, int]], float]:
    """Pair sentences that were edited, most similar first; return the pairs and the words they have in common."""
    free = {o: origin[o].key[:MAX_COMPARED_LETTERS] for o in left_origin[:MAX_FUZZY_SENTENCES]}
    likely = [
        (-ratio, c, o)
        for c in left_copy[:MAX_FUZZY_SENTENCES]
        for _, ratio, o in process.extract(
            copy[c].key[:MAX_COMPARED_LETTERS], free, scorer=fuzz.ratio, score_cutoff=MIN_EDITED_RATIO, limit=3
        )
    ]
    pairs: dict[int, int] = {}
    used: set[int] = set()
    words = 0.0
    for negative_ratio, c, o in sorted(likely):
        if c not in pairs and o not in used:
            pairs[c] = o
            used.add(o)
            words += copy[c].weight * -negative_ratio / 100
    return sorted(pairs.items()), words
