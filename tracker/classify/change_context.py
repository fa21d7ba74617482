"""What the rules look at: both articles, the change, the facts that differ, the notices and what they explain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..model import FactKind, NoticeChange, NoticeKind, Op
from .cosmetic import is_cosmetic
from .facts import facts, language, speaker_changed
from .matching import Edits, Explained, matched
from .notices import recognise

if TYPE_CHECKING:
    from ..model import Article, BlockChange, Change, Fact


@dataclass(frozen=True)
class ChangeContext:
    """One change with all that is derived from it, each worked out once."""

    old: Article
    new: Article
    change: Change

    @cached_property
    def lang(self) -> str:
        """Return the language both sides are read in."""
        return language(self.old, self.new)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts that differ."""
        return facts(self.old, self.new, self.change)

    @cached_property
    def standing(self) -> tuple[Fact, ...]:
        """Return the facts that changed within sentences that stand on both sides; where a link leads is not said."""
        return tuple(
            f for f in self.facts if f.standing and f.kind is not FactKind.LINK and f.block not in self.notice_blocks
        )

    @cached_property
    def edits(self) -> Edits:
        """Return the edits as notices are matched to them."""
        return Edits(self.old, self.new, self.change, self.changed, self.facts)

    @cached_property
    def notices(self) -> tuple[NoticeChange, ...]:
        """Return the notices, new ones with what they explain."""
        return matched(self.edits)

    @cached_property
    def news(self) -> tuple[NoticeChange, ...]:
        """Return the notices that are new."""
        return tuple(n for n in self.notices if n.op is Op.INSERT)

    @cached_property
    def notice_blocks(self) -> dict[int, tuple[NoticeKind, Explained]]:
        """Return the new or edited blocks that are notices the extractor took for text, and what they explain."""
        found = {}
        for i, block in self.changed:
            worded = block.op is Op.INSERT or (block.op is Op.EDIT and not is_cosmetic(block.hunks, self.lang))
            kind = recognise(block.new_text) if worded else None
            if kind:
                found[i] = (kind, self.edits.explained(block.new_text, kind, without=i))
        return found

    @cached_property
    def block_notices(self) -> tuple[NoticeChange, ...]:
        """Return the notices among the blocks as notices, with what they explain: the text stands in both places."""
        return tuple(
            NoticeChange(kind, self.change.blocks[i].new_text, Op.INSERT, told.blocks, told.fields)
            for i, (kind, told) in self.notice_blocks.items()
        )

    @cached_property
    def changed(self) -> tuple[tuple[int, BlockChange], ...]:
        """Return the blocks that are not the same, with their indexes."""
        if self.change.layout_only:
            return ()
        return tuple((i, b) for i, b in enumerate(self.change.blocks) if b.op is not Op.SAME)

    @cached_property
    def cosmetic_blocks(self) -> frozenset[int]:
        """Return the edited blocks whose edits touch form alone."""
        telling = {f.block for f in self.standing}
        return frozenset(
            i
            for i, b in self.changed
            if i not in telling and b.old is not None and b.new is not None and b.old_text != b.new_text
            if is_cosmetic(b.hunks, self.lang)
        )

    @cached_property
    def cosmetic_fields(self) -> frozenset[str]:
        """Return the fields ("title", "dek", "byline") that changed in form alone."""
        telling = {f.where for f in self.facts if f.block is None}
        found = {
            name
            for name, field in (("title", self.change.title), ("dek", self.change.dek))
            if field.changed and name not in telling and is_cosmetic(field.hunks, self.lang)
        }
        byline = self.change.byline
        return frozenset(found | ({"byline"} if byline.changed and not speaker_changed(byline) else set()))

    @cached_property
    def factual(self) -> frozenset[int]:
        """Return the blocks that change what the article states: a fact, or a sentence that came or went.

        Another wording of a standing sentence is not among them where no fact we can name differs.
        """
        telling = {f.block for f in self.standing}
        return frozenset(
            i
            for i, block in self.changed
            if i not in self.notice_blocks
            if i in telling or any(s.op in {Op.INSERT, Op.DELETE} for s in block.sentences)
        )


def all_moved(block: BlockChange) -> bool:
    """Say whether every sentence of a new block came whole from another."""
    return (
        block.old is None
        and bool(block.sentences)
        and all(s.op in {Op.MOVE, Op.SAME} and s.old_text == s.new_text for s in block.sentences)
    )
