"""How long a failed delivery waits before the next attempt. Pure; the delays are those of Standard Webhooks."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

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


def jitter(key: str, attempt: int) -> float:
    """Return a number from -1 to 1 that is always the same for one alert and attempt."""
    # From the key, not drawn: after a restart an alert keeps the time of its next attempt.
    digest = hashlib.sha256(f"{key}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / (2**64 - 1) * 2 - 1


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
