"""Diff two runs of tokens: the one door to diff-match-patch.

Each token is one code point, so that diff-match-patch compares words, not letters. There is no wall-clock limit: the
cost of a comparison is known beforehand from the exact edit distance, and what would cost diff-match-patch too much is
left to a bit-parallel subsequence that is as short, and what exceeds the budget even so is shown as one replacement
and recorded.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

MYERS = 10
"""Largest edit distance, in tokens, left to diff-match-patch: its time grows with the square of it."""
BUDGET = 4_000_000
"""Largest product of lengths for which a bit-parallel subsequence, as minimal, is worked out instead."""
MOST_COMPARED = 100_000_000
"""Largest product of lengths of which the common subsequence is measured; it takes a tenth of a second."""


_DMP = diff_match_patch()
_DMP.Diff_Timeout = 0


class Match(NamedTuple):
    """A run of *n* equal tokens, from *old* and *new* on."""

    old: int
    new: int
    n: int


def similarity(a: str, b: str, least: float = 0.0) -> float:
    """Return how much of two encoded runs is common, 0 to 1 (Indel ratio); 0 where it is below *least*.

    Of runs so long that it would take seconds, it is how many of their tokens are the same, in whatever order.
    """
    if len(a) * len(b) > MOST_COMPARED:
        alike = 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))
        return alike if alike >= least else 0.0
    return Indel.normalized_similarity(a, b, score_cutoff=least)


def matches(old: str, new: str) -> tuple[list[Match], bool]:
    """Return the equal runs of a minimal diff of two encoded runs, and whether the budget forbade to look for them."""
    if old == new:
        return ([Match(0, 0, len(old))] if old else []), False
    head, tail = _ends(old, new)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    between, hit = _between(a, b) if a and b and not set(a).isdisjoint(b) else ([], False)
    found = [Match(0, 0, head)] if head else []
    found += [Match(m.old + head, m.new + head, m.n) for m in between] if head else between
    if tail:
        found.append(Match(len(old) - tail, len(new) - tail, tail))
    return found, hit


def _ends(old: str, new: str) -> tuple[int, int]:
    """Count what both begin with, and what of the rest both end with."""
    least = min(len(old), len(new))
    head = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), least)
    least -= head
    tail = next((k for k, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b or k == least), least)
    return head, tail


def _between(old: str, new: str) -> tuple[list[Match], bool]:
    if len(old) + len(new) > MYERS and Indel.distance(old, new, score_cutoff=MYERS) > MYERS:
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
        return [], True
    blocks = Indel.opcodes(old, new)
    return [Match(b.src_start, b.dest_start, b.src_end - b.src_start) for b in blocks if b.tag == "equal"], False
