"""A clock for simulated time that can run faster than real time and be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class SimulatedClock:
    """Count simulated seconds; thread-safe. The clock stands at 0 until it is started.

    Args:
        speed: simulated seconds per real second.
        monotonic: source of real seconds; tests pass a fake one.
    """

    def __init__(self, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._elapsed = 0.0
        self._started: float | None = None

    @property
    def running(self) -> bool:
        """Whether simulated time is passing."""
        with self._lock:
            return self._started is not None

    def start(self) -> None:
        """Start the clock, or do nothing if it is running."""
        with self._lock:
            if self._started is None:
                self._started = self._monotonic()

    def stop(self) -> None:
        """Stop the clock until the next start, or do nothing if it is stopped."""
        with self._lock:
            self._elapsed = self._now()
            self._started = None

    def now(self) -> float:
        """Return the simulated seconds since the first start."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        if self._started is None:
            return self._elapsed
        return self._elapsed + (self._monotonic() - self._started) * self.speed
