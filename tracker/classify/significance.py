"""How much a change matters: what it says otherwise, where that stands, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model.change import FactKind
from ..model.labels import LABELS, LabelKind
from ..model.substance import Direction, Substance
from .grave_words import is_grave

if TYPE_CHECKING:
    from ..model.labels import Label
    from .change_context import ChangeContext
    from .edit_units import JudgedStretch

_BY_SUBSTANCE: Final = {Substance.FORM: 0.05, Substance.WORDING: 0.25, Substance.UNCLEAR: 0.35, Substance.CLAIM: 0.45}
_FORM_ALONE: Final = 0.1
_STOOD, _VALUE, _GRAVE, _PROMINENT, _UNSURE = 0.1, 0.1, 0.2, 0.05, -0.1
_RAISED_BY_EXTENT: Final = 0.3
_VALUES: Final = frozenset(FactKind) - {FactKind.NAME, FactKind.LINK}
# Labels of the outlet's own notes, and of what no sentence shows, weigh by themselves.
_BY_LABEL: Final = frozenset(
    {
        *(LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE, LabelKind.UPDATE_NOTE),
        *(LabelKind.BYLINE, LabelKind.MOVE),
    }
)


def significance(context: ChangeContext, labels: tuple[Label, ...]) -> float:
    """Return how much a change matters, 0 to 1: its weightiest edit or note, raised by how much of the text changed.

    The raise is at most three tenths of what is left to 1. Changes of form alone are never raised.
    """
    change = context.change
    weights = [LABELS[label.kind].weight for label in labels if label.kind in _BY_LABEL]
    weights += [_weight(each) for each in context.judged if each.unit.block not in context.notice_blocks]
    base = max(weights, default=_BY_SUBSTANCE[Substance.FORM] if labels else 0.0)
    if base <= _FORM_ALONE:
        return round(base, 3)
    words = sum(len(block.new_text.split()) for block in change.blocks) or 1
    share = min(1.0, (change.words_added + change.words_removed) / words)
    return round(base + (1 - base) * _RAISED_BY_EXTENT * share, 3)


def _weight(judged: JudgedStretch) -> float:
    """Return how much one edit matters, 0 to 1."""
    unit = judged.unit
    weight = _BY_SUBSTANCE[unit.substance]
    if unit.substance in {Substance.FORM, Substance.WORDING}:
        return weight
    differing = (*judged.removed, *judged.added) if judged.stretch.standing else judged.stretch.old + judged.stretch.new
    words = differing if isinstance(differing, tuple) else tuple(differing.lower().split())
    weight += _GRAVE * is_grave(words)
    weight += _PROMINENT * (unit.where in {"title", "dek"} or unit.block == 0)
    if unit.substance is Substance.CLAIM:
        weight += _STOOD * unit.stood + _UNSURE * (not unit.is_sure)
        weight += _VALUE * any(fact.kind in _VALUES for fact in judged.facts)
        weight += _VALUE * (unit.direction is Direction.ALTERED and any(f.old and f.new for f in judged.facts))
    return min(weight, 0.95)
