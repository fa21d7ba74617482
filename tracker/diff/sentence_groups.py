"""Group the sentences of one block with those of its partner, so that a split or merged sentence is one group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .align import heaviest_chain
from .words import similarity

if TYPE_CHECKING:
    from .sentences import Sentence

MIN_GAP_SIMILARITY = 0.2
"""From this similarity on, the words of two unpaired stretches at the same place are compared."""
MIN_SPLIT_GAIN = 0.05
"""How much similarity a further sentence must add to count as the other half of a split sentence."""


class SentenceGroup(NamedTuple):
    """Sentences [old_start, old_end) became sentences [new_start, new_end).

    `compared` says whether their words are compared; otherwise the ones were removed and the others added.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    compared: bool


def group_sentences(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[SentenceGroup]:
    """Cover the sentences of two blocks that are one with groups, in order.

    A sentence whose partner is in another block is never compared with what took its place.
    """
    block = new[0].block
    pairs = [(s, s.partner) for s in old if s.partner and s.partner.block == block]
    chain = heaviest_chain([(one.at, other.at, one.likeness * len(one.text)) for one, other in pairs])
    groups: list[SentenceGroup] = []
    i = j = 0
    for a, b, _ in (*chain, (len(old), len(new), 0.0)):
        if a > i or b > j:
            gap = SentenceGroup(i, a, j, b, compared=False)
            if not _has_away(gap, old, new) and _similarity(gap, old, new, MIN_GAP_SIMILARITY):
                gap = gap._replace(compared=True)
            groups.append(gap)
        if a < len(old) and b < len(new):
            groups.append(SentenceGroup(a, a + 1, b, b + 1, compared=True))
        i, j = a + 1, b + 1
    # A sentence that was added or removed next to an edited one may be the other half of a split or merged sentence.
    joined: list[SentenceGroup] = []
    for group in groups:
        whole = _joined(joined[-1], group, old, new) if joined and joined[-1].compared != group.compared else None
        if whole and not _has_away(whole, old, new):
            joined[-1] = whole
        else:
            joined.append(group)
    return joined


def _joined(
    a: SentenceGroup, b: SentenceGroup, old: Sequence[Sentence], new: Sequence[Sentence]
) -> SentenceGroup | None:
    """Return two neighbours as one group where that makes both sides more alike."""
    pair, gap = (a, b) if a.compared else (b, a)
    one_sided = (gap.old_end == gap.old_start) != (gap.new_end == gap.new_start)
    if not one_sided:
        return None
    if [s.text for s in old[pair.old_start : pair.old_end]] == [s.text for s in new[pair.new_start : pair.new_end]]:
        return None
    whole = SentenceGroup(a.old_start, b.old_end, a.new_start, b.new_end, compared=True)
    gain = _similarity(whole, old, new) - _similarity(pair, old, new)
    return whole if gain > MIN_SPLIT_GAIN else None


def _has_away(group: SentenceGroup, old: Sequence[Sentence], new: Sequence[Sentence]) -> bool:
    sides = (old[group.old_start : group.old_end], new[0].block), (new[group.new_start : group.new_end], old[0].block)
    return any(each.partner and each.partner.block != block for side, block in sides for each in side)


def _similarity(group: SentenceGroup, old: Sequence[Sentence], new: Sequence[Sentence], least: float = 0.0) -> float:
    before = "".join([sentence.code for sentence in old[group.old_start : group.old_end]])
    after = "".join([sentence.code for sentence in new[group.new_start : group.new_end]])
    return similarity(before, after, least)
