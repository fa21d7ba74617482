"""Add labels, substance, significance, and whether the outlet said so to a change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tracker.model.change import Noted, Substance

from .change_context import ChangeContext
from .rules import RULES
from .significance import significance

if TYPE_CHECKING:
    from tracker.model.article import Article
    from tracker.model.change import Change

_GRAVEST_FIRST: Final = (Substance.CLAIM, Substance.WORDS, Substance.FORM)
CLASSIFIER: Final = 2
"""The version of these rules, which is stored with each change; release 0.1 had version 1."""
_ANNOUNCED: Final = {Noted.YES: True, Noted.NO: False}


def classify(old: Article, new: Article, change: Change) -> Change:
    """Return `change` with its labels and their evidence, its units, substance and significance, and if it was noted.

    The result depends on the arguments alone. An empty change gets none of them.

    Args:
        old: the article before.
        new: the article now.
        change: what `diff.compare` found between the two.
    """
    if change.is_empty:
        return change
    context = ChangeContext(old, new, change)
    labels = tuple(dict.fromkeys(label for find in RULES.values() for label in find(context)))
    noted = _noted(context)
    return replace(
        change,
        labels=labels,
        units=context.units,
        substance=_substance(context),
        notices=context.notices + context.block_notices,
        significance=significance(context, labels),
        noted=noted,
        facts=context.facts,
        classifier=CLASSIFIER,
        announced=_ANNOUNCED.get(noted) if noted else None,
    )


def _substance(context: ChangeContext) -> Substance | None:
    found = {unit.substance for unit in context.units}
    byline = context.change.byline
    if byline.changed:
        found.add(Substance.FORM if "byline" in context.cosmetic_fields else Substance.CLAIM)
    if not found and context.changed:
        return Substance.FORM  # sentences moved
    return next((each for each in _GRAVEST_FIRST if each in found), None)


def _noted(context: ChangeContext) -> Noted | None:
    """Return the worst answer of the edits; a note beside edits that need none is one on what was added."""
    answers = {unit.noted for unit in context.units} - {None}
    if not answers:
        return Noted.YES if context.announces else None
    return next(noted for noted in (Noted.NO, Noted.UNCLEAR, Noted.YES) if noted in answers)
