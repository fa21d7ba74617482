"""Find which unit of one side is which of the other: heaviest common subsequence, similarity, moves."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .words import similarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .units import Unit

ALIKE = 0.25
"""Least similarity of two sentences that stand at the same place."""
MOVED = 0.7
"""Least similarity of a sentence and its edited self elsewhere."""
MOVED_LETTERS = 20
"""A unit shorter than this is a move only where its neighbour moved too."""
ALL_PAIRS = 1200
"""Up to this many pairs of a gap are all compared; beyond, only those that share words."""
_COMMON = 12
_TELLING = 4


class Pair(NamedTuple):
    """Unit *old* and unit *new* are the same one, *likeness* 0 to 1."""

    old: int
    new: int
    likeness: float


def equal_units(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the heaviest common subsequence of equal texts, heavy by length."""
    head = 0
    least = min(len(old), len(new))
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(head, len(new) - tail):
        places[new[j]].append(j)
    candidates = [
        (i, j, float(len(old[i]) + 1)) for i in range(head, len(old) - tail) for j in places.get(old[i], ())[:_COMMON]
    ]
    pairs = [(i, i) for i in range(head)]
    pairs += [(i, j) for i, j, _ in heaviest_chain(candidates)]
    return pairs + [(len(old) - tail + k, len(new) - tail + k) for k in range(tail)]


def _by_place(candidate: tuple[int, int, float]) -> tuple[int, int]:
    return candidate[0], -candidate[1]


def heaviest_chain(candidates: Iterable[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Return the heaviest subset that rises strictly on both sides; ties go to the earlier pair."""
    ordered = sorted(candidates, key=_by_place)
    if all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(ordered)):
        return ordered
    ends: list[int] = []
    totals: list[float] = []
    tops: list[int] = []
    parents: list[int] = []
    for index, (_, j, weight) in enumerate(ordered):
        at = bisect_left(ends, j)
        parents.append(tops[at - 1] if at else -1)
        total = weight + (totals[at - 1] if at else 0.0)
        upto = at
        if at < len(ends) and ends[at] == j:
            if totals[at] >= total:
                continue
            upto = at + 1
        while upto < len(ends) and totals[upto] <= total:
            upto += 1
        ends[at:upto], totals[at:upto], tops[at:upto] = [j], [total], [index]
    chain, index = [], tops[-1]
    while index >= 0:
        chain.append(ordered[index])
        index = parents[index]
    return chain[::-1]


def sentences(
    old: Sequence[Unit], new: Sequence[Unit], gaps: Iterable[tuple[range, range]]
) -> tuple[list[Pair], list[Pair]]:
    """Pair sentences: first those that keep their order, then those that moved.

    *gaps* are the stretches between blocks that stand on both sides: a sentence that left its stretch moved. Within
    one, equal sentences are found first and hold the order; between them similar ones are paired, heaviest first.
    """
    placed: list[Pair] = []
    for olds, news in gaps:
        anchors = equal_units([old[i].text for i in olds], [new[j].text for j in news])
        before = (olds.start, news.start)
        for a, b in (*anchors, (len(olds), len(news))):
            i, j = olds.start + a, news.start + b
            placed += _gap(old, new, (before[0], i), (before[1], j))
            if i < olds.stop and j < news.stop:
                placed.append(Pair(i, j, 1.0))
            before = (i + 1, j + 1)
    return placed, _moves(old, new, placed)


def _gap(old: Sequence[Unit], new: Sequence[Unit], olds: tuple[int, int], news: tuple[int, int]) -> list[Pair]:
    n, m = olds[1] - olds[0], news[1] - news[0]
    if not n or not m:
        return []
    if n == m == 1:
        alike = similarity(old[olds[0]].code, new[news[0]].code, ALIKE)
        return [Pair(olds[0], news[0], alike)] if alike else []
    before, after = [u.code for u in old[olds[0] : olds[1]]], [u.code for u in new[news[0] : news[1]]]
    if n * m <= ALL_PAIRS:
        wanted = [(i, j) for i in range(n) for j in range(m)]
    else:
        wanted = [(i - olds[0], j - news[0]) for i, j in _sharing(old, new, range(*olds), range(*news))]
    likeness: dict[tuple[int, int], float] = {}
    candidates = []
    for i, j in wanted:
        alike = similarity(before[i], after[j], ALIKE)
        if alike:
            likeness[i, j] = alike
            candidates.append((i, j, alike * min(len(before[i]), len(after[j]))))
    return [Pair(olds[0] + i, news[0] + j, likeness[i, j]) for i, j, _ in heaviest_chain(candidates)]


def _sharing(
    old: Sequence[Unit], new: Sequence[Unit], olds: Iterable[int], news: Iterable[int]
) -> list[tuple[int, int]]:
    """Return the pairs that share a word of four letters or more which few sentences have."""
    first = next((new[j] for j in news), None)
    if first is None:
        return []
    codes = [(j, new[j].code) for j in news]
    telling = {code for word, code in first.tokens.vocabulary.words.items() if len(word) >= _TELLING}
    index: dict[str, list[int]] = {}
    for j, code in codes:
        for word in telling.intersection(code):
            index.setdefault(word, []).append(j)
    rare = {word: places for word, places in index.items() if len(places) <= _COMMON}
    return sorted({(i, j) for i in olds for word in rare.keys() & set(old[i].code) for j in rare[word]})


def _moves(old: Sequence[Unit], new: Sequence[Unit], placed: Sequence[Pair]) -> list[Pair]:
    used_old, used_new = {p.old for p in placed}, {p.new for p in placed}
    olds = [i for i in range(len(old)) if i not in used_old]
    news = [j for j in range(len(new)) if j not in used_new]
    if not olds or not news:
        return []
    candidates = []
    long_old, long_new = (
        [k for k in free if len(side[k].text) >= MOVED_LETTERS] for side, free in ((old, olds), (new, news))
    )
    for i, j in _sharing(old, new, long_old, long_new):
        likeness = similarity(old[i].code, new[j].code, MOVED)
        if likeness:
            candidates.append((-likeness * min(len(old[i].text), len(new[j].text)), i, j, likeness))
    moved: dict[int, Pair] = {}
    taken: set[int] = set()
    for _, i, j, likeness in sorted(candidates):
        if i not in moved and j not in taken:
            moved[i] = Pair(i, j, likeness)
            taken.add(j)
    _extend(old, new, moved, set(olds), set(news) - taken)
    return sorted(moved.values())


def _extend(
    old: Sequence[Unit], new: Sequence[Unit], moved: dict[int, Pair], free_old: set[int], free_new: set[int]
) -> None:
    """Let a short sentence that stands next to a moved one move with it."""
    for pair in sorted(moved.values()):
        for step in (-1, 1):
            i, j = pair.old + step, pair.new + step
            while i in free_old and i not in moved and j in free_new and old[i].text == new[j].text:
                moved[i] = Pair(i, j, 1.0)
                free_new.discard(j)
                i, j = i + step, j + step
