"""Look up what became of each sentence: where it was, where it is, what happened to it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..model.change import Op, SentenceChange
from .align import SentencePair
from .sentence_groups import SentenceGroup, group_sentences

if TYPE_CHECKING:
    from .block_pairs import Pairing
    from .sentences import Sentence


class SentencePairs:
    """The sentences of every block that changed, with their partners on the other side.

    `old` and `new` give the sentences of a block by the block's number.
    """

    def __init__(self, pairing: Pairing) -> None:
        self.old: dict[int, list[Sentence]] = defaultdict(list)
        self.new: dict[int, list[Sentence]] = defaultdict(list)
        for sentence in pairing.old:
            self.old[sentence.block].append(sentence)
        for sentence in pairing.new:
            self.new[sentence.block].append(sentence)
        # Sentences are known by their block and their index within it.
        self._to_new: dict[tuple[int, int], tuple[Sentence, float]] = {}
        self._to_old: dict[tuple[int, int], tuple[Sentence, float]] = {}
        for pair in (*pairing.placed, *pairing.moved):
            a, b = pairing.old[pair.old], pairing.new[pair.new]
            self._to_new[a.block, a.at] = (b, pair.likeness)
            self._to_old[b.block, b.at] = (a, pair.likeness)
        self._placed = {(pairing.new[p.new].block, pairing.new[p.new].at) for p in pairing.placed}

    def separate(self, old: int, new: int) -> None:
        """Forget the pairs of sentences of two blocks: they share too little to be shown as one block."""
        for sentence in self.old[old]:
            partner = self._to_new.get((old, sentence.at))
            if partner and partner[0].block == new:
                del self._to_new[old, sentence.at]
                del self._to_old[new, partner[0].at]

    def groups(self, old: int, new: int) -> list[SentenceGroup]:
        """Return the groups of sentences of two blocks that are one."""
        # A partner in another block is away: what is here in its place has nothing to do with it.
        pairs, away_old, away_new = [], set(), set()
        for sentence in self.old[old]:
            partner = self._to_new.get((old, sentence.at))
            if partner and partner[0].block == new:
                pairs.append(SentencePair(sentence.at, partner[0].at, partner[1]))
            elif partner:
                away_old.add(sentence.at)
        for sentence in self.new[new]:
            partner = self._to_old.get((new, sentence.at))
            if partner and partner[0].block != old:
                away_new.add(sentence.at)
        return group_sentences(self.old[old], self.new[new], pairs, (away_old, away_new))

    def edited(self, old: int, new: int, groups: list[SentenceGroup]) -> tuple[SentenceChange, ...]:
        """Return what happened to each sentence of two blocks that are one, in the order of *groups*."""
        changes: list[SentenceChange] = []
        for group in groups:
            olds = self.old[old][group.old_start : group.old_end]
            news = self.new[new][group.new_start : group.new_end]
            if not group.compared:
                changes += self._removed(olds)
                changes += [self._added(sentence) for sentence in news]
                continue
            # Where one sentence became several, or several one, each of them is an edit of it.
            for k in range(max(len(olds), len(news))):
                a, b = olds[min(k, len(olds) - 1)], news[min(k, len(news) - 1)]
                changes.append(_change(Op.SAME if a.text == b.text else Op.EDIT, a, b))
        return tuple(changes)

    def added(self, new: int) -> tuple[SentenceChange, ...]:
        """Return the sentences of a block that was added. Some may come from other blocks.

        Those that kept their order are the same or edited: a paragraph was split or merged. The others moved.
        """
        return tuple(self._added(sentence) for sentence in self.new[new])

    def removed(self, old: int) -> tuple[SentenceChange, ...]:
        """Return the sentences of a block that was removed, without those that are in another block now."""
        return tuple(self._removed(self.old[old]))

    def _added(self, sentence: Sentence) -> SentenceChange:
        place = sentence.block, sentence.at
        partner = self._to_old.get(place)
        if partner is None:
            return SentenceChange(Op.INSERT, None, sentence.at, "", sentence.text, None, sentence.block)
        if place not in self._placed:
            return _change(Op.MOVE, partner[0], sentence)
        return _change(Op.SAME if partner[0].text == sentence.text else Op.EDIT, partner[0], sentence)

    def _removed(self, sentences: list[Sentence]) -> list[SentenceChange]:
        return [
            SentenceChange(Op.DELETE, each.at, None, each.text, "", each.block, None)
            for each in sentences
            if (each.block, each.at) not in self._to_new
        ]


def _change(op: Op, old: Sentence, new: Sentence) -> SentenceChange:
    return SentenceChange(op, old.at, new.at, old.text, new.text, old.block, new.block)
