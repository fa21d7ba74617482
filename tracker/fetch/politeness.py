"""Decide when the next request may be sent to a host. Pure functions.

The pause after a response depends on the configured delay, on what robots.txt asks for and on how long the host took.
After a 429 or 503, or if the host cannot be reached, the pause is 60 s, and doubles each time up to two hours, or up to
a day if the host asks for that with Retry-After. Thirty minutes after the end of such a pause without another failure,
the count starts again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tracker.durations import backoff
from tracker.model.capture import Failure, FailureKind, FetchResult, HostState

MAX_PAUSE_SECONDS: Final = 30.0
MAX_CRAWL_DELAY_SECONDS: Final = 300.0
MAX_BACKOFF: Final = timedelta(hours=2)
MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
FORGIVEN_AFTER: Final = timedelta(minutes=30)

_FIRST_BACKOFF: Final = timedelta(minutes=1)
# Slow hosts get fewer requests: the pause is this many times the response time.
_PAUSE_PER_LATENCY: Final = 3.0
_PAUSE_JITTER: Final = 0.25
_BACKOFF_JITTER: Final = 0.1
_OVERLOADED_STATUSES: Final = frozenset({429, 503})
_UNREACHABLE: Final = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT})
_NOT_ASKED: Final = frozenset(
    {FailureKind.BAD_URL, FailureKind.BLOCKED_ADDRESS, FailureKind.ROBOTS, FailureKind.HOST_WAITS}
)


def next_state(
    state: HostState,
    result: FetchResult,
    now: datetime,
    *,
    delay: float,
    crawl_delay: float | None,
    slow: bool,
    jitter: float,
) -> HostState:
    """Return the state of a host after `result`; `not_before` is the time of the next request.

    Args: state: the state before `result`. now: the time of `result`. delay: least pause in seconds, from the
    configuration. crawl_delay: the same from robots.txt. slow: whether to keep the longest pause, because no contact
    is configured. jitter: from -1 to 1; varies the pause by up to a quarter, but never below the two delays.
    """
    if isinstance(result, Failure) and result.kind in _NOT_ASKED and not result.elapsed:
        return state
    requested = min(crawl_delay or 0.0, MAX_CRAWL_DELAY_SECONDS)
    least = max(delay, requested, MAX_PAUSE_SECONDS if slow else 0.0)
    pause = max(least, min(_PAUSE_PER_LATENCY * result.elapsed, MAX_PAUSE_SECONDS))
    pause = max(least, pause * (1 + _PAUSE_JITTER * jitter))
    failures, failed_at = state.failures, state.last_failure_at
    # Failures are forgiven thirty minutes after the end of the rest that followed the last one.
    if failed_at is None or (failures and now - (failed_at + _backoff(failures)) >= FORGIVEN_AFTER):
        failures = 0
    if not isinstance(result, Failure) or (
        result.kind not in _UNREACHABLE and result.status not in _OVERLOADED_STATUSES
    ):
        failed_at = failed_at if failures else None
        return replace(state, not_before=now + timedelta(seconds=pause), failures=failures, last_failure_at=failed_at)
    if result.retry_after is None:
        rest = min(_backoff(failures + 1) * (1 + _BACKOFF_JITTER * jitter), MAX_BACKOFF).total_seconds()
    else:
        # The host's Retry-After counts, but not if it is short and the host still refuses after it.
        rest = min(result.retry_after, MAX_RETRY_AFTER_SECONDS)
        if failures:
            rest = max(rest, _backoff(failures).total_seconds())
    return replace(
        state, not_before=now + timedelta(seconds=max(rest, pause)), failures=failures + 1, last_failure_at=now
    )


def _backoff(failures: int) -> timedelta:
    return backoff(_FIRST_BACKOFF, failures, MAX_BACKOFF)
