"""Facts that differ, as a table: what was said, what is said."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from .rows import place
from .safe import one_line
from .wrap import cells, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import BlockChange, Fact

HEAD: Final = ("", "FACT", "WHERE", "WAS SAID", "IS SAID")
_NARROWEST: Final = 14
_FIELDS: Final = {"title": "headline"}


def sign(fact: Fact) -> str:
    """Return ~ for a fact of a sentence that stands on both sides, + and - for one that came or went with it."""
    if fact.standing:
        return "~"
    return "-" if fact.old else "+"


def row(fact: Fact, blocks: Sequence[BlockChange]) -> tuple[str, str, str, str, str]:
    """Return sign, what kind of fact, where it stands, what was said, what is said; a dash where nothing was."""
    where = _FIELDS.get(fact.where, fact.where) if fact.block is None else place(blocks[fact.block])
    what = f"{fact.kind.value} ({fact.role})" if fact.role else fact.kind.value
    return sign(fact), what, where, one_line(fact.old) or "–", one_line(fact.new) or "–"


def lines(facts: Sequence[Fact], blocks: Sequence[BlockChange], width: int) -> Iterator[tuple[str, str, str]]:
    """Yield lines of a table of *width* columns as (head, was said, is said), the first two padded.

    Where that leaves too little room, what was said and what is said stand below the head.
    """
    rows = [HEAD, *(row(fact, blocks) for fact in facts)]
    what, where = (max(cells(each[at]) for each in rows) for at in (1, 2))
    column = (width - what - where - 8) // 2
    for mark, kind, place_, old, new in rows:
        if column < _NARROWEST:
            yield f"{pad(mark, 1)} {kind}  {place_}", "", ""
            yield from (("", f"    {line}", "") for line in wrap(old, width - 4))
            yield from (("", "", f"  → {line}") for line in wrap(new, width - 4))
            continue
        head = f"{pad(mark, 1)} {pad(kind, what)}  {pad(place_, where)}  "
        for at, (left, right) in enumerate(zip_longest(wrap(old, column), wrap(new, column), fillvalue="")):
            yield head if not at else " " * cells(head), f"{pad(left, column)}  ", right
