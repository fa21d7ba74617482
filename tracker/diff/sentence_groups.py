"""Group the sentences of one block with those of its partner, so that a split or merged sentence is one group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .align import SentencePair, heaviest_chain
from .words import similarity

if TYPE_CHECKING:
    from .sentences import Sentence

MIN_GAP_SIMILARITY = 0.2
"""From this similarity on, the words of two unpaired stretches at the same place are compared."""
MIN_SPLIT_GAIN = 0.05
"""How much similarity a further sentence must add to count as the other half of a split sentence."""

Away = tuple["Collection[int]", "Collection[int]"]
"""The old and the new sentences of a block, by index, whose partner is in another block."""


class SentenceGroup(NamedTuple):
    """Sentences [old_start, old_end) became sentences [new_start, new_end).

    `compared` says whether their words are compared; otherwise the ones were removed and the others added.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    compared: bool


def group_sentences(
    old: Sequence[Sentence], new: Sequence[Sentence], pairs: Sequence[SentencePair], away: Away
) -> list[SentenceGroup]:
    """Cover two blocks that are one with groups, in order.

    Args:
        old: the sentences of the old block.
        new: those of the new one.
        pairs: the sentences that are paired, by their index within the blocks.
        away: the sentences whose partner is in another block; they are never compared with what took their place.
    """
    chain = heaviest_chain([(p.old, p.new, p.likeness * len(old[p.old].text)) for p in pairs])
    groups: list[SentenceGroup] = []
    i = j = 0
    for a, b, _ in (*chain, (len(old), len(new), 0.0)):
        if a > i or b > j:
            gap = SentenceGroup(i, a, j, b, compared=False)
            if not _has_away(gap, away) and _similarity(gap, old, new, MIN_GAP_SIMILARITY):
                gap = gap._replace(compared=True)
            groups.append(gap)
        if a < len(old) and b < len(new):
            groups.append(SentenceGroup(a, a + 1, b, b + 1, compared=True))
        i, j = a + 1, b + 1
    # A sentence that was added or removed next to an edited one may be the other half of a split or merged sentence.
    joined: list[SentenceGroup] = []
    for group in groups:
        whole = _joined(joined[-1], group, old, new) if joined and joined[-1].compared != group.compared else None
        if whole and not _has_away(whole, away):
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


def _has_away(group: SentenceGroup, away: Away) -> bool:
    return any(k in away[0] for k in range(group.old_start, group.old_end)) or any(
        k in away[1] for k in range(group.new_start, group.new_end)
    )


def _similarity(group: SentenceGroup, old: Sequence[Sentence], new: Sequence[Sentence], least: float = 0.0) -> float:
    before = "".join([sentence.code for sentence in old[group.old_start : group.old_end]])
    after = "".join([sentence.code for sentence in new[group.new_start : group.new_end]])
    return similarity(before, after, least)
