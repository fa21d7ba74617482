"""How reliable a source's hubs are when they report an update to an article, and when they report none.

Each check of an article its hub lists is counted (`model.HintTally`): did the hub report an update since the check
before ("touch"), and did the page change? The counts give precision (share of touches with a change) and recall
(share of changes with a touch) for each source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.durations import HOUR

if TYPE_CHECKING:
    from tracker.model.check import Tracked
    from tracker.model.hint_tally import HintTally

# For a new source a touch counts as half an update: enough to check at once, which shows how reliable it is.
_PRIOR_TOUCHES: Final = 2.0
_PRIOR_HITS: Final = 1.0
# Silence counts only once it has proved right: recall starts as if three changes had been missed.
_PRIOR_MISSES: Final = 3.0


@dataclass(frozen=True, slots=True)
class Signal:
    """The reliability of the hub of one article: `precision` and `recall` in 0..1, for the next `listed` hours."""

    precision: float = 0.0
    recall: float = 0.0
    listed: float = 0.0


NO_SIGNAL: Final = Signal()


def precision(tally: HintTally) -> float:
    """Return the share of touches that come with a change."""
    return (tally.hits + _PRIOR_HITS) / (tally.hits + tally.false_touches + _PRIOR_TOUCHES)


def recall(tally: HintTally) -> float:
    """Return the share of changes that come with a touch, estimated cautiously."""
    return tally.hits / (tally.hits + tally.misses + _PRIOR_MISSES)


def signal(tally: HintTally, listed: float) -> Signal:
    """Return the signal of a source's hub for an article it will list for `listed` more hours."""
    return Signal(precision(tally), recall(tally), listed) if listed > 0 else NO_SIGNAL


def signal_for(tracked: Tracked, tally: HintTally, at: datetime) -> Signal:
    """Return the signal of an article's hub at the time `at`; `NO_SIGNAL` if the hub reports no update times.

    `tally` is how often the hubs of its source were right.
    """
    if tracked.told_at is None or tracked.listed_until is None:
        return NO_SIGNAL
    return signal(tally, (tracked.listed_until - at) / HOUR)
