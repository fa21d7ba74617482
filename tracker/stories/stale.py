"""The stale-copy rule: a correction at the origin that a copy has not taken after so many hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notices import Owed
    from .propagation import Place, Propagation


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """A copy that still prints what its origin corrected; *key* is the same whenever the same thing is found again.

    *hours* lie between *since* and the last time the copy was seen with the old text.
    """

    key: str
    story: str
    article: str
    url: str
    origin: str
    runs: int
    notice: Owed
    since: datetime
    hours: float


def stale_copies(propagation: Propagation, now: datetime, after: timedelta) -> tuple[StaleCopy, ...]:
    """Return the copies that took neither the text nor the notice of a correction within *after*, longest first.

    A copy counts only as long as it was seen: one that was last looked at before the time was up may have taken the
    correction since, and one that is gone prints nothing.
    """
    found = [
        _stale(propagation.story, place, notice, now)
        for place in propagation.places
        if place.role == "copy" and place.standing
        for notice in place.missing_notices
        if not notice.text_taken
    ]
    limit = after / timedelta(hours=1)
    return tuple(sorted((each for each in found if each.hours >= limit), key=lambda each: (-each.hours, each.key)))


def _stale(story: str, place: Place, notice: Owed, now: datetime) -> StaleCopy:
    seen = min(now, place.confirmed or now)
    return StaleCopy(
        key=f"{place.origin}:{notice.version}:{notice.kind.value}:{place.article}",
        story=story,
        article=place.article,
        url=place.url,
        origin=place.origin or "",
        runs=place.runs or 0,
        notice=notice,
        since=notice.since,
        hours=(seen - notice.since) / timedelta(hours=1),
    )
