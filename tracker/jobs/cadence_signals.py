"""How far a hub is to be believed when it says that an article was updated, and when it says nothing.

A feed's `updated` or a sitemap's `lastmod` that moves is a *touch*. Every check of an article its hub names is counted:
was there a touch since the check before, and did the page change? From these counts come precision (a touch means a
change) and recall (a change means a touch), source by source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# A new source's touch is worth half an update: enough to look at once, which is how we find out what it is worth.
_PRIOR_TOUCHES: Final = 2.0
_PRIOR_HITS: Final = 1.0
# Silence is believed only after it has been right: three changes are held against it from the start.
_PRIOR_MISSES: Final = 3.0


@dataclass(frozen=True, slots=True)
class Signal:
    """What a hub tells of one article: *precision* and *recall* in 0..1, for the next *listed* hours."""

    precision: float = 0.0
    recall: float = 0.0
    listed: float = 0.0


NO_SIGNAL: Final = Signal()


@dataclass(frozen=True, slots=True)
class Tally:
    """Checks of articles that a source's hub names: touch and change, touch alone, change alone."""

    hits: float = 0.0
    false_touches: float = 0.0
    misses: float = 0.0

    @property
    def precision(self) -> float:
        """Share of touches that come with a change."""
        return (self.hits + _PRIOR_HITS) / (self.hits + self.false_touches + _PRIOR_TOUCHES)

    @property
    def recall(self) -> float:
        """Share of changes that come with a touch, on the careful side."""
        return self.hits / (self.hits + self.misses + _PRIOR_MISSES)

    def after(self, *, touched: bool, changed: bool) -> Tally:
        """Return the tally with one more check in it."""
        return Tally(
            self.hits + (touched and changed),
            self.false_touches + (touched and not changed),
            self.misses + (changed and not touched),
        )

    def faded(self, keep: float) -> Tally:
        """Return the tally with the share *keep* of its weight, so that what a source used to do is forgotten."""
        return Tally(self.hits * keep, self.false_touches * keep, self.misses * keep)

    def signal(self, listed: float) -> Signal:
        """Return what to make of this source's hub for an article it will name for *listed* more hours."""
        return Signal(self.precision, self.recall, listed) if listed > 0 else NO_SIGNAL
