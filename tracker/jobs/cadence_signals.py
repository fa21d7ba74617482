"""How far a hub is to be believed when it says that an article was updated, and when it says nothing.

Every check of an article that its hub names is counted (`model.Tally`): was there a touch since the check before, and
did the page change? From these counts come precision (a touch means a change) and recall (a change means a touch),
source by source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model import Mention

if TYPE_CHECKING:
    from tracker.model import Tally, Target, Tracked

# A new source's touch is worth half an update: enough to look at once, which is how we find out what it is worth.
_PRIOR_TOUCHES: Final = 2.0
_PRIOR_HITS: Final = 1.0
# Silence is believed only after it has been right: three changes are held against it from the start.
_PRIOR_MISSES: Final = 3.0
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a hub tells of one article: *precision* and *recall* in 0..1, for the next *listed* hours."""

    precision: float = 0.0
    recall: float = 0.0
    listed: float = 0.0


NO_SIGNAL: Final = Signal()


def precision(tally: Tally) -> float:
    """Return the share of touches that come with a change."""
    return (tally.hits + _PRIOR_HITS) / (tally.hits + tally.false_touches + _PRIOR_TOUCHES)


def recall(tally: Tally) -> float:
    """Return the share of changes that come with a touch, on the careful side."""
    return tally.hits / (tally.hits + tally.misses + _PRIOR_MISSES)


def signal(tally: Tally, listed: float) -> Signal:
    """Return what to make of a source's hub for an article it will name for *listed* more hours."""
    return Signal(precision(tally), recall(tally), listed) if listed > 0 else NO_SIGNAL


def signal_for(tracked: Tracked, tally: Tally, at: datetime) -> Signal:
    """Return what to make of the hub of an article at one moment; nothing where its hub tells of no updates."""
    if tracked.told_at is None or tracked.listed_until is None:
        return NO_SIGNAL
    return signal(tally, (tracked.listed_until - at) / _HOUR)


def speaks(tracked: Tracked, at: datetime) -> bool:
    """Say whether a hub that tells of updates is believed to name the article at that moment."""
    return tracked.told_at is not None and tracked.listed_until is not None and tracked.listed_until > at


def mention(tracked: Tracked, target: Target, now: datetime) -> Mention | None:
    """Return what one reading of a hub adds to what is known of an article; None where that is nothing.

    An update that the hub dates after the last one it named, and after we last saw the page, is a touch.
    """
    told, known = target.updated, tracked.told_at
    moved = told is not None and known is not None and told > known
    seen = tracked.last_seen_at
    touched = now if told and moved and (seen is None or told > seen) else tracked.touched_at
    listed = tracked.listed_until
    renewed = target.listed_until is not None and (listed is None or listed <= now or moved)
    found = Mention(
        tracked.id,
        tracked.published_at or target.published,
        max(told, known) if told and known else told or known,
        touched,
        target.listed_until if renewed else listed,
        None,
    )
    before = Mention(tracked.id, tracked.published_at, tracked.told_at, tracked.touched_at, tracked.listed_until, None)
    return None if found == before else found
