"""Fit the update model to the check log by interval-censored maximum likelihood, and check what the fit is worth.

A check shows only whether there was an update since the previous check, not when or how many. Each article's own
rate is integrated out (Gamma prior); the constants are shrunk towards those the fit starts from, the rates and hours of
each source towards the mean of all sources (expectation maximisation). Needs the extra `fit` (numpy, scipy), imported
on use. See docs/explanation/cadence.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from .cadence_policies import History, equal_loss
from .cadence_replay import Score, Span, at_budget, paired, sweep
from .check_intervals import Look
from .curve import SHIPPED, Curve

__all__ = ["Fitted", "Look", "checked_fit", "fit", "fit_all"]

MIN_FITTED_ARTICLES: Final = 300
_ROUNDS: Final = 3
_MAX_REPLAYED_ARTICLES: Final = 600
_BUDGETS: Final = (10.0, 25.0)
_COARSEST: Final = 0.8
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The result of a fit: the curve to use, and whether it is the fitted one.

    `gain` is by how many points more versions a fit to the older articles found on the newest third than the curve in
    use, at equal checks. It is None if there was too little to fit.
    """

    curve: Curve
    taken: bool = False
    gain: float | None = None


def fit(history: Sequence[Look]) -> Curve:
    """Return the curve that `checked_fit` finds for `history`, or the shipped one."""
    return checked_fit(history, start=SHIPPED, in_use=SHIPPED).curve


def checked_fit(history: Sequence[Look], *, start: Curve, in_use: Curve) -> Fitted:
    """Fit `history`, searching from `start` and drawn to it; keep `in_use` unless the fit is worth as much.

    Its articles come in order of their first check, oldest first; their intervals may be interleaved. Worth is what
    the fit to the older two thirds finds on the newest third. Keeps `in_use` if there are fewer than 300 articles.
    Raises ImportError without the extra `fit`.
    """
    by_article: defaultdict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in history:
        if look.end > look.start:
            by_article[look.source, look.article].append(look)
    articles = [sorted(each, key=lambda look: look.end) for each in by_article.values()]
    if len(articles) < MIN_FITTED_ARTICLES or not any(look.changed for look in history):
        return Fitted(in_use)
    older, newest = articles[: len(articles) * 2 // 3], articles[len(articles) * 2 // 3 :]
    if not any(look.changed for each in older for look in each):
        return Fitted(in_use)
    gain = _gain(newest[-_MAX_REPLAYED_ARTICLES:], fit_all(older, start), in_use)
    return Fitted(in_use, gain=gain) if gain < 0 else Fitted(fit_all(articles, start), taken=True, gain=gain)


def fit_all(articles: Sequence[Sequence[Look]], start: Curve, *, rounds: int = _ROUNDS) -> Curve:
    """Return the likeliest curve for `articles`, each with its looks in order; nothing is held back to check it."""
    from .fit_likelihood import Likelihood

    likelihood = Likelihood(articles)
    curve, factors = start, likelihood.factors(start.sources)
    for _ in range(rounds):
        curve = likelihood.best(curve, factors, start)
        factors = likelihood.updated(curve, factors)
    curve = likelihood.best(curve, factors, start)
    hours = likelihood.hours(curve, factors)
    return replace(
        curve,
        sources=dict(zip(likelihood.sources, factors.tolist(), strict=True)),
        hours=dict(zip(likelihood.sources, map(tuple, hours.tolist()), strict=True)),
    )


def _gain(articles: Sequence[Sequence[Look]], fitted: Curve, in_use: Curve) -> float:
    """Return by how many points `fitted` finds more versions than `in_use`: the mean of both spans and budgets."""
    histories = [_history(looks) for looks in articles]
    new, old = (sweep(histories, equal_loss(curve), _COARSEST, max(_BUDGETS)) for curve in (fitted, in_use))
    pairs: list[tuple[Score | None, Score | None]] = [
        (at_budget(new[span], budget), at_budget(old[span], budget))
        for span in (Span.EDITED, Span.QUIET_MONTH)
        for budget in _BUDGETS
    ]
    points = [paired(histories, one, other)[0] for one, other in pairs if one and other]
    return sum(points) / len(points) if points else 0.0


def _history(looks: Sequence[Look]) -> History:
    """Return the history that an article's looks tell; its day is made up, its hour is not."""
    begin = looks[0].start
    first = _EPOCH + timedelta(hours=looks[0].clock)
    updates = tuple((look.start + look.end) / 2 - begin for look in looks if look.changed)
    published = first - timedelta(hours=begin)
    return History(looks[0].article, looks[0].source, published, first, looks[-1].end - begin, updates)
