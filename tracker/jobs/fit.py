"""Learns the curve from the check log: interval-censored maximum likelihood.

A check says only whether there was an update since the check before, never when or how many. Each article's own pace is
integrated out (Gamma); each source's pace and the hours of its day are drawn to those of all sources until it has shown
otherwise (expectation maximisation).
Needs the extra `fit` (numpy, scipy), imported when a fit is made.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tracker.model import Check, CheckOutcome

from .cadence import hour_of_day
from .curve import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .curve import Curve

ENOUGH_ARTICLES: Final = 300
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Look:
    """One check: the article's age in hours at the check before (*start*) and at this one (*end*), and what it saw.

    *clock* is the hour of the day (UTC) of the check before.
    """

    article: str
    source: str
    start: float
    end: float
    changed: bool
    clock: float


def looks(article: str, source: str, published: datetime, checks: Iterable[Check]) -> tuple[Look, ...]:
    """Return the looks in an article's check log; checks that saw no page bridge nothing and are left out."""
    seen = sorted((check for check in checks if check.outcome.saw_page), key=lambda check: check.at)
    return tuple(
        Look(
            article,
            source,
            max((before.at - published) / _HOUR, 0.0),
            max((check.at - published) / _HOUR, 0.0),
            check.outcome is CheckOutcome.CHANGED,
            hour_of_day(before.at),
        )
        for before, check in pairwise(seen)
        if check.at > before.at and check.at > published
    )


def fit(history: Sequence[Look], *, start: Curve = SHIPPED, rounds: int = 3) -> Curve:
    """Return the curve that makes *history* most likely; *start* where it covers fewer than 300 articles.

    Looks of one article may come in any order among those of others. Raises ImportError without the extra `fit`.
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
