"""Keep account of every sentence: in which block it stood, in which it stands, what happened to it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..model import Op, SentenceChange
from .align import Pair
from .groups import Group, line_up

if TYPE_CHECKING:
    from .lineage import Lineage
    from .units import Unit


class Ledger:
    """The sentences of every block that changed, and their partners on the other side.

    *old* and *new* give the sentences of a block by the block's number.
    """

    def __init__(self, lineage: Lineage) -> None:
        self.old: dict[int, list[Unit]] = defaultdict(list)
        self.new: dict[int, list[Unit]] = defaultdict(list)
        for unit in lineage.old:
            self.old[unit.block].append(unit)
        for unit in lineage.new:
            self.new[unit.block].append(unit)
        self._to_new: dict[tuple[int, int], tuple[Unit, float]] = {}
        self._to_old: dict[tuple[int, int], tuple[Unit, float]] = {}
        for pair in (*lineage.placed, *lineage.moved):
            a, b = lineage.old[pair.old], lineage.new[pair.new]
            self._to_new[a.block, a.at] = (b, pair.likeness)
            self._to_old[b.block, b.at] = (a, pair.likeness)
        self._placed = {(lineage.new[p.new].block, lineage.new[p.new].at) for p in lineage.placed}

    def part(self, old: int, new: int) -> None:
        """Forget that sentences of block *old* stand in block *new*: too little was kept to call it one block."""
        for unit in self.old[old]:
            partner = self._to_new.get((old, unit.at))
            if partner and partner[0].block == new:
                del self._to_new[old, unit.at]
                del self._to_old[new, partner[0].at]

    def groups(self, old: int, new: int) -> list[Group]:
        """Return the groups of sentences of two blocks that are one."""
        pairs, away_old, away_new = [], set(), set()
        for unit in self.old[old]:
            partner = self._to_new.get((old, unit.at))
            if partner and partner[0].block == new:
                pairs.append(Pair(unit.at, partner[0].at, partner[1]))
            elif partner:
                away_old.add(unit.at)
        for unit in self.new[new]:
            partner = self._to_old.get((new, unit.at))
            if partner and partner[0].block != old:
                away_new.add(unit.at)
        return line_up(self.old[old], self.new[new], pairs, (away_old, away_new))

    def sentences(self, old: int, new: int, groups: list[Group]) -> tuple[SentenceChange, ...]:
        """Return what happened to each sentence of two blocks that are one, in the order of *groups*."""
        out: list[SentenceChange] = []
        for group in groups:
            olds = self.old[old][group.old_start : group.old_end]
            news = self.new[new][group.new_start : group.new_end]
            if group.joined:
                out += _matched(olds, news)
            else:
                out += [change for unit in olds if (change := self._gone(unit))]
                out += [self._come(unit) for unit in news]
        return tuple(out)

    def added(self, new: int) -> tuple[SentenceChange, ...]:
        """Return the sentences of a block that was not there; some may have stood in another block.

        Where they kept their order, the paragraph was split or merged and they are the same or edited, else moved.
        """
        return tuple(self._come(unit) for unit in self.new[new])

    def removed(self, old: int) -> tuple[SentenceChange, ...]:
        """Return the sentences of a block that is gone, without those that stand elsewhere now."""
        return tuple(change for unit in self.old[old] if (change := self._gone(unit)))

    def _come(self, unit: Unit) -> SentenceChange:
        partner = self._to_old.get((unit.block, unit.at))
        if partner is None:
            return SentenceChange(Op.INSERT, None, unit.at, "", unit.text, None, unit.block)
        if (unit.block, unit.at) in self._placed:
            return _change(Op.SAME if partner[0].text == unit.text else Op.EDIT, partner[0], unit)
        return _change(Op.MOVE, partner[0], unit)

    def _gone(self, unit: Unit) -> SentenceChange | None:
        if (unit.block, unit.at) in self._to_new:
            return None
        return SentenceChange(Op.DELETE, unit.at, None, unit.text, "", unit.block, None)


def _matched(olds: list[Unit], news: list[Unit]) -> list[SentenceChange]:
    """Pair the sentences of a joined group; where one became several, each of them is an edit of it."""
    out = []
    for k in range(max(len(olds), len(news))):
        a, b = olds[min(k, len(olds) - 1)], news[min(k, len(news) - 1)]
        out.append(_change(Op.SAME if a.text == b.text else Op.EDIT, a, b))
    return out


def _change(op: Op, old: Unit, new: Unit) -> SentenceChange:
    return SentenceChange(op, old.at, new.at, old.text, new.text, old.block, new.block)
