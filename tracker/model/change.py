"""What lies between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from .labels import Label, LabelKind
from .page import BlockKind, NoticeKind


class Op(StrEnum):
    """What happened to a block."""

    SAME = "same"
    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"
    MOVE = "move"


HunkOp = Literal["=", "-", "+"]
Hunk = tuple[HunkOp, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A headline, dek or byline on both sides; joining "=" and "-" hunks gives *old*, "=" and "+" *new*."""

    old: str = ""
    new: str = ""
    hunks: tuple[Hunk, ...] = ()

    @property
    def changed(self) -> bool:
        """Say whether both sides differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence of a block: *old* and *new* count sentences within their blocks.

    *old_block* and *new_block* say which blocks (indexes into `Article.editorial`); they differ from the block it is
    listed under where a sentence moved between paragraphs (split, merge).
    """

    op: Op
    old: int | None
    new: int | None
    old_text: str = ""
    new_text: str = ""
    old_block: int | None = None
    new_block: int | None = None


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block of the diff; *old* and *new* index `Article.editorial` of each side.

    Joining the "=" and "-" hunks gives the old block exactly, "=" and "+" the new one. A MOVE may carry edits too.
    """

    op: Op
    old: int | None
    new: int | None
    hunks: tuple[Hunk, ...]
    kind: BlockKind = BlockKind.PARAGRAPH
    sentences: tuple[SentenceChange, ...] = ()

    @property
    def old_text(self) -> str:
        """Return the block as it stood."""
        return "".join(text for op, text in self.hunks if op != "+")

    @property
    def new_text(self) -> str:
        """Return the block as it stands."""
        return "".join(text for op, text in self.hunks if op != "-")


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A notice that is new, gone or kept, and what it explains.

    *explains* are diff blocks (indexes into `Change.blocks`), *fields* what else it explains: "title", "dek", "byline",
    "caption".
    """

    kind: NoticeKind
    text: str
    op: Op
    explains: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()


class FactKind(StrEnum):
    """What kind of statement a fact is."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"
    HEDGE = "hedge"
    NEGATION = "negation"
    SOURCE = "source"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that differs: what was said, what is said; an empty side means it was not said at all.

    *role* says what a number counts ("killed", "percent", "money", "age", "time") or how a quotation changed
    ("added", "removed", "altered", "marks", "attribution") or a link did ("added", "removed", "address"). *where* is
    "title", "dek", "byline" or "text"; *block* indexes `Change.blocks`. *standing* tells a fact that changed within a
    sentence that stands on both sides from one that came or went with its sentence.
    """

    kind: FactKind
    old: str
    new: str
    role: str = ""
    where: str = "text"
    block: int | None = None
    standing: bool = True


@dataclass(frozen=True)
class Change:
    """What lies between two versions.

    `diff.compare` fills the first six fields, `classify.classify` the rest. *announced*: the outlet said so (True),
    it changed facts and did not (False), nothing factual changed (None). *layout_only*: the blocks hold the same words,
    only the paragraph breaks moved, which is no change. *moved_words* stand in sentences that moved whole from one
    paragraph to another: hunks show them on both sides, they are neither added nor removed.
    """

    title: Field = Field()
    dek: Field = Field()
    byline: Field = Field()
    blocks: tuple[BlockChange, ...] = ()
    notices: tuple[NoticeChange, ...] = ()
    budget_hit: bool = False
    labels: tuple[Label, ...] = ()
    significance: float = 0.0
    announced: bool | None = None
    layout_only: bool = False
    moved_words: int = 0

    @cached_property
    def is_empty(self) -> bool:
        """Say whether nothing that counts as content differs."""
        return (
            not (self.title.changed or self.dek.changed or self.byline.changed)
            and (self.layout_only or all(b.op is Op.SAME for b in self.blocks))
            and all(n.op is Op.SAME for n in self.notices)
        )

    @cached_property
    def words_added(self) -> int:
        """Count the words of the new text that were not there, headline and dek included; a bare move adds none."""
        return max(0, sum(len(text.split()) for op, text in self._hunks if op == "+") - self.moved_words)

    @cached_property
    def words_removed(self) -> int:
        """Count the words of the old text that are gone, headline and dek included."""
        return max(0, sum(len(text.split()) for op, text in self._hunks if op == "-") - self.moved_words)

    @cached_property
    def kinds(self) -> frozenset[LabelKind]:
        """Return the kinds of the labels."""
        return frozenset(label.kind for label in self.labels)

    @property
    def _hunks(self) -> list[Hunk]:
        fields = [*self.title.hunks, *self.dek.hunks, *self.byline.hunks]
        return fields + [hunk for block in self.blocks for hunk in block.hunks]
