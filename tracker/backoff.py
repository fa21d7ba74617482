"""How long to leave another service alone after it failed. Pure: time is an argument."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MIN_RETRY_PAUSE: Final = timedelta(minutes=1)
MAX_RETRY_PAUSE: Final = timedelta(hours=1)
_MAX_DOUBLINGS: Final = 12


def backoff(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    """Return how long to wait after `failures` failures in a row: `first`, twice as long each time, up to `longest`."""
    # Bounded before it is multiplied: what fails for weeks would overflow a timedelta.
    return min(first * (1 << min(max(failures - 1, 0), _MAX_DOUBLINGS)), longest)


def jitter(key: str, count: int) -> float:
    """Return a number from -1 to 1 that is always the same for one key and count."""
    # Not drawn: after a restart what waits keeps its time, and a replay has the same times.
    digest = hashlib.sha256(f"{key}:{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt at a service: from `MIN_RETRY_PAUSE` to `MAX_RETRY_PAUSE`."""

    _failures: int = 0
    _due: datetime | None = None

    def is_waiting(self, now: datetime) -> bool:
        """Return whether it is too early for the next attempt."""
        # A time that is further ahead than any pause was set before the clock was set back.
        return self._due is not None and now < self._due <= now + MAX_RETRY_PAUSE

    def fail(self, now: datetime) -> timedelta:
        """Wait before the next attempt, and return for how long."""
        self._failures += 1
        pause = backoff(MIN_RETRY_PAUSE, self._failures, MAX_RETRY_PAUSE)
        self._due = now + pause
        return pause

    def succeed(self) -> None:
        """Allow the next attempt at once."""
        self._failures, self._due = 0, None
