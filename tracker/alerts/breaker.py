"""When a target is left alone: after failures in a row, and for as long as it asks for. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .backoff import JITTER, MAX_RETRY_AFTER, jitter

FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=30)
MAX_PAUSE: Final = timedelta(hours=1)
MIN_OUTAGE: Final = timedelta(minutes=30)
"""After a shorter one the next attempts are near enough; and one that comes and goes must not use them all up."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a target fares: *failures* in a row and *since* when, *until* when it is left alone.

    *probing* holds while one send tries it. A target is *known* once it took something.
    """

    failures: int = 0
    until: datetime | None = None
    probing: bool = False
    since: datetime | None = None
    known: bool = False

    def is_open(self, now: datetime) -> bool:
        """Say whether nothing may be sent now."""
        return self.probing or (self.until is not None and now < self.until)

    def send_started(self) -> Breaker:
        """Return what holds once a send has begun: after a pause it is alone until it has ended."""
        return replace(self, probing=True) if self.until is not None else self

    def succeeded(self, now: datetime) -> Breaker:
        """Return what holds after the target took a message, or refused one for good: it answers.

        What was on its way before a pause began does not end it.
        """
        return self if self._paused(now) else Breaker(known=True)

    def recovers(self, now: datetime) -> bool:
        """Say whether a target that takes a message now was gone so long that what waits for it should not wait more.

        One that was not heard of yet counts: why this process was started may be that something was mended.
        """
        if self._paused(now):
            return False
        return not self.known or (self.since is not None and now - self.since >= MIN_OUTAGE)

    def failed(self, target: str, now: datetime, retry_after: float | None, pace: float = 1.0) -> Breaker:
        """Return what holds after a failure. A target that names a time is left alone until then, at most a week."""
        failures = self.failures + 1
        ends = [self.until] if self.until is not None and self.until > now else []
        if failures >= FAILURES_TO_OPEN:
            pause = min(FIRST_PAUSE * 2 ** min(failures - FAILURES_TO_OPEN, 12), MAX_PAUSE)
            ends.append(now + pause * (1 + JITTER * jitter(target, failures)) * pace)
        if retry_after is not None and retry_after > 0:
            ends.append(now + min(timedelta(seconds=retry_after), MAX_RETRY_AFTER))
        return Breaker(failures, max(ends, default=None), since=self.since or now, known=self.known)

    def _paused(self, now: datetime) -> bool:
        return not self.probing and self.is_open(now)
