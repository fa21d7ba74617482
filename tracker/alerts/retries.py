"""How long a failed delivery waits, and when a target that keeps failing is sent nothing. Pure: time is an argument.

The delays are those of Standard Webhooks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.durations import backoff, jitter

_MINUTE, _HOUR = 60, 3600
# How long each attempt waits after the one before it. There are as many attempts as entries.
RETRY_DELAYS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(0, 5, 5 * _MINUTE, 30 * _MINUTE),
        *(2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
    )
)

# The share of a delay by which it is shortened or extended at most, so that retries do not come all at once.
JITTER: Final = 0.2

# The longest Retry-After that is obeyed.
MAX_RETRY_AFTER: Final = timedelta(days=7)


def retry_delay(failed: int, *, jitter: float, retry_after: float | None = None) -> timedelta | None:
    """Return how long to wait after attempt number `failed`, or None if it was the last one.

    `jitter` is from -1 to 1. The delay is never shorter than `retry_after`, the seconds the target asked for.
    """
    if failed >= len(RETRY_DELAYS):
        return None
    delay = RETRY_DELAYS[failed] * (1 + JITTER * jitter)
    # `not >` instead of `<=`: a target may send nan.
    if retry_after is None or not retry_after > 0:
        return delay
    return max(delay, timedelta(seconds=min(retry_after, MAX_RETRY_AFTER.total_seconds())))


FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=30)
MAX_PAUSE: Final = timedelta(hours=1)
# After a shorter outage the waiting alerts keep their times: a target that fails on and off would use up all their
# attempts otherwise.
MIN_OUTAGE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a target has answered so far.

    Attributes:
        failures: how many attempts in a row failed.
        until: nothing is sent before this time.
        probing: one send is trying out a target that was paused; nothing else is sent meanwhile.
        since: when the first of the failures in a row happened.
        known: whether the target has accepted anything since this process started.
    """

    failures: int = 0
    until: datetime | None = None
    probing: bool = False
    since: datetime | None = None
    known: bool = False

    def is_open(self, now: datetime) -> bool:
        """Return whether nothing may be sent at `now`."""
        return self.probing or (self.until is not None and now < self.until)

    def send_started(self) -> Breaker:
        """Return the state while a send is in progress. The first send after a pause is a probe."""
        return replace(self, probing=True) if self.until is not None else self

    def succeeded(self, now: datetime) -> Breaker:
        """Return the state after the target accepted a message, or rejected one permanently: it answers.

        A message that was sent before a pause began does not end the pause.
        """
        return self if self._paused(now) else Breaker(known=True)

    def recovers(self, now: datetime) -> bool:
        """Return whether a success at `now` ends an outage so long that waiting alerts should be sent at once.

        The first success of this process counts: it may have been restarted because something was repaired.
        """
        if self._paused(now):
            return False
        return not self.known or (self.since is not None and now - self.since >= MIN_OUTAGE)

    def failed(self, target: str, now: datetime, retry_after: float | None, delay_scale: float = 1.0) -> Breaker:
        """Return the state after a failure; the target's name decides the jitter.

        `retry_after` is the seconds the target asked for, of which a week at most is obeyed. Our own pauses are
        multiplied by `delay_scale`.
        """
        failures = self.failures + 1
        ends = [self.until] if self.until is not None and self.until > now else []
        if failures >= FAILURES_TO_OPEN:
            pause = backoff(FIRST_PAUSE, failures - FAILURES_TO_OPEN + 1, MAX_PAUSE)
            ends.append(now + pause * (1 + JITTER * jitter(target, failures)) * delay_scale)
        # Never scaled: the target knows when it will answer again.
        if retry_after is not None and retry_after > 0:
            ends.append(now + min(timedelta(seconds=retry_after), MAX_RETRY_AFTER))
        return Breaker(failures, max(ends, default=None), since=self.since or now, known=self.known)

    def _paused(self, now: datetime) -> bool:
        return not self.probing and self.is_open(now)
