"""When to look at an article again: equal expected unseen updates.

Checking whenever the integral of an article's update hazard since the last check reaches one threshold captures the
most versions for a number of requests, whatever the hazards are. The hazard is an age curve that decays like
aftershocks (Lomax), scaled by what the article itself has shown (Gamma posterior), plus a burst after each change.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracker.model import Tracked

FLOOR: Final = timedelta(minutes=2)
CEILING: Final = timedelta(days=30)
JITTER: Final = 0.1
_RETRY: Final = timedelta(minutes=10)
_DAILY: Final = timedelta(days=1)
_HORIZON_HOURS: Final = 720.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Constants of the hazard, in hours; *threshold* is the expected unseen updates at which to look again.

    The defaults were fitted on 629,000 simulated checks of other articles; the threshold spends about 25 requests on an
    article in its 30 days.
    """

    alpha: float = 0.44
    scale: float = 1.3
    mean_updates: float = 0.87
    shape: float = 0.66
    burst: float = 0.25
    burst_decay: float = 0.56
    threshold: float = 0.042

    def seen_by(self, age: float) -> float:
        """Return the share of an article's updates that fall before *age*."""
        whole = 1 - (1 + _HORIZON_HOURS / self.scale) ** -self.alpha
        return (1 - (1 + max(age, 0.0) / self.scale) ** -self.alpha) / whole

    def expected(self, age: float, wait: float, since_change: float | None, updates: int) -> float:
        """Return the expected number of updates between *age* and *age* + *wait*."""
        rate = self.mean_updates * (self.shape + updates) / (self.shape + self.mean_updates * self.seen_by(age))
        total = rate * (self.seen_by(age + wait) - self.seen_by(age))
        if since_change is not None:
            start = math.exp(-since_change / self.burst_decay)
            total += self.burst * self.burst_decay * start * (1 - math.exp(-wait / self.burst_decay))
        return total


SHIPPED: Final = Curve()


def next_check(
    tracked: Tracked,
    now: datetime,
    *,
    changed: bool,
    every: timedelta | None,
    until: timedelta,
    curve: Curve = SHIPPED,
) -> datetime | None:
    """Return when to look at an article again after a check that worked; None where it has been watched long enough.

    *every* fixes the interval; *until* is how long after its last change an article stays under watch.
    """
    last_change = now if changed else tracked.last_change_at
    quiet_since = max(tracked.first_seen_at, last_change or tracked.first_seen_at)
    if now - quiet_since >= until:
        return None
    if every is not None:
        return now + every
    updates = max(tracked.versions - 1, 0) + (1 if changed and tracked.versions else 0)
    burst = (now - last_change) / timedelta(hours=1) if last_change and updates else None
    age = (now - tracked.first_seen_at) / timedelta(hours=1)
    wait = timedelta(hours=_solve(curve, age, burst, updates))
    wait = min(max(wait, FLOOR), CEILING)
    return now + wait * (1 + JITTER * _spread(tracked.id, tracked.checks))


def retry(tracked: Tracked, now: datetime, *, failures: int, every: timedelta | None, refused: bool) -> datetime:
    """Return when to look again after *failures* checks in a row gave no page; *refused* ones wait a day."""
    if every is not None and not refused:
        return now + every * min(2 ** (failures - 1), 8)
    wait = _DAILY if refused else min(_RETRY * 2 ** min(failures - 1, 10), _DAILY)
    return now + wait * (1 + JITTER * _spread(tracked.id, tracked.checks))


def _solve(curve: Curve, age: float, since_change: float | None, updates: int) -> float:
    low, high = 0.0, CEILING / timedelta(hours=1)
    if curve.expected(age, high, since_change, updates) <= curve.threshold:
        return high
    for _ in range(40):
        middle = (low + high) / 2
        if curve.expected(age, middle, since_change, updates) < curve.threshold:
            low = middle
        else:
            high = middle
    return high


def _spread(ident: str, count: int) -> float:
    """Return a number in [-1, 1] that differs from check to check and is the same in every replay."""
    digest = hashlib.sha256(f"{ident}:{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1
