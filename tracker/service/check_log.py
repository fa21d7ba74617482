"""The check log of an archive, as what learns from it wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.jobs.cadence_replay import History, history
from tracker.jobs.check_intervals import Look, looks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive
    from tracker.model import Check, Tracked

MOST_ARTICLES: Final = 3000
"""The newest articles that are learned from: more hardly change what is learned."""
_ALL: Final = 1_000_000


def logs(store: Archive, most: int = MOST_ARTICLES) -> Iterator[tuple[Tracked, list[Check]]]:
    """Yield the newest articles that were looked at twice, each with its checks."""
    found = 0
    for tracked in list_articles(store):
        if tracked.versions and tracked.checks > 1:
            yield tracked, list_checks(store, tracked.id, _ALL)
            found += 1
            if found == most:
                return


def all_looks(store: Archive) -> list[Look]:
    """Return every look in the log."""
    return [
        look
        for tracked, checks in logs(store)
        for look in looks(tracked.id, tracked.source, tracked.published_at or tracked.first_seen_at, checks)
    ]


def histories(store: Archive) -> list[History]:
    """Return what the log tells of each article."""
    found = (history(tracked, checks) for tracked, checks in logs(store))
    return [each for each in found if each is not None]
