"""The one piece of a change to show first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import LABELS, Field, LabelKind, Op

if TYPE_CHECKING:
    from ..model import BlockChange, Change, Hunk

_MOST_WORDS = 40


def top_hunk(change: Change) -> BlockChange | Field:
    """Return the edit that says most: facts before length, length before place.

    Where only a notice is new or gone, it comes as a Field with one empty side. An empty change gives its headline.
    """
    scored: list[tuple[float, BlockChange | Field]] = []
    if change.title.changed:
        scored.append((LABELS[LabelKind.HEADLINE].highlight + _size(change.title.hunks), change.title))
    scored += [(_size(field.hunks), field) for field in (change.dek, change.byline) if field.changed]
    scored += [
        (_size(block.hunks) + _facts(change, index), block)
        for index, block in enumerate(change.blocks)
        if block.op is not Op.SAME
    ]
    if scored:
        return max(scored, key=lambda pair: pair[0])[1]
    for notice in change.notices:
        if notice.op is Op.INSERT:
            return Field("", notice.text, (("+", notice.text),))
        if notice.op is Op.DELETE:
            return Field(notice.text, "", (("-", notice.text),))
    return change.title


def _size(hunks: tuple[Hunk, ...]) -> float:
    return min(sum(len(text.split()) for op, text in hunks if op != "="), _MOST_WORDS)


def _facts(change: Change, index: int) -> float:
    named = max((LABELS[label.kind].highlight for label in change.labels if index in label.blocks), default=0)
    explained = any(index in notice.explains for notice in change.notices if notice.op is Op.INSERT)
    return max(named, LABELS[LabelKind.CORRECTION].highlight if explained else 0)
