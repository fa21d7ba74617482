"""Follow paragraphs through the versions of an article: which is which, how much of each changed, what survives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tracker.model.article import Article, count_words
from tracker.model.change import BlockChange, Change, Op

# For every letter of a paragraph, whether it came with the first version or later.
_FIRST: Final = b"\x01"
_LATER: Final = b"\x00"


@dataclass(frozen=True, slots=True)
class Cell:
    """A paragraph in one version.

    Attributes:
        place: its index among the paragraphs.
        words: how many it has.
        op: its edit in this version.
        share: how much of it was added or removed in this version, 0 to 1; 1 if it is new.
        added, removed: how many words were.
    """

    version: int
    place: int
    words: int
    op: Op
    share: float = 0.0
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class ParagraphHistory:
    """One paragraph in all the versions that have it. `text` is its latest text."""

    number: int
    text: str
    cells: tuple[Cell, ...]

    @property
    def first(self) -> int:
        """The version in which it first appeared."""
        return self.cells[0].version

    @property
    def last(self) -> int:
        """The last version that has it."""
        return self.cells[-1].version

    @property
    def by_version(self) -> dict[int, Cell]:
        """Its cells by version."""
        return {cell.version: cell for cell in self.cells}

    @property
    def edits(self) -> tuple[int, ...]:
        """The versions that changed its words after it came."""
        return tuple(cell.version for cell in self.cells[1:] if cell.share > 0)


@dataclass(frozen=True)
class ArticleHistory:
    """All paragraphs of an article, and how much of the first version's text each version still has (0 to 1)."""

    versions: tuple[int, ...] = ()
    paragraphs: tuple[ParagraphHistory, ...] = ()
    surviving: tuple[float, ...] = ()

    def at(self, version: int) -> list[tuple[ParagraphHistory, Cell]]:
        """Return the paragraphs of one version, in order."""
        return self._columns.get(version, [])

    @cached_property
    def _columns(self) -> dict[int, list[tuple[ParagraphHistory, Cell]]]:
        found: dict[int, list[tuple[ParagraphHistory, Cell]]] = {}
        for paragraph in self.paragraphs:
            for cell in paragraph.cells:
                found.setdefault(cell.version, []).append((paragraph, cell))
        return {version: sorted(column, key=lambda pair: pair[1].place) for version, column in found.items()}


@dataclass(slots=True)
class _Growing:
    """A paragraph history as it grows. `origins` says about every letter whether it came with the first version."""

    number: int
    text: str
    origins: bytearray
    cells: list[Cell] = field(default_factory=list)


def article_history(
    numbers: Sequence[int], texts: Sequence[Article], changes: Sequence[Change | None]
) -> ArticleHistory:
    """Follow every paragraph through the versions of an article, oldest first.

    `changes` has the change that led to each version from the one before in `texts`; None for the first.
    """
    if not texts:
        return ArticleHistory()
    growing: list[_Growing] = []
    present = [_new(growing, block.text, 0, place, numbers[0]) for place, block in enumerate(texts[0].editorial)]
    born = sum(_letters(thread.text) for thread in present)
    surviving = [1.0]
    for step in range(1, len(texts)):
        change = changes[step]
        present = _next_version(growing, present, change.blocks if change else (), step, numbers[step])
        left = sum(each.origins.count(_FIRST) for each in present)
        surviving.append(round(left / born, 4) if born else 0.0)
    paragraphs = tuple(ParagraphHistory(each.number, each.text, tuple(each.cells)) for each in growing)
    return ArticleHistory(tuple(numbers), paragraphs, tuple(surviving))


def _next_version(
    growing: list[_Growing], before: list[_Growing], blocks: Sequence[BlockChange], step: int, version: int
) -> list[_Growing]:
    after: list[_Growing] = []
    there = sorted((block for block in blocks if block.new is not None), key=lambda block: block.new or 0)
    for place, block in enumerate(there):
        known = before[block.old] if block.old is not None and block.old < len(before) else None
        if known is None:
            after.append(_new(growing, block.new_text, step, place, version))
            continue
        added, removed = (sum(count_words(part) for op, part in block.hunks if op == sign) for sign in "+-")
        # Letters that stay keep their origin; added ones came later.
        origins, at = bytearray(), 0
        for mark, part in block.hunks:
            count = _letters(part)
            if mark == "+":
                origins += _LATER * count
                continue
            if mark == "=":
                origins += known.origins[at : at + count]
            at += count
        known.origins = origins
        known.text = block.new_text
        words = count_words(known.text)
        # A paragraph of which all words were replaced has a share of 1, not 2.
        share = min(1.0, (added + removed) / max(words + removed, 1))
        # Only whitespace changed: that is not an edit.
        op = block.op if share or block.op is Op.MOVE else Op.SAME
        known.cells.append(Cell(version, place, words, op, round(share, 4), added, removed))
        after.append(known)
    return after


def _new(growing: list[_Growing], text: str, step: int, place: int, version: int) -> _Growing:
    words = count_words(text)
    made = _Growing(len(growing), text, bytearray(_LATER if step else _FIRST) * _letters(text))
    made.cells.append(Cell(version, place, words, Op.INSERT, 1.0 if step else 0.0, words if step else 0))
    growing.append(made)
    return made


def _letters(text: str) -> int:
    return len("".join(text.split()))
