"""When a host may be asked again; pure.

The pause after an answer follows from what the owner configured, what robots.txt asks and how long the host took. A
host that says it is asked too often (429, 503), or that cannot be reached, is left alone for 60 s, twice as long each
time, a day at most; thirty quiet minutes after such a pause it starts afresh.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model import Failure, FailureKind, FetchResult, HostState

MAX_PAUSE: Final = 30.0
MAX_CRAWL_DELAY: Final = 300.0
MAX_BACKOFF: Final = 86_400.0
FORGIVEN_AFTER: Final = timedelta(minutes=30)

_FIRST_BACKOFF: Final = 60.0
_LATENCIES: Final = 3.0
_JITTER: Final = 0.25
_BACKOFF_JITTER: Final = 0.1
_MOST_DOUBLINGS: Final = 11
_OVERLOADED: Final = frozenset({429, 503})
_UNREACHABLE: Final = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT})
_NOT_ASKED: Final = frozenset(
    {FailureKind.BAD_URL, FailureKind.BLOCKED_ADDRESS, FailureKind.ROBOTS, FailureKind.HOST_WAITS}
)


def after(
    state: HostState,
    result: FetchResult,
    now: datetime,
    *,
    delay: float,
    crawl_delay: float | None,
    slow: bool,
    jitter: float,
) -> HostState:
    """Return what to remember of a host after *result* came at *now*; `not_before` says when it may be asked again.

    *delay* and *crawl_delay* are in seconds; *slow* keeps the slowest pace (no contact is configured); *jitter*, from
    -1 to 1, spreads the pause by a quarter, though never under *delay* or *crawl_delay*.
    """
    if isinstance(result, Failure) and result.kind in _NOT_ASKED and not result.elapsed:
        return state
    pause = _pause(result.elapsed, delay=delay, crawl_delay=crawl_delay, slow=slow, jitter=jitter)
    failures = 0 if _forgiven(state, now) else state.failures
    wants_rest = isinstance(result, Failure) and (result.kind in _UNREACHABLE or result.status in _OVERLOADED)
    if not wants_rest:
        ahead = now + timedelta(seconds=pause)
        return replace(
            state,
            not_before=ahead,
            failures=failures,
            last_failure_at=state.last_failure_at if failures else None,
            latency=result.elapsed,
        )
    assert isinstance(result, Failure)
    rest = max(_rest(result, failures, jitter), pause)
    return replace(
        state,
        not_before=now + timedelta(seconds=rest),
        failures=failures + 1,
        last_failure_at=now,
        latency=result.elapsed,
    )


def _pause(latency: float, *, delay: float, crawl_delay: float | None, slow: bool, jitter: float) -> float:
    asked = min(crawl_delay or 0.0, MAX_CRAWL_DELAY)
    floor = max(delay, asked, MAX_PAUSE if slow else 0.0)
    base = max(floor, min(_LATENCIES * latency, MAX_PAUSE))
    return max(floor, base * (1 + _JITTER * jitter))


def _rest(result: Failure, failures: int, jitter: float) -> float:
    backoff = _backoff(failures)
    if result.retry_after is not None:
        # The host's own word counts; one that names a second over and over and still refuses is not taken at it.
        named = min(result.retry_after, MAX_BACKOFF)
        return max(named, _backoff(failures - 1)) if failures else named
    return min(backoff * (1 + _BACKOFF_JITTER * jitter), MAX_BACKOFF)


def _backoff(failures: int) -> float:
    return min(_FIRST_BACKOFF * 2.0 ** min(failures, _MOST_DOUBLINGS), MAX_BACKOFF)


def _forgiven(state: HostState, now: datetime) -> bool:
    """Say whether thirty minutes have passed since the pause of the last failure was over."""
    if not state.failures or state.last_failure_at is None:
        return True
    served = state.last_failure_at + timedelta(seconds=_backoff(state.failures - 1))
    return now - served >= FORGIVEN_AFTER
