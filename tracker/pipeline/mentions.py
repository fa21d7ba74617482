"""What a hub tells of articles beside their addresses: when they were updated, and how long it goes on naming them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.source import Mention

if TYPE_CHECKING:
    from tracker.model.check import CheckOutcome, Tracked
    from tracker.model.source import Target

MIN_LISTED_DURATION: Final = timedelta(days=1)
MAX_LISTED_DURATION: Final = timedelta(days=30)
"""How long a hub is believed to go on naming an article: where it dates nothing, and at most."""


def listed(targets: Sequence[Target], now: datetime, poll: timedelta) -> tuple[Target, ...]:
    """Return the targets, marked with until when their hub is believed to name them.

    A hub is taken to reach as far back tomorrow as it does today; *poll* is how often it is read.
    """
    dated = [at for target in targets if (at := target.published or target.updated) is not None and at <= now]
    reach = min(now - min(dated), MAX_LISTED_DURATION) if dated else MIN_LISTED_DURATION

    def until(target: Target) -> datetime:
        return max(min(target.published or target.updated or now, now) + reach, now + poll)

    return tuple(replace(each, listed_until=until(each)) for each in targets)


def mention(tracked: Tracked, target: Target, now: datetime) -> Mention | None:
    """Return what one reading of a hub adds to what is known of an article; None where that is nothing.

    An update that the hub dates after the last one it named, and after we last saw the page, is a touch.
    """
    told, known = target.updated, tracked.told_at
    moved = told is not None and known is not None and told > known
    seen = tracked.last_seen_at
    touched = now if told and moved and (seen is None or told > seen) else tracked.touched_at
    until = tracked.listed_until
    renewed = target.listed_until is not None and (until is None or until <= now or moved)
    found = Mention(
        tracked.id,
        tracked.published_at or target.published,
        max(told, known) if told and known else told or known,
        touched,
        target.listed_until if renewed else until,
        None,
    )
    before = Mention(tracked.id, tracked.published_at, tracked.told_at, tracked.touched_at, until, None)
    return None if found == before else found


def heard(tracked: Tracked, told: Mention) -> Tracked:
    """Return the article with what its hub told of it."""
    return replace(
        tracked,
        published_at=told.published_at,
        told_at=told.told_at,
        touched_at=told.touched_at,
        listed_until=told.listed_until,
    )


def touched(tracked: Tracked, outcome: CheckOutcome, now: datetime) -> bool | None:
    """Say whether a check followed a touch; None where nothing is learned of the hub from it.

    That is so where no hub tells of the article's updates, and where the check could not see whether there was one.
    """
    if not outcome.compared:
        return None
    if tracked.touched_at is not None:
        return True
    speaks = tracked.told_at is not None and tracked.listed_until is not None and tracked.listed_until > now
    return False if speaks else None
