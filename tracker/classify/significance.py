"""How much a change matters: the table of `docs/explanation/labels.md`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracker.model.change import EditUnit, Fact, FactKind, Noted, Significance, Substance
from tracker.model.labels import Label, LabelKind

from .change_context import ChangeContext

MAX_PROMINENT_BLOCKS: Final = 2
"""The first paragraphs of a text, in which an edit matters most."""
_HIGH: Final = frozenset(
    {LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE, LabelKind.NOTICE_REMOVED}
)
_MEDIUM: Final = frozenset({LabelKind.UPDATE_NOTE, LabelKind.BYLINE})
_GRAVE: Final = frozenset(
    {FactKind.NUMBER, FactKind.QUOTE, FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE, FactKind.STATE}
)


def significance(context: ChangeContext, labels: tuple[Label, ...]) -> Significance:
    """Return how much a change matters: as much as its weightiest edit or note."""
    kinds = {label.kind for label in labels}
    edits = zip(context.noted.judged, context.noted.units, strict=True)
    found = {_of_edit(unit, judged.facts) for judged, unit in edits}
    found |= {Significance.HIGH} if kinds & _HIGH else set()
    found |= {Significance.MEDIUM} if kinds & _MEDIUM else set()
    return next((each for each in Significance if each in found), Significance.LOW)


def _of_edit(unit: EditUnit, facts: Sequence[Fact]) -> Significance:
    is_prominent = unit.block is None or unit.block < MAX_PROMINENT_BLOCKS
    if unit.substance is Substance.FORM or (unit.substance is Substance.WORDS and not is_prominent):
        return Significance.LOW
    # Two of three: a grave kind of fact, a prominent place, no note from the outlet.
    reasons = (not _GRAVE.isdisjoint(fact.kind for fact in facts), is_prominent, unit.noted is Noted.NO)
    return Significance.HIGH if unit.stood and sum(reasons) > 1 else Significance.MEDIUM
