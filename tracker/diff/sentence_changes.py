"""Say what became of each sentence: where it was, where it is, what happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..model.change import Op, SentenceChange

if TYPE_CHECKING:
    from .sentence_groups import SentenceGroup
    from .sentences import Sentence


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
