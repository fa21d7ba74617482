"""The life of paragraphs through versions: which is which, how much of each changed, what survives."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ...model import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...model import Article, BlockChange, Change

_FIRST: Final = b"\x01"
_NEW: Final = b"\x00"


@dataclass(frozen=True, slots=True)
class Cell:
    """A paragraph in one version: its place (from 0), its words, and what happened to it there.

    *share* is how much of it is new or was taken out with this version, 0 to 1; 1 where it came.
    """

    version: int
    place: int
    words: int
    op: Op
    share: float = 0.0
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Strand:
    """One paragraph through the versions it stood in; *text* is how it reads last."""

    number: int
    text: str
    cells: tuple[Cell, ...]

    @property
    def first(self) -> int:
        """Return the version it came with."""
        return self.cells[0].version

    @property
    def last(self) -> int:
        """Return the last version it stands in."""
        return self.cells[-1].version

    @property
    def by_version(self) -> dict[int, Cell]:
        """Return the cells by version."""
        return {cell.version: cell for cell in self.cells}

    @property
    def edits(self) -> tuple[int, ...]:
        """Return the versions that changed its words after it came."""
        return tuple(cell.version for cell in self.cells[1:] if cell.share > 0)


@dataclass(frozen=True)
class Weave:
    """All paragraphs of an article, and how much of the first version's text each version still holds (0 to 1)."""

    versions: tuple[int, ...] = ()
    strands: tuple[Strand, ...] = ()
    surviving: tuple[float, ...] = ()

    def at(self, version: int) -> list[tuple[Strand, Cell]]:
        """Return the paragraphs of one version, in order."""
        return self._columns.get(version, [])

    @cached_property
    def _columns(self) -> dict[int, list[tuple[Strand, Cell]]]:
        found: dict[int, list[tuple[Strand, Cell]]] = {}
        for strand in self.strands:
            for cell in strand.cells:
                found.setdefault(cell.version, []).append((strand, cell))
        return {version: sorted(column, key=lambda pair: pair[1].place) for version, column in found.items()}


@dataclass(slots=True)
class _Thread:
    """A strand as it grows; *origins* says of every letter whether it came with the first version, 1 or 0."""

    number: int
    text: str
    origins: bytearray
    cells: list[Cell] = field(default_factory=list)


def weave(numbers: Sequence[int], texts: Sequence[Article], changes: Sequence[Change | None]) -> Weave:
    """Follow every paragraph through *texts*, oldest first; *changes* lead to each of them, None to the first.

    The blocks of each change index the texts on either side of it.
    """
    if not texts:
        return Weave()
    threads: list[_Thread] = []
    standing = [_new(threads, block.text, 0, place, numbers[0]) for place, block in enumerate(texts[0].editorial)]
    born = sum(_letters(thread.text) for thread in standing)
    surviving = [1.0]
    for step in range(1, len(texts)):
        change = changes[step]
        standing = _stepped(threads, standing, change.blocks if change else (), step, numbers[step])
        surviving.append(_share(standing, born))
    strands = tuple(Strand(thread.number, thread.text, tuple(thread.cells)) for thread in threads)
    return Weave(tuple(numbers), strands, tuple(surviving))


def _stepped(
    threads: list[_Thread], before: list[_Thread], blocks: Sequence[BlockChange], step: int, version: int
) -> list[_Thread]:
    after: list[_Thread] = []
    there = sorted((block for block in blocks if block.new is not None), key=lambda block: block.new or 0)
    for place, block in enumerate(there):
        known = before[block.old] if block.old is not None and block.old < len(before) else None
        if known is None:
            after.append(_new(threads, block.new_text, step, place, version))
            continue
        added, removed = (sum(len(part.split()) for op, part in block.hunks if op == sign) for sign in "+-")
        known.origins = _aged(known.origins, block)
        known.text = block.new_text
        words = len(known.text.split())
        share = min(1.0, (added + removed) / max(words + removed, 1))
        op = block.op if share or block.op is Op.MOVE else Op.SAME
        known.cells.append(Cell(version, place, words, op, round(share, 4), added, removed))
        after.append(known)
    return after


def _new(threads: list[_Thread], text: str, step: int, place: int, version: int) -> _Thread:
    words = len(text.split())
    made = _Thread(len(threads), text, bytearray(_NEW if step else _FIRST) * _letters(text))
    made.cells.append(Cell(version, place, words, Op.INSERT, 1.0 if step else 0.0, words if step else 0))
    threads.append(made)
    return made


def _aged(origins: bytearray, block: BlockChange) -> bytearray:
    aged = bytearray()
    at = 0
    for op, part in block.hunks:
        count = _letters(part)
        if op == "+":
            aged += _NEW * count
        else:
            if op == "=":
                aged += origins[at : at + count]
            at += count
    return aged


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _share(standing: Sequence[_Thread], born: int) -> float:
    left = sum(thread.origins.count(_FIRST) for thread in standing)
    return round(left / born, 4) if born else 0.0
