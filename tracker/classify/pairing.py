"""Pair what two versions of a piece of text mention: what one side alone states, and what became what."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .mentions import Mention

# The same number in two of these roles is two facts; in other roles it is one.
_DISTINCT_ROLES = frozenset({"percent", "money", "killed", "injured", "time"})
MAX_TRIED_PARTNERS = 50
"""A mention is compared with at most so many mentions of the same value in its stretch."""


def differing(olds: Sequence[Mention], news: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Return what one side alone states. The same values in another order differ too, where their roles differ."""
    waiting: dict[str, list[Mention]] = defaultdict(list)
    for mention in news:
        waiting[mention.key].append(mention)
    left_old, taken = [], set()
    for mention in olds:
        partners = waiting[mention.key][:MAX_TRIED_PARTNERS]
        partner = next((m for m in partners if _same_sense(m, mention)), None)
        if partner is None:
            left_old.append(mention)
        else:
            waiting[mention.key].remove(partner)
            taken.add(partner.start)
    left_new = [m for m in news if m.start not in taken]
    # Nothing was added or removed. If the values are in another order, "3 killed, 5 hurt" may have become "5 killed, 3
    # hurt".
    if not left_old and not left_new and [m.key for m in olds] != [m.key for m in news]:
        moved = [(a, b) for a, b in zip(olds, news, strict=True) if a.key != b.key]
        if all(not a.role or a.role == b.role for a, b in moved):
            return [a for a, _ in moved], [b for _, b in moved]
    return left_old, left_new


def _same_sense(a: Mention, b: Mention) -> bool:
    if a.unit and b.unit and a.unit != b.unit:
        return False
    return a.role == b.role or a.role not in _DISTINCT_ROLES or b.role not in _DISTINCT_ROLES


def paired(olds: Sequence[Mention], news: Sequence[Mention]) -> list[tuple[str, str, str]]:
    """Pair what each side alone states with the other: of the same role first, else in order.

    Returns the words on both sides, one of them empty where nothing was paired, and the role.
    """
    pairs: list[tuple[str, str, str]] = []
    taken: set[int] = set()
    by_role: dict[str, deque[Mention]] = defaultdict(deque)
    for m in news:
        by_role[m.role].append(m)
    rest = deque(news)
    for a in olds:
        while rest and rest[0].start in taken:
            rest.popleft()
        same = by_role[a.role]
        while same and same[0].start in taken:
            same.popleft()
        b = same[0] if same else rest[0] if rest else None
        if b is not None:
            taken.add(b.start)
        old, new = (a.text, b.text if b else "")
        if old == new and b:  # the same figure with another unit
            old, new = (a.whole, b.whole)
        pairs.append((old, new, a.role or (b.role if b else "")))
    return pairs + [("", b.text, b.role) for b in rest if b.start not in taken]
