"""How long to leave another service alone after it failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MIN_RETRY_PAUSE: Final = timedelta(minutes=1)
MAX_RETRY_PAUSE: Final = timedelta(hours=1)


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt: a minute after a failure, then twice as long each time, up to an hour."""

    _due: datetime | None = None
    _pause: timedelta = MIN_RETRY_PAUSE

    def is_waiting(self, now: datetime) -> bool:
        """Return whether it is too early for the next attempt."""
        # A time that is further ahead than any pause was set before the clock was set back.
        return self._due is not None and now < self._due <= now + MAX_RETRY_PAUSE

    def fail(self, now: datetime) -> timedelta:
        """Wait before the next attempt, and return for how long."""
        pause = self._pause
        self._due, self._pause = now + pause, min(pause * 2, MAX_RETRY_PAUSE)
        return pause

    def succeed(self) -> None:
        """Allow the next attempt at once."""
        self._due, self._pause = None, MIN_RETRY_PAUSE
