"""How sure it is that an edit changed a claim: a logistic model over what the words and facts of the edit show.

The words alone cannot tell every synonym from a new claim ("head coach" and "manager", "renewed" and "ongoing"). The
model says how often an edit like this one was labelled a claim by people. Its weights come from
`benchmarks/claim_model.py`, which describes the data and prints the figures of its cross-validation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp, log1p
from typing import TYPE_CHECKING, Final

from ..model.change import FactKind

if TYPE_CHECKING:
    from .substance import WordJudgement

MIN_CLAIM: Final = 0.6
"""From this probability on an edit is a claim."""
MAX_WORDING: Final = 0.5
"""Up to this probability it is wording; between the two it is unclear."""
MIN_SURE: Final = 0.7
"""From this probability on an outlet may be said not to have noted a claim."""

BIAS: Final = 1.778
WEIGHTS: Final[Mapping[str, float]] = {
    "words removed": 0.432,
    "words added": 0.716,
    "words exchanged": -1.195,
    "number": 2.236,
    "date": 2.729,
    "name": 1.392,
    "speech": 0.367,
    "tone": 1.532,
    "field": 0.612,
    "share kept": -2.696,
    "grammar": 0.051,
}


def features(judgement: WordJudgement, kinds: Collection[FactKind], *, is_field: bool) -> dict[str, float]:
    """Return what the model looks at, by name.

    Args:
        judgement: what the words of the edit say.
        kinds: the kinds of facts that differ.
        is_field: the edit is one of the headline or dek.
    """
    removed, added = len(judgement.removed), len(judgement.added)
    return {
        "words removed": log1p(removed),
        "words added": log1p(added),
        "words exchanged": float(removed > 0 and added > 0),
        "number": float(FactKind.NUMBER in kinds),
        "date": float(FactKind.DATE in kinds),
        "name": float(not {FactKind.NAME, FactKind.PLACE}.isdisjoint(kinds)),
        "speech": float(not {FactKind.QUOTE, FactKind.SOURCE}.isdisjoint(kinds)),
        "tone": float(not {FactKind.HEDGE, FactKind.NEGATION}.isdisjoint(kinds)),
        "field": float(is_field),
        "share kept": judgement.kept,
        "grammar": log1p(judgement.grammar),
    }


def claim_probability(found: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that an edit with these features changes a claim."""
    score = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + exp(-score))
