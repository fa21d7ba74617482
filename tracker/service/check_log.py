"""Read the check log of an archive for fitting and replaying check policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.jobs.cadence_replay import history
from tracker.jobs.check_intervals import CheckInterval, check_intervals

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.jobs.cadence_policies import History
    from tracker.model.check import Check, Tracked

MAX_LOGGED_ARTICLES: Final = 3000
"""Only the newest articles are used: more hardly change the result."""
MAX_ARTICLE_CHECKS: Final = 1_000_000


def logs(archive: Archive, most: int = MAX_LOGGED_ARTICLES) -> Iterator[tuple[Tracked, list[Check]]]:
    """Yield the newest articles with at least two checks, each with its checks."""
    found = 0
    for tracked in list_articles(archive):
        if tracked.versions and tracked.checks > 1:
            yield tracked, list_checks(archive, tracked.id, MAX_ARTICLE_CHECKS)
            found += 1
            if found == most:
                return


def all_check_intervals(archive: Archive) -> list[CheckInterval]:
    """Return all checks as intervals for the fit, those of the oldest articles first."""
    found: list[CheckInterval] = []
    for tracked, checks in reversed(list(logs(archive))):
        published = tracked.published_at or tracked.first_seen_at
        found += check_intervals(tracked.id, tracked.source, published, checks)
    return found


def histories(archive: Archive, most: int) -> list[History]:
    """Return the update history of each of the newest articles for `cadence_replay`."""
    found = (history(tracked, checks) for tracked, checks in logs(archive, most))
    return [each for each in found if each is not None]
