"""When a failed delivery is tried again. Pure; the schedule is that of Standard Webhooks."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
RETRY_DELAYS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(0, 5, 5 * _MINUTE, 30 * _MINUTE),
        *(2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
    )
)
"""How long each attempt waits after the one before it; as many attempts as entries."""

JITTER: Final = 0.2
MAX_RETRY_AFTER: Final = timedelta(days=7)
"""The most of a target's Retry-After that is obeyed."""


def jitter(key: str, attempt: int) -> float:
    """Return a number from -1 to 1 that is the same for the same alert and attempt."""
    digest = hashlib.sha256(f"{key}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / (2**64 - 1) * 2 - 1


def retry_delay(failed: int, *, jitter: float, retry_after: float | None = None) -> timedelta | None:
    """Return how long to wait after the attempt number *failed* (from 1), or None after the last.

    *jitter* is from -1 to 1. Never sooner than *retry_after* seconds, the target's own wish.
    """
    if failed >= len(RETRY_DELAYS):
        return None
    own = RETRY_DELAYS[failed] * (1 + JITTER * jitter)
    if retry_after is None or not retry_after > 0:
        return own
    return max(own, timedelta(seconds=min(retry_after, MAX_RETRY_AFTER.total_seconds())))
