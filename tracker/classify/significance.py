"""How much a change matters: the table of `docs/explanation/labels.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.change import Significance, Substance
from tracker.model.labels import Label, LabelKind

if TYPE_CHECKING:
    from .change_context import ChangeContext
    from .edits import JudgedStretch

MAX_PROMINENT_BLOCKS: Final = 2
"""The first paragraphs of a text, in which a claim matters most."""
_HIGH: Final = frozenset(
    {LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE, LabelKind.NOTICE_REMOVED}
)
_MEDIUM: Final = frozenset({LabelKind.UPDATE_NOTE, LabelKind.BYLINE})


def significance(context: ChangeContext, labels: tuple[Label, ...]) -> Significance:
    """Return how much a change matters: as much as its weightiest edit or note."""
    kinds = {label.kind for label in labels}
    found = [_of_edit(each) for each in context.judged if each.unit.block not in context.notice_blocks]
    found += [Significance.HIGH] if kinds & _HIGH else []
    found += [Significance.MEDIUM] if kinds & _MEDIUM else []
    return next((each for each in Significance if each in found), Significance.LOW)


def _of_edit(judged: JudgedStretch) -> Significance:
    unit = judged.unit
    if unit.substance is not Substance.CLAIM:
        return Significance.LOW
    prominent = unit.block is None or unit.block < MAX_PROMINENT_BLOCKS
    return Significance.HIGH if unit.stood and prominent else Significance.MEDIUM
