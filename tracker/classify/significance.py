"""How much a change matters: what it says otherwise, where that is, and how sure that is."""

from __future__ import annotations

from math import log1p
from typing import TYPE_CHECKING, Final

from tracker.model.article import count_words
from tracker.model.change import FactKind, Substance
from tracker.model.labels import LABELS, Label, LabelKind

from .grave_words import count_grave

if TYPE_CHECKING:
    from .change_context import ChangeContext
    from .edit_units import JudgedStretch

# The weights of claims are in proportion to those of a linear regression on the importance that people gave to edits
# (rank correlation .82 on edits left out).
_BY_SUBSTANCE: Final = {Substance.FORM: 0.05, Substance.WORDING: 0.3, Substance.UNCLEAR: 0.34, Substance.CLAIM: 0.48}
_FORM_ALONE: Final = 0.1
_GRAVE, _MORE_GRAVE, _NUMBER, _TONE, _STOOD, _PROMINENT, _DATE_ALONE = 0.08, 0.04, 0.1, 0.04, 0.05, 0.03, -0.09
_BY_EXTENT: Final = 0.08
MAX_COUNTED_WORDS: Final = 20
"""Words by whose number an edit matters more; further ones add nothing."""
MAX_DATE_WORDS: Final = 4
"""An edit of this many words that changes a date and nothing else is mostly that of a page's own date."""
_RAISED_BY_EXTENT: Final = 0.3
_TONES: Final = frozenset({FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE})
# Labels of the outlet's own notes, and of what no sentence shows, have their own weight.
_BY_LABEL: Final = frozenset(
    {
        *(LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE, LabelKind.UPDATE_NOTE),
        *(LabelKind.BYLINE, LabelKind.MOVE, LabelKind.NOTICE_REMOVED),
    }
)


def significance(context: ChangeContext, labels: tuple[Label, ...]) -> float:
    """Return how much a change matters, 0 to 1: its weightiest edit or note, raised by how much of the text changed.

    The raise is at most three tenths of what is left to 1. Changes of form alone are never raised.
    """
    change = context.change
    weights = [LABELS[label.kind].weight for label in labels if label.kind in _BY_LABEL]
    weights += [_weight(each, context.lang) for each in context.judged if each.unit.block not in context.notice_blocks]
    base = max(weights, default=_BY_SUBSTANCE[Substance.FORM] if labels else 0.0)
    if base <= _FORM_ALONE:
        return round(base, 3)
    words = sum(count_words(block.new_text) for block in change.blocks) or 1
    share = min(1.0, (change.words_added + change.words_removed) / words)
    return round(base + (1 - base) * _RAISED_BY_EXTENT * share, 3)


def _weight(judged: JudgedStretch, lang: str) -> float:
    """Return how much one edit matters, 0 to 1."""
    unit = judged.unit
    weight = _BY_SUBSTANCE[unit.substance]
    if unit.substance in {Substance.FORM, Substance.WORDING}:
        return weight
    differing = (*judged.removed, *judged.added) if judged.stretch.standing else judged.stretch.old + judged.stretch.new
    words = frozenset(differing if isinstance(differing, tuple) else differing.lower().split())
    grave = count_grave(words, lang)
    weight += _GRAVE * (grave > 0) + _MORE_GRAVE * (grave > 1)
    weight += _PROMINENT * (unit.where in {"title", "dek"} or unit.block == 0)
    if unit.substance is Substance.CLAIM:
        kinds = {fact.kind for fact in judged.facts}
        weight += _BY_EXTENT * log1p(min(len(words), MAX_COUNTED_WORDS)) + _STOOD * unit.stood
        weight += _NUMBER * (FactKind.NUMBER in kinds) + _TONE * (not _TONES.isdisjoint(kinds))
        weight += _DATE_ALONE * (kinds == {FactKind.DATE} and len(words) <= MAX_DATE_WORDS)
    return min(weight, 0.95)
