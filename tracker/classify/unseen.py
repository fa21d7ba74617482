"""Count the visits to a source that saw nothing, and the time for which articles went unseen because of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tracker.model.scorecard import Unseen

if TYPE_CHECKING:
    from tracker.model.check import Check


def unseen(articles: Iterable[Sequence[Check]]) -> Unseen:
    """Add up the checks of some articles, given as one sequence an article, in any order."""
    found = Unseen()
    for checks in articles:
        times = _times_unseen(sorted(checks, key=lambda check: check.at))
        found = Unseen(
            found.count + sum(check.outcome.saw_nothing for check in checks),
            found.of + len(checks),
            sum(times, found.time_unseen),
            max([found.longest, *times]),
        )
    return found


def _times_unseen(checks: Sequence[Check]) -> list[timedelta]:
    """Return the times between two checks that saw something, where one between them did not.

    The first and the last check bound such a time too.
    """
    seen = [n for n, check in enumerate(checks) if not check.outcome.saw_nothing]
    bounds = sorted({*seen, 0, len(checks) - 1}) if checks else []
    return [
        checks[end].at - checks[begin].at
        for begin, end in pairwise(bounds)
        if any(check.outcome.saw_nothing for check in checks[begin : end + 1])
    ]
