"""The life of paragraphs through versions: which is which, how much of each changed, what survives."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...model import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...model import Article, BlockChange, Change


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


@dataclass(frozen=True, slots=True)
class Weave:
    """All paragraphs of an article, and how much of the first version's text each version still holds (0 to 1)."""

    versions: tuple[int, ...] = ()
    strands: tuple[Strand, ...] = ()
    surviving: tuple[float, ...] = ()

    def at(self, version: int) -> list[tuple[Strand, Cell]]:
        """Return the paragraphs of one version, in order."""
        found = [(strand, cell) for strand in self.strands for cell in strand.cells if cell.version == version]
        return sorted(found, key=lambda pair: pair[1].place)


@dataclass(slots=True)
class _Thread:
    """A strand as it grows; *origins* names for every character the version it came with."""

    number: int
    text: str
    origins: array[int]
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
        known.origins = _aged(known.origins, block, step)
        known.text = block.new_text
        words = len(known.text.split())
        share = min(1.0, (added + removed) / max(words + removed, 1))
        op = block.op if share or block.op is Op.MOVE else Op.SAME
        known.cells.append(Cell(version, place, words, op, round(share, 4), added, removed))
        after.append(known)
    return after


def _new(threads: list[_Thread], text: str, step: int, place: int, version: int) -> _Thread:
    words = len(text.split())
    made = _Thread(len(threads), text, array("H", [min(step, 65535)]) * len(text))
    made.cells.append(Cell(version, place, words, Op.INSERT, 1.0 if step else 0.0, words if step else 0))
    threads.append(made)
    return made


def _aged(origins: array[int], block: BlockChange, step: int) -> array[int]:
    aged: array[int] = array("H")
    at = 0
    for op, part in block.hunks:
        if op == "+":
            aged.extend(array("H", [min(step, 65535)]) * len(part))
        else:
            if op == "=":
                aged.extend(origins[at : at + len(part)])
            at += len(part)
    return aged


def _letters(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _share(standing: Sequence[_Thread], born: int) -> float:
    left = sum(
        origin == 0 and not char.isspace()
        for thread in standing
        if 0 in thread.origins
        for char, origin in zip(thread.text, thread.origins, strict=False)
    )
    return round(left / born, 4) if born else 0.0
