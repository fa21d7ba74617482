"""How sure it is that an edit changed a claim: a logistic model over what the words and facts of the edit show.

The words alone cannot tell every synonym from a new claim ("head coach" and "manager", "renewed" and "ongoing"). The
model says how often an edit like this one was labelled a claim by people. Its weights come from
`benchmarks/claim_model.py`, which describes the data and prints the figures of its cross-validation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp, log1p
from typing import TYPE_CHECKING, Final

from tracker.model.change import FactKind

from . import function_words

if TYPE_CHECKING:
    from .substance import WordJudgement

MIN_CLAIM: Final = 0.5
"""From this probability on an edit is a claim."""
MAX_WORDING: Final = 0.45
"""Up to this probability it is wording; between the two it is unclear."""
MIN_SURE: Final = 0.55
"""From this probability on an outlet may be said not to have noted a claim."""

BIAS: Final = -0.436
WEIGHTS: Final[Mapping[str, float]] = {
    "words added": 0.674,
    "words exchanged": -0.889,
    "name": 0.594,
    "field": 0.928,
    "share kept": -2.240,
    "grammar": 0.171,
    "at start": -0.834,
    "one-sided": 0.594,
    "grave": 0.459,
    "differing": 1.030,
    "list item": 2.155,
    "emphasis": -1.490,
    "when": 1.710,
}


def features(
    judgement: WordJudgement, kinds: Collection[FactKind], lang: str, *, is_field: bool, is_grave: bool
) -> dict[str, float]:
    """Return what the model looks at, by name.

    Args:
        judgement: what the words of the edit say.
        kinds: the kinds of facts that differ.
        lang: one of `lexicon.LANGUAGES`.
        is_field: the edit is one of the headline or dek.
        is_grave: one of the words that came or went is about what matters most.
    """
    removed, added = len(judgement.removed), len(judgement.added)
    words = frozenset((*judgement.removed, *judgement.added))
    return {
        "words added": log1p(added),
        "words exchanged": float(removed > 0 and added > 0),
        "name": float(not {FactKind.NAME, FactKind.PLACE}.isdisjoint(kinds)),
        "field": float(is_field),
        "share kept": judgement.kept,
        "grammar": log1p(judgement.grammar),
        "at start": float(judgement.at_start),
        "one-sided": float(judgement.one_sided),
        "grave": float(is_grave),
        "differing": log1p(removed + added),
        "list item": float(judgement.listed),
        "emphasis": float(words <= function_words.EMPHASIS[lang]),
        "when": float(not words.isdisjoint(function_words.WHEN[lang])),
    }


def claim_probability(found: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that an edit with these features changes a claim."""
    score = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + exp(-score))
