"""Put labels, significance and the outlet's own account on a Change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import LABELS, FactKind
from .change_context import ChangeContext
from .rules import RULES, announces

if TYPE_CHECKING:
    from ..model import Article, Change, Label


def classify(old: Article, new: Article, change: Change) -> Change:
    """Return *change* with labels and evidence, significance, `announced`, and what each notice explains.

    Deterministic; an empty change gets no labels, significance 0 and announced None.
    """
    if change.is_empty:
        return change
    scene = ChangeContext(old, new, change)
    labels = tuple(dict.fromkeys(label for find in RULES.values() for label in find(scene)))
    return replace(
        change,
        labels=labels,
        notices=scene.notices + scene.block_notices,
        significance=significance(labels, change),
        announced=_announced(scene),
    )


def significance(labels: tuple[Label, ...], change: Change) -> float:
    """Return how much the change matters, 0 to 1, rounded to three digits."""
    if not labels:
        return 0.0
    base = max(LABELS[label.kind].weight for label in labels)
    words = sum(len(block.new_text.split()) for block in change.blocks) or 1
    share = min(1.0, (change.words_added + change.words_removed) / words)
    return round(base + (1 - base) * 0.5 * share * (base > 0.1), 3)


def _announced(scene: ChangeContext) -> bool | None:
    if announces(scene):
        return True
    retitled = scene.change.title.changed and "title" not in scene.cosmetic_fields
    stated = any(fact.kind is not FactKind.LINK for fact in scene.facts)
    return False if scene.factual or stated or retitled else None
