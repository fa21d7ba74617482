"""Check intervals: what the checks of an article saw, as a fit of the curve takes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tracker.jobs.cadence import hour_of_day
from tracker.model import Check, CheckOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable


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
