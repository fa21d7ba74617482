"""Line up the sentences of one block with those of its partner, sentences that split or merged as one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .align import heaviest_chain
from .words import similarity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .align import Pair
    from .units import Unit

GAP_ALIKE = 0.2
"""Least similarity of two unpaired stretches at the same place for their words to be compared."""
RAISES = 0.05
"""How much likeness a further sentence must add to count as the other half of a split."""


class Group(NamedTuple):
    """Sentences [old_start, old_end) became sentences [new_start, new_end); *joined* when their words are compared."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    joined: bool


def line_up(
    old: Sequence[Unit], new: Sequence[Unit], pairs: Sequence[Pair], away: tuple[Collection[int], Collection[int]]
) -> list[Group]:
    """Cover both blocks with groups, in order.

    *pairs* and *away* count within the two blocks; *away* are the sentences that stand in another block on the other
    side, never compared with what took their place.
    """
    chain = heaviest_chain([(p.old, p.new, p.likeness * len(old[p.old].text)) for p in pairs])
    groups: list[Group] = []
    i = j = 0
    for a, b, _ in (*chain, (len(old), len(new), 0.0)):
        if a > i or b > j:
            groups.append(Group(i, a, j, b, joined=_gap_joined(old[i:a], new[j:b], (i, j), away)))
        if a < len(old) and b < len(new):
            groups.append(Group(a, a + 1, b, b + 1, joined=True))
        i, j = a + 1, b + 1
    return _absorbed(groups, old, new, away)


def _gap_joined(
    old: Sequence[Unit], new: Sequence[Unit], at: tuple[int, int], away: tuple[Collection[int], Collection[int]]
) -> bool:
    if not old or not new:
        return False
    if any(at[0] + k in away[0] for k in range(len(old))) or any(at[1] + k in away[1] for k in range(len(new))):
        return False
    return similarity(_code(old), _code(new), GAP_ALIKE) > 0


def _code(units: Sequence[Unit]) -> str:
    return "".join([unit.code for unit in units])


def _absorbed(
    groups: list[Group], old: Sequence[Unit], new: Sequence[Unit], away: tuple[Collection[int], Collection[int]]
) -> list[Group]:
    out: list[Group] = []
    for group in groups:
        joint = _joint(out[-1], group) if out and out[-1].joined != group.joined else None
        if joint and not _has_away(joint, away) and _better(joint, out[-1], group, old, new):
            out[-1] = joint
        else:
            out.append(group)
    return out


def _joint(a: Group, b: Group) -> Group | None:
    pair, gap = (a, b) if a.joined else (b, a)
    one_sided = (gap.old_end == gap.old_start) != (gap.new_end == gap.new_start)
    if not one_sided or pair.old_end == pair.old_start or pair.new_end == pair.new_start:
        return None
    return Group(a.old_start, b.old_end, a.new_start, b.new_end, joined=True)


def _has_away(group: Group, away: tuple[Collection[int], Collection[int]]) -> bool:
    return any(k in away[0] for k in range(group.old_start, group.old_end)) or any(
        k in away[1] for k in range(group.new_start, group.new_end)
    )


def _better(joint: Group, a: Group, b: Group, old: Sequence[Unit], new: Sequence[Unit]) -> bool:
    pair = a if a.joined else b
    if [u.text for u in old[pair.old_start : pair.old_end]] == [u.text for u in new[pair.new_start : pair.new_end]]:
        return False
    before = _likeness(pair, old, new)
    return before < 1.0 and _likeness(joint, old, new) > before + RAISES


def _likeness(group: Group, old: Sequence[Unit], new: Sequence[Unit]) -> float:
    return similarity(_code(old[group.old_start : group.old_end]), _code(new[group.new_start : group.new_end]))
