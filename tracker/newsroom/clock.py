"""The clock of a play: it starts when somebody first looks, runs at its own speed, and can be stopped."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Counts seconds of the play; *speed* of them pass in one real second. Safe to use from many threads.

    *monotonic* gives real seconds and may be a fake one.
    """

    def __init__(self, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._before = 0.0
        self._since: float | None = None

    @property
    def running(self) -> bool:
        """Say whether time passes."""
        with self._lock:
            return self._since is not None

    def start(self) -> None:
        """Let time pass. Idempotent."""
        with self._lock:
            if self._since is None:
                self._since = self._monotonic()

    def stop(self) -> None:
        """Let time stand still until the next start. Idempotent."""
        with self._lock:
            self._before = self._now()
            self._since = None

    def now(self) -> float:
        """Return the seconds of the play that have passed."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        if self._since is None:
            return self._before
        return self._before + (self._monotonic() - self._since) * self.speed
