"""Say what became of each sentence: where it was, where it is, what happened to it.

The sentences of a block and those of its partner are put into groups first, so that a split or merged sentence is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracker.model.change import Op, SentenceChange

from .align import heaviest_chain
from .sentences import Sentence
from .words import similarity

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
    """Return whether a sentence of the group has its partner outside of it."""
    inside = {*group.old, *group.new}
    return any(each.partner and each.partner not in inside for each in inside)


def _similarity(group: SentenceGroup, least: float = 0.0) -> float:
    old, new = ("".join([sentence.code for sentence in side]) for side in (group.old, group.new))
    return similarity(old, new, least)


def by_block(sentences: Iterable[Sentence]) -> dict[int, list[Sentence]]:
    """Return the sentences of each block by its number; a block without any has none."""
    found: defaultdict[int, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        found[sentence.block].append(sentence)
    return found


def separate(olds: Iterable[Sentence], new: int) -> None:
    """Forget the pairs of sentences of two blocks: they share too little to be shown as one block."""
    for sentence in olds:
        partner = sentence.partner
        if partner and partner.block == new:
            sentence.partner = partner.partner = None


def edited(groups: Iterable[SentenceGroup]) -> tuple[SentenceChange, ...]:
    """Return what happened to each sentence of two blocks that are one."""
    changes: list[SentenceChange] = []
    for olds, news, compared in groups:
        if not compared:
            changes += (*removed(olds), *added(news))
            continue
        # Where one sentence became several, or several one, each of them is an edit of it.
        for k in range(max(len(olds), len(news))):
            a, b = olds[min(k, len(olds) - 1)], news[min(k, len(news) - 1)]
            changes.append(_change(Op.SAME if a.text == b.text else Op.EDIT, a, b))
    return tuple(changes)


def added(sentences: Iterable[Sentence]) -> tuple[SentenceChange, ...]:
    """Return the sentences of a block that was added. Some may come from other blocks.

    Those that kept their order are the same or edited: a paragraph was split or merged. The others moved.
    """
    return tuple(map(_added, sentences))


def removed(sentences: Iterable[Sentence]) -> tuple[SentenceChange, ...]:
    """Return the sentences of a block that was removed, without those that are in another block now."""
    return tuple(
        SentenceChange(Op.DELETE, each.at, None, each.text, "", each.block, None)
        for each in sentences
        if each.partner is None
    )


def _added(sentence: Sentence) -> SentenceChange:
    partner = sentence.partner
    if partner is None:
        return SentenceChange(Op.INSERT, None, sentence.at, "", sentence.text, None, sentence.block)
    if sentence.moved:
        return _change(Op.MOVE, partner, sentence)
    return _change(Op.SAME if partner.text == sentence.text else Op.EDIT, partner, sentence)


def _change(op: Op, old: Sentence, new: Sentence) -> SentenceChange:
    return SentenceChange(op, old.at, new.at, old.text, new.text, old.block, new.block)
