"""How far a hub is to be believed when it says that an article was updated, and when it says nothing.

Every check of an article that its hub names is counted (`model.Tally`): was there a touch since the check before, and
did the page change? From these counts come precision (a touch means a change) and recall (a change means a touch),
source by source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import HintTally, Tracked

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


def precision(tally: HintTally) -> float:
    """Return the share of touches that come with a change."""
    return (tally.hits + _PRIOR_HITS) / (tally.hits + tally.false_touches + _PRIOR_TOUCHES)


def recall(tally: HintTally) -> float:
    """Return the share of changes that come with a touch, on the careful side."""
    return tally.hits / (tally.hits + tally.misses + _PRIOR_MISSES)


def signal(tally: HintTally, listed: float) -> Signal:
    """Return what to make of a source's hub for an article it will name for *listed* more hours."""
    return Signal(precision(tally), recall(tally), listed) if listed > 0 else NO_SIGNAL


def signal_for(tracked: Tracked, tally: HintTally, at: datetime) -> Signal:
    """Return what to make of the hub of an article at one moment; nothing where its hub tells of no updates."""
    if tracked.told_at is None or tracked.listed_until is None:
        return NO_SIGNAL
    return signal(tally, (tracked.listed_until - at) / _HOUR)
