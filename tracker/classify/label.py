"""Add labels, significance, and whether the outlet said so to a change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.change import FactKind
from ..model.labels import LABELS
from .change_context import ChangeContext
from .rules import RULES, announces

if TYPE_CHECKING:
    from ..model.article import Article
    from ..model.change import Change
    from ..model.labels import Label

_MAX_FORM_WEIGHT = 0.1
_RAISED_BY_EXTENT = 0.5


def classify(old: Article, new: Article, change: Change) -> Change:
    """Return *change* with labels and their evidence, significance, `announced`, and what each notice explains.

    The result depends on the arguments alone. An empty change gets no labels, significance 0 and `announced` None.

    Args:
        old: the article before.
        new: the article now.
        change: what `diff.compare` found between the two.
    """
    if change.is_empty:
        return change
    context = ChangeContext(old, new, change)
    labels = tuple(dict.fromkeys(label for find in RULES.values() for label in find(context)))
    return replace(
        change,
        labels=labels,
        notices=context.notices + context.block_notices,
        significance=significance(labels, change),
        announced=_announced(context),
    )


def significance(labels: tuple[Label, ...], change: Change) -> float:
    """Return how much a change matters, 0 to 1: the heaviest of its labels, raised by how much of the text changed.

    The raise is at most half of what is left to 1. Changes of form alone are never raised.
    """
    if not labels:
        return 0.0
    base = max(LABELS[label.kind].weight for label in labels)
    if base <= _MAX_FORM_WEIGHT:
        return round(base, 3)
    words = sum(len(block.new_text.split()) for block in change.blocks) or 1
    share = min(1.0, (change.words_added + change.words_removed) / words)
    return round(base + (1 - base) * _RAISED_BY_EXTENT * share, 3)


def _announced(context: ChangeContext) -> bool | None:
    if announces(context):
        return True
    retitled = context.change.title.changed and "title" not in context.cosmetic_fields
    stated = any(fact.kind is not FactKind.LINK for fact in context.facts)
    return False if context.factual or stated or retitled else None
