"""Handle a system clock that was set back: due times planned by the old clock would be far in the future."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.archive.values import to_ms

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

MAX_CLOCK_DIFFERENCE_MS: Final = 60_000
"""Milliseconds that a check may lie in the future, because another machine's clock may be ahead of ours."""
_NEWEST: Final = ("SELECT max(last_check_at) FROM article", "SELECT max(last_poll_at) FROM hub")
_PLANNED: Final = (
    "UPDATE article SET next_check_at = next_check_at - :ahead WHERE next_check_at > :now",
    "UPDATE hub SET next_poll_at = next_poll_at - :ahead WHERE next_poll_at > :now",
    "UPDATE host SET not_before = not_before - :ahead WHERE not_before > :now",
    "UPDATE delivery SET due_at = due_at - :ahead WHERE state = 'pending' AND due_at > :now",
    "UPDATE delivery SET leased_until = leased_until - :ahead WHERE state = 'pending' AND leased_until > :now",
    # The watch of an article may have ended by the wrong clock; the next check decides again.
    "UPDATE article SET next_check_at = :now WHERE next_check_at IS NULL AND last_check_at > :now",
    # So that the same step is not detected twice.
    "UPDATE article SET last_check_at = :now WHERE last_check_at > :now",
    "UPDATE hub SET last_poll_at = :now WHERE last_poll_at > :now",
)


def clock_went_back(archive: Archive, now: datetime) -> float:
    """If checks lie in the future, move all due times forward; return by how many seconds, or 0.

    Times of versions and checks stay as recorded: versions are ordered by number.
    """
    with archive.database.write() as connection:
        newest = [connection.value(int, statement) for statement in _NEWEST]
        ahead = max((each for each in newest if each is not None), default=0) - to_ms(now)
        if ahead < MAX_CLOCK_DIFFERENCE_MS:
            return 0.0
        for statement in _PLANNED:
            connection.run(statement, ahead=ahead, now=now)
    return ahead / 1000
