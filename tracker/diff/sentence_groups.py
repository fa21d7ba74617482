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
    """Sentences `old` became sentences `new`.

    `compared` says whether their words are compared; otherwise the ones were removed and the others added.
    """

    old: Sequence[Sentence]
    new: Sequence[Sentence]
    compared: bool


def group_sentences(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[SentenceGroup]:
    """Cover the sentences of two blocks that are one with groups, in order.

    A sentence whose partner is elsewhere is never compared with what took its place.
    """
    pairs = [(s, s.partner) for s in old if s.partner and s.partner.block == new[0].block]
    chain = heaviest_chain([(one.at, other.at, one.likeness * len(one.text)) for one, other in pairs])
    groups: list[SentenceGroup] = []
    i = j = 0
    for a, b, _ in (*chain, (len(old), len(new), 0.0)):
        if a > i or b > j:
            gap = SentenceGroup(old[i:a], new[j:b], compared=False)
            if not _has_away(gap) and _similarity(gap, MIN_GAP_SIMILARITY):
                gap = gap._replace(compared=True)
            groups.append(gap)
        if a < len(old):
            groups.append(SentenceGroup([old[a]], [new[b]], compared=True))
        i, j = a + 1, b + 1
    # A sentence that was added or removed next to an edited one may be the other half of a split or merged sentence.
    joined: list[SentenceGroup] = []
    for group in groups:
        whole = _joined(joined[-1], group) if joined and joined[-1].compared != group.compared else None
        if whole and not _has_away(whole):
            joined[-1] = whole
        else:
            joined.append(group)
    return joined


def _joined(a: SentenceGroup, b: SentenceGroup) -> SentenceGroup | None:
    """Return two neighbours as one group where that makes both sides more alike."""
    pair, gap = (a, b) if a.compared else (b, a)
    if (gap.old and gap.new) or [s.text for s in pair.old] == [s.text for s in pair.new]:
        return None
    whole = SentenceGroup([*a.old, *b.old], [*a.new, *b.new], compared=True)
    return whole if _similarity(whole) - _similarity(pair) > MIN_SPLIT_GAIN else None


def _has_away(group: SentenceGroup) -> bool:
    """Say whether a sentence of the group has its partner outside of it."""
    inside = {*group.old, *group.new}
    return any(each.partner and each.partner not in inside for each in inside)


def _similarity(group: SentenceGroup, least: float = 0.0) -> float:
    old, new = ("".join([sentence.code for sentence in side]) for side in (group.old, group.new))
    return similarity(old, new, least)
