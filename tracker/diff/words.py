"""Diff two runs of tokens: the one door to diff-match-patch.

Each token is one code point, so that diff-match-patch compares words, not letters. There is no wall-clock limit: the
cost of a comparison is known beforehand from the exact edit distance, and what would cost diff-match-patch too much is
left to a bit-parallel subsequence that is as short, and what exceeds the budget even so is shown as one replacement
and recorded.
"""

from __future__ import annotations

from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

MYERS = 24
"""Largest edit distance, in tokens, left to diff-match-patch: its time grows with the square of it."""
BUDGET = 4_000_000
"""Largest product of lengths for which a bit-parallel subsequence, as minimal, is worked out instead."""


_DMP = diff_match_patch()
_DMP.Diff_Timeout = 0


class Match(NamedTuple):
    """A run of *n* equal tokens, from *old* and *new* on."""

    old: int
    new: int
    n: int


def similarity(a: str, b: str, least: float = 0.0) -> float:
    """Return how much of two encoded runs is common, 0 to 1 (Indel ratio); 0 where it is below *least*."""
    return Indel.normalized_similarity(a, b, score_cutoff=least)


def matches(old: str, new: str) -> tuple[list[Match], bool]:
    """Return the equal runs of a minimal diff of two encoded runs, and whether the budget forbade to look for them."""
    if old == new:
        return ([Match(0, 0, len(old))] if old else []), False
    if Indel.distance(old, new, score_cutoff=MYERS) > MYERS:
        return _far_apart(old, new)
    found, i, j = [], 0, 0
    for op, text in _DMP.diff_main(old, new, checklines=False):
        if op == 0:
            found.append(Match(i, j, len(text)))
        i += len(text) if op <= 0 else 0
        j += len(text) if op >= 0 else 0
    return found, False


def _far_apart(old: str, new: str) -> tuple[list[Match], bool]:
    if len(old) * len(new) > BUDGET:
        return _ends(old, new), True
    blocks = Indel.opcodes(old, new)
    return [Match(b.src_start, b.dest_start, b.src_end - b.src_start) for b in blocks if b.tag == "equal"], False


def _ends(old: str, new: str) -> list[Match]:
    head = _DMP.diff_commonPrefix(old, new)
    tail = min(_DMP.diff_commonSuffix(old, new), min(len(old), len(new)) - head)
    runs = [Match(0, 0, head), Match(len(old) - tail, len(new) - tail, tail)]
    return [run for run in runs if run.n]
