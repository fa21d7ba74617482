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
from .check_intervals import CheckInterval
from .curve import SHIPPED, Curve

__all__ = ["Fitted", "Look", "checked_fit", "fit", "fit_all"]

MIN_FITTED_ARTICLES: Final = 300
_ROUNDS: Final = 3
_MAX_REPLAYED_ARTICLES: Final = 600
_BUDGETS: Final = (10.0, 25.0)
_COARSEST: Final = 0.8
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
Look = CheckInterval
"""The name under which programs outside that replay check times import it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The result of a fit: the curve to use, and whether it is the fitted one.

    `gain` is by how many points more versions a fit to the older articles found on the newest third than the curve in
    use, at equal checks. It is None if there was too little to fit.
    """

    curve: Curve
    taken: bool = False
    gain: float | None = None


def fit(history: Sequence[CheckInterval]) -> Curve:
    """Return the curve that `checked_fit` finds for `history`, or the shipped one."""
    return checked_fit(history, start=SHIPPED, in_use=SHIPPED).curve


def checked_fit(history: Sequence[CheckInterval], *, start: Curve, in_use: Curve) -> Fitted:
    """Fit `history`, searching from `start` and drawn to it; keep `in_use` unless the fit is worth as much.

    Its articles come in order of their first check, oldest first; their intervals may be interleaved. Worth is what
    the fit to the older two thirds finds on the newest third. Keeps `in_use` if there are fewer than 300 articles.
    Raises ImportError without the extra `fit`.
    """
    by_article: defaultdict[tuple[str, str], list[CheckInterval]] = defaultdict(list)
    for interval in history:
        if interval.end > interval.start:
            by_article[interval.source, interval.article].append(interval)
    articles = [sorted(each, key=lambda interval: interval.end) for each in by_article.values()]
    if len(articles) < MIN_FITTED_ARTICLES or not any(interval.changed for interval in history):
        return Fitted(in_use)
    # By age, not at random: what is found on newer articles than those fitted is what the fit is for.
    older, newest = articles[: len(articles) * 2 // 3], articles[len(articles) * 2 // 3 :]
    if not any(interval.changed for each in older for interval in each):
        return Fitted(in_use)
    gain = _gain(newest[-_MAX_REPLAYED_ARTICLES:], fit_all(older, start), in_use)
    return Fitted(in_use, gain=gain) if gain < 0 else Fitted(fit_all(articles, start), taken=True, gain=gain)


def fit_all(articles: Sequence[Sequence[CheckInterval]], start: Curve, *, rounds: int = _ROUNDS) -> Curve:
    """Return the likeliest curve for `articles`, each with its intervals in order; nothing is held back to check it."""
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


def _gain(articles: Sequence[Sequence[CheckInterval]], fitted: Curve, in_use: Curve) -> float:
    """Return by how many points `fitted` finds more versions than `in_use`: the mean of both spans and budgets."""
    histories = [_history(intervals) for intervals in articles]
    new, old = (sweep(histories, equal_loss(curve), _COARSEST, max(_BUDGETS)) for curve in (fitted, in_use))
    pairs: list[tuple[Score | None, Score | None]] = [
        (at_budget(new[span], budget), at_budget(old[span], budget))
        for span in (Span.EDITED, Span.QUIET_MONTH)
        for budget in _BUDGETS
    ]
    points = [paired(histories, one, other)[0] for one, other in pairs if one and other]
    return sum(points) / len(points) if points else 0.0


def _history(intervals: Sequence[CheckInterval]) -> History:
    """Return the history that an article's check intervals tell; its day is made up, its hour is not."""
    begin = intervals[0].start
    first = _EPOCH + timedelta(hours=intervals[0].clock)
    updates = tuple((interval.start + interval.end) / 2 - begin for interval in intervals if interval.changed)
    published = first - timedelta(hours=begin)
    return History(intervals[0].article, intervals[0].source, published, first, intervals[-1].end - begin, updates)
