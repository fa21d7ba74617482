"""What the rules look at: both articles, the change, the facts that differ, the notices and what they explain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..model.change import FactKind, NoticeChange, Op
from .cosmetic import is_cosmetic
from .facts import changed_facts, language, other_people_credited
from .notice_matching import Edits, Explained, match_notices
from .notices import recognise

if TYPE_CHECKING:
    from ..model.article import Article, NoticeKind
    from ..model.change import BlockChange, Change, Fact


@dataclass(frozen=True)
class ChangeContext:
    """One change, with all that rules need to know of it; each thing is worked out once, when it is first asked for."""

    old: Article
    new: Article
    change: Change

    @cached_property
    def lang(self) -> str:
        """The language that both sides are read in."""
        return language(self.old, self.new)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that differ."""
        return changed_facts(self.old, self.new, self.change)

    @cached_property
    def edited_facts(self) -> tuple[Fact, ...]:
        """The facts that changed within sentences of both sides, without those of notices and of links.

        Where a link leads is not something that the article says.
        """
        return tuple(
            f for f in self.facts if f.standing and f.kind is not FactKind.LINK and f.block not in self.notice_blocks
        )

    @cached_property
    def edits(self) -> Edits:
        """The edits, as notices are matched to them."""
        return Edits(self.old, self.new, self.change, self.changed, self.facts)

    @cached_property
    def notices(self) -> tuple[NoticeChange, ...]:
        """The notices; new ones with what they explain."""
        return match_notices(self.edits)

    @cached_property
    def new_notices(self) -> tuple[NoticeChange, ...]:
        """The notices that were added."""
        return tuple(n for n in self.notices if n.op is Op.INSERT)

    @cached_property
    def notice_blocks(self) -> dict[int, tuple[NoticeKind, Explained]]:
        """The new or edited blocks that are notices which the extractor took for text, and what they explain."""
        found = {}
        for i, block in self.changed:
            worded = block.op is Op.INSERT or (block.op is Op.EDIT and not is_cosmetic(block.hunks, self.lang))
            kind = recognise(block.new_text) if worded else None
            if kind:
                found[i] = (kind, self.edits.explained(block.new_text, kind, without=i))
        return found

    @cached_property
    def block_notices(self) -> tuple[NoticeChange, ...]:
        """The `notice_blocks` as notices: their text is in both places."""
        return tuple(
            NoticeChange(kind, self.change.blocks[i].new_text, Op.INSERT, explained.blocks, explained.fields)
            for i, (kind, explained) in self.notice_blocks.items()
        )

    @cached_property
    def changed(self) -> tuple[tuple[int, BlockChange], ...]:
        """The blocks that are not the same, with their indexes."""
        if self.change.layout_only:
            return ()
        return tuple((i, b) for i, b in enumerate(self.change.blocks) if b.op is not Op.SAME)

    @cached_property
    def cosmetic_blocks(self) -> frozenset[int]:
        """The edited blocks whose edits touch form alone."""
        with_facts = {f.block for f in self.edited_facts}
        return frozenset(
            i
            for i, b in self.changed
            if i not in with_facts and b.old is not None and b.new is not None and b.old_text != b.new_text
            if is_cosmetic(b.hunks, self.lang)
        )

    @cached_property
    def cosmetic_fields(self) -> frozenset[str]:
        """The fields ("title", "dek", "byline") that changed in form alone."""
        with_facts = {f.where for f in self.facts if f.block is None}
        found = {
            name
            for name, field in (("title", self.change.title), ("dek", self.change.dek))
            if field.changed and name not in with_facts and is_cosmetic(field.hunks, self.lang)
        }
        byline = self.change.byline
        if byline.changed and not other_people_credited(byline):
            found.add("byline")
        return frozenset(found)

    @cached_property
    def factual(self) -> frozenset[int]:
        """The blocks that change what the article states: a fact changed, or a sentence was added or removed.

        A sentence that was reworded is not among them where no fact that we recognise changed.
        """
        with_facts = {f.block for f in self.edited_facts}
        return frozenset(
            i
            for i, block in self.changed
            if i not in self.notice_blocks
            if i in with_facts or any(s.op in {Op.INSERT, Op.DELETE} for s in block.sentences)
        )


def all_moved(block: BlockChange) -> bool:
    """Say whether every sentence of a new block came unchanged from another block."""
    return (
        block.old is None
        and bool(block.sentences)
        and all(s.op in {Op.MOVE, Op.SAME} and s.old_text == s.new_text for s in block.sentences)
    )
