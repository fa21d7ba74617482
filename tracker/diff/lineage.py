"""Decide which block became which, from the sentences they share."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .align import Pair, equal_units, heaviest_chain, sentences
from .units import Unit, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tokens import Vocabulary

SHARED = 0.15
"""Least share of the smaller block, by its sentences, for which the words of two blocks are compared."""


Kin = tuple[int, int, bool]
"""New block, the old block it was, whether it moved: the order of blocks does not explain it."""


class Lineage(NamedTuple):
    """Which blocks and which sentences belong together.

    *placed* and *moved* are sentence pairs (indexes into *old* and *new*), whatever blocks they stand in; the placed
    keep their order.
    """

    kin: list[Kin]
    old: list[Unit]
    new: list[Unit]
    placed: list[Pair]
    moved: list[Pair]


def trace(old: Sequence[str], new: Sequence[str], lang: str, vocabulary: Vocabulary) -> Lineage:
    """Pair the blocks of two texts; each block has at most one partner."""
    same = equal_units(old, new)
    rest_old, rest_new = _without(old, {i for i, _ in same}), _without(new, {j for _, j in same})
    carried = _carried(old, new, rest_old, rest_new)
    if carried:
        rest_old = [i for i in rest_old if i not in carried]
        taken = set(carried.values())
        rest_new = [j for j in rest_new if j not in taken]
    old_units = units([(i, old[i]) for i in rest_old], lang, vocabulary)
    new_units = units([(j, new[j]) for j in rest_new], lang, vocabulary)
    placed, moved = sentences(old_units, new_units, _gaps(old_units, new_units, same))
    edited = _edited(old_units, new_units, (placed, moved), old, new)
    others = [(i, j, len(old[i]) + 1.0) for i, j in carried.items()] + edited
    return Lineage(_kin(old, same, others), old_units, new_units, placed, moved)


def _kin(old: Sequence[str], same: list[tuple[int, int]], others: list[tuple[int, int, float]]) -> list[Kin]:
    """Put all pairs in the order of the new text and say which of them left their place."""
    kin = [(j, i, False) for i, j in same]
    if not others:
        return kin
    kin += [(j, i, False) for i, j, _ in others]
    kin.sort()
    if all(a[1] < b[1] for a, b in pairwise(kin)):
        return kin
    chain = heaviest_chain([(i, j, len(old[i]) + 1.0) for i, j in same] + others)
    stay = {(j, i) for i, j, _ in chain}
    return [(j, i, (j, i) not in stay) for j, i, _ in kin]


def _without(blocks: Sequence[str], used: set[int]) -> list[int]:
    return [i for i in range(len(blocks)) if i not in used]


def _carried(old: Sequence[str], new: Sequence[str], rest_old: list[int], rest_new: list[int]) -> dict[int, int]:
    """Pair equal blocks that stand out of order."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in reversed(rest_new):
        places[new[j]].append(j)
    return {i: places[old[i]].pop() for i in rest_old if places.get(old[i])}


def _gaps(old: list[Unit], new: list[Unit], same: list[tuple[int, int]]) -> list[tuple[range, range]]:
    """Return the stretches of sentences between blocks that stand on both sides, where both have any."""
    gaps: list[tuple[range, range]] = []
    i = j = 0
    for a, b in (*same, (-1, -1)):
        start = (i, j)
        while i < len(old) and (old[i].block < a or a < 0):
            i += 1
        while j < len(new) and (new[j].block < b or b < 0):
            j += 1
        if start[0] < i and start[1] < j:
            gaps.append((range(start[0], i), range(start[1], j)))
    return gaps


def _edited(
    old_units: list[Unit],
    new_units: list[Unit],
    pairs: tuple[list[Pair], list[Pair]],
    old: Sequence[str],
    new: Sequence[str],
) -> list[tuple[int, int, float]]:
    """Make partners of blocks that share most; sentences that kept their order decide before those that moved."""
    found: list[tuple[int, int, float]] = []
    used_old: set[int] = set()
    used_new: set[int] = set()
    for some in pairs:
        for (i, j), weight in _by_weight(_shared(old_units, new_units, some)):
            if i not in used_old and j not in used_new and weight >= SHARED * min(len(old[i]), len(new[j])):
                used_old.add(i)
                used_new.add(j)
                found.append((i, j, weight))
    return found


def _shared(old: list[Unit], new: list[Unit], pairs: list[Pair]) -> dict[tuple[int, int], float]:
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for pair in pairs:
        a, b = old[pair.old], new[pair.new]
        shared[a.block, b.block] += pair.likeness * min(len(a.text), len(b.text))
    return shared


def _by_weight(shared: dict[tuple[int, int], float]) -> list[tuple[tuple[int, int], float]]:
    return sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))
