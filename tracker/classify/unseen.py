"""What could not be seen of a source: visits that failed or were refused, and the time they left in the dark; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model import Check


@dataclass(frozen=True, slots=True)
class Unseen:
    """Visits that saw nothing, *of* how many; *dark* is how long articles went unseen, *longest* at a stretch."""

    count: int = 0
    of: int = 0
    dark: timedelta = timedelta(0)
    longest: timedelta = timedelta(0)


def unseen(articles: Iterable[Sequence[Check]]) -> Unseen:
    """Sum up the visits to each of some articles, in any order."""
    found = Unseen()
    for checks in articles:
        stretches = _stretches(sorted(checks, key=lambda check: check.at))
        found = Unseen(
            found.count + sum(check.outcome.saw_nothing for check in checks),
            found.of + len(checks),
            sum(stretches, found.dark),
            max([found.longest, *stretches]),
        )
    return found


def _stretches(checks: Sequence[Check]) -> list[timedelta]:
    """Return the times between two visits that saw something, or to the first or last of all, where one failed."""
    seen = [place for place, check in enumerate(checks) if not check.outcome.saw_nothing]
    bounds = sorted({*seen, 0, len(checks) - 1}) if checks else []
    return [checks[end].at - checks[begin].at for begin, end in pairwise(bounds) if _is_dark(checks[begin : end + 1])]


def _is_dark(checks: Sequence[Check]) -> bool:
    return any(check.outcome.saw_nothing for check in checks)
