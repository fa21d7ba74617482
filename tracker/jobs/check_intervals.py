"""Checks as intervals, the form in which `fit` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tracker.durations import HOUR
from tracker.model.check import Check, CheckOutcome

from .cadence import hour_of_day


@dataclass(frozen=True, slots=True)
class CheckInterval:
    """One check: the article's age in hours at the previous check (`start`) and at this one (`end`), and the result.

    `clock` is the hour of the day (UTC) of the previous check.
    """

    article: str
    source: str
    start: float
    end: float
    changed: bool
    clock: float


def check_intervals(
    article: str, source: str, published: datetime, checks: Iterable[Check]
) -> tuple[CheckInterval, ...]:
    """Return the intervals in an article's check log. Checks that saw no page are left out: the interval spans them."""
    seen = sorted((check for check in checks if check.outcome.saw_page), key=lambda check: check.at)
    return tuple(
        CheckInterval(
            article,
            source,
            max((before.at - published) / HOUR, 0.0),
            max((check.at - published) / HOUR, 0.0),
            check.outcome is CheckOutcome.CHANGED,
            hour_of_day(before.at),
        )
        for before, check in pairwise(seen)
        if check.at > before.at and check.at > published
    )
