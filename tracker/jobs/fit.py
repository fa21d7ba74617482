"""Fit the update model to the check log by interval-censored maximum likelihood.

A check shows only whether there was an update since the previous check, not when or how many. Each article's own
rate is integrated out (Gamma prior); the rates and hours of each source are shrunk towards the mean of all sources
(expectation maximisation). Needs the extra `fit` (numpy, scipy), imported on use. See docs/explanation/cadence.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .curve import SHIPPED

if TYPE_CHECKING:
    from tracker.jobs.check_intervals import Look

    from .curve import Curve

ENOUGH_ARTICLES: Final = 300


def fit(history: Sequence[Look], *, start: Curve = SHIPPED, rounds: int = 3) -> Curve:
    """Return the maximum-likelihood curve for *history*, or *start* if it covers fewer than 300 articles.

    The intervals of different articles may be interleaved. Raises ImportError without the extra `fit`.
    """
    articles: defaultdict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in history:
        if look.end > look.start:
            articles[look.source, look.article].append(look)
    if len(articles) < ENOUGH_ARTICLES or not any(look.changed for look in history):
        return start
    from .fit_likelihood import Likelihood

    likelihood = Likelihood([sorted(each, key=lambda look: look.end) for each in articles.values()])
    curve, factors = start, likelihood.factors(start.sources)
    for _ in range(rounds):
        curve = likelihood.best(curve, factors)
        factors = likelihood.updated(curve, factors)
    curve = likelihood.best(curve, factors)
    hours = likelihood.hours(curve, factors)
    return replace(
        curve,
        sources=dict(zip(likelihood.sources, factors.tolist(), strict=True)),
        hours=dict(zip(likelihood.sources, map(tuple, hours.tolist()), strict=True)),
    )
