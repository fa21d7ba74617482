"""Decide of which kind a notice is: by its label first, else by what the outlet admits to have done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.article import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .openings import Opening

_BY_LABEL: Final = {"correction": NoticeKind.CORRECTION, "clarification": NoticeKind.CLARIFICATION}


def kind_of(opening: Opening, features: Collection[str], weights: Mapping[str, Mapping[str, float]]) -> NoticeKind:
    """Return the kind of a text that is taken for a notice.

    Args:
        opening: how it begins.
        features: of the text.
        weights: of the features, for each kind.
    """
    labelled = opening.wire or _BY_LABEL.get(opening.label)
    if labelled is not None:
        return labelled
    return NoticeKind(max(weights, key=lambda kind: score(features, weights[kind])))


def score(features: Collection[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of *features* and of the intercept."""
    return weights["intercept"] + sum(weights.get(name, 0.0) for name in features)
