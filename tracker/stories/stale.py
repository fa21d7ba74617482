"""Find stale copies: those that still print what their origin corrected hours ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.model.story import MissingNotice

    from .propagation import Propagation


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """A copy that still prints what its origin corrected.

    Attributes:
        key: the same whenever the same copy and correction are found again.
        hours: from when the correction was first seen, or the copy appeared if that was later, to the last time that
            the copy was seen with the old text.
    """

    key: str
    story: str
    article: str
    origin: str
    notice: MissingNotice
    hours: float


def stale_copies(propagation: Propagation, now: datetime, after: timedelta) -> tuple[StaleCopy, ...]:
    """Return the copies that took neither the text nor the notice of a correction, longest first.

    A copy counts up to the last time that it was seen: one that was not visited since may have taken the correction.
    One that is gone prints nothing.

    Args:
        propagation: the story.
        now: the current time.
        after: for how long a copy may print the old text.
    """
    found = [
        StaleCopy(
            key=f"{place.origin}:{notice.version}:{notice.kind.value}:{place.article}",
            story=propagation.story,
            article=place.article,
            origin=place.origin or "",
            notice=notice,
            hours=(min(now, place.confirmed or now) - notice.since) / timedelta(hours=1),
        )
        for place in propagation.places
        if place.role == "copy" and place.online
        for notice in place.missing_notices
        if not notice.text_taken
    ]
    limit = after / timedelta(hours=1)
    return tuple(sorted((each for each in found if each.hours >= limit), key=lambda each: (-each.hours, each.key)))
