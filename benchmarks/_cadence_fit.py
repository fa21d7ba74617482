"""Fits the update model to a check log and checks what the fit is worth.

`cadence_real.py --dev`, a judge that is kept outside this repository, takes its names from here: see `judges.py`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))  # for programs that import this file from elsewhere

from _cadence_families import History, equal_loss
from _cadence_likelihood import CheckInterval, FittedCurve, fit_all, next_check
from _cadence_replay import Score, Span, at_budget, paired, sweep

from tracker.jobs.curve import SHIPPED

__all__ = ["Look", "fit", "next_check"]

Look = CheckInterval
MIN_FITTED_ARTICLES: Final = 300
_MAX_REPLAYED_ARTICLES: Final = 600
_BUDGETS: Final = (10.0, 25.0)
_COARSEST: Final = 0.8
_SHIPPED: Final = FittedCurve(**asdict(SHIPPED))
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def fit(history: Sequence[CheckInterval]) -> FittedCurve:
    """Fit `history`, searching from the shipped curve and drawn to it; return that unless the fit is worth as much.

    Its articles come in order of their first check, oldest first; their intervals may be interleaved. Worth is what
    the fit to the older two thirds finds on the newest third. Fewer than 300 articles are not fitted.
    """
    by_article: defaultdict[tuple[str, str], list[CheckInterval]] = defaultdict(list)
    for interval in history:
        if interval.end > interval.start:
            by_article[interval.source, interval.article].append(interval)
    articles = [sorted(each, key=lambda interval: interval.end) for each in by_article.values()]
    # By age, not at random: what is found on newer articles than those fitted is what the fit is for.
    older, newest = articles[: len(articles) * 2 // 3], articles[len(articles) * 2 // 3 :]
    if len(articles) < MIN_FITTED_ARTICLES or not any(interval.changed for each in older for interval in each):
        return _SHIPPED
    gain = _gain(newest[-_MAX_REPLAYED_ARTICLES:], fit_all(older, SHIPPED))
    return _SHIPPED if gain < 0 else fit_all(articles, SHIPPED)


def _gain(articles: Sequence[Sequence[CheckInterval]], fitted: FittedCurve) -> float:
    """Return by how many points `fitted` finds more versions than the shipped curve, over both spans and budgets."""
    histories = [_history(intervals) for intervals in articles]
    new, old = (sweep(histories, equal_loss(curve), _COARSEST, max(_BUDGETS)) for curve in (fitted, SHIPPED))
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
