"""When to look at an article again: equal expected loss.

Looking whenever the integral of an article's update hazard since the last look reaches one threshold captures the most
versions for a number of requests, whatever the hazards are. Hours that an update is expected to have been waiting are
added to that integral, so that late corrections are not given up for busy first hours. The threshold is the price of a
request: the controller moves it until the budget is kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from .cadence_signals import NO_SIGNAL
from .curve import SHIPPED, Outlook

if TYPE_CHECKING:
    from tracker.model import Tracked

    from .cadence_signals import Signal
    from .curve import Curve

FLOOR: Final = timedelta(minutes=2)
CEILING: Final = timedelta(days=30)
JITTER: Final = 0.1
_RETRY: Final = timedelta(minutes=10)
_REFUSED: Final = timedelta(minutes=45)
_DAILY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SHORTEST: Final = FLOOR / _HOUR
_LONGEST: Final = CEILING / _HOUR


def wait_hours(outlook: Outlook, curve: Curve = SHIPPED, *, jitter: float = 0.0, pending: float = 0.0) -> float:
    """Return how many hours after a look the next one is due, from floor to ceiling; *jitter* is in [-1, 1].

    *pending* is how many updates a hub has told of since that look, weighed by how often it is right.
    """
    return curve.wait(outlook, _SHORTEST, _LONGEST, pending=pending) * (1 + JITTER * jitter)


def next_check(
    tracked: Tracked,
    now: datetime,
    *,
    changed: bool,
    every: timedelta | None,
    until: timedelta,
    curve: Curve = SHIPPED,
    signal: Signal = NO_SIGNAL,
) -> datetime | None:
    """Return when to look at an article again after a check that worked; None where it has been watched long enough.

    *every* fixes the interval; *until* is how long after its last change an article stays under watch. *signal* is what
    its hub tells. An article of which nobody says when it was published is taken to be as old as its first sight.
    """
    last_change = now if changed else tracked.last_change_at
    quiet_since = max(tracked.first_seen_at, last_change or tracked.first_seen_at)
    if now - quiet_since >= until:
        return None
    if every is not None:
        return now + every
    outlook = outlook_of(tracked, now, changed=changed, curve=curve, signal=signal)
    return now + _HOUR * wait_hours(outlook, curve, jitter=spread(tracked.id, tracked.checks))


def pulled_forward(
    tracked: Tracked,
    now: datetime,
    *,
    signal: Signal,
    every: timedelta | None = None,
    curve: Curve = SHIPPED,
) -> datetime | None:
    """Return when to look now that a hub told of an update: never later than planned, never before the floor.

    A hub that is right often enough has the article looked at at once; one that often is wrong only moves it nearer.
    A fixed interval (*every*) and an article no longer watched stay as they are.
    """
    planned, last = tracked.next_check_at, tracked.last_check_at
    if planned is None or last is None or every is not None:
        return planned
    outlook = outlook_of(tracked, last, changed=False, curve=curve, signal=signal)
    due = last + _HOUR * wait_hours(outlook, curve, pending=signal.precision)
    return min(planned, max(due, now))


def retry(tracked: Tracked, now: datetime, *, failures: int, every: timedelta | None, refused: bool) -> datetime:
    """Return when to look again after *failures* checks in a row gave no page; *refused* ones wait longer.

    A wall for robots or readers often falls within the hour, and what is behind it may be edited the same day. What
    fails is tried again soon though it is looked at once a day (*every*): that day would be lost.
    """
    growth = 1 << min(failures - 1, 10)
    if every is not None:
        return now + (every * min(growth, 64) if refused else min(every * min(growth, 8), _RETRY * growth))
    wait = min((_REFUSED if refused else _RETRY) * growth, _DAILY)
    return now + wait * (1 + JITTER * spread(tracked.id, tracked.checks))


def outlook_of(
    tracked: Tracked,
    at: datetime,
    *,
    changed: bool,
    curve: Curve = SHIPPED,
    signal: Signal = NO_SIGNAL,
) -> Outlook:
    """Return what an article looks like right after the look at *at*, which may have *changed* it."""
    born = min(tracked.published_at or tracked.first_seen_at, tracked.first_seen_at)
    last_change = at if changed else tracked.last_change_at
    updates = max(tracked.versions - 1, 0) + (1 if changed and tracked.versions else 0)
    return Outlook(
        age=max((at - born) / _HOUR, 0.0),
        watched_from=(tracked.first_seen_at - born) / _HOUR,
        updates=updates,
        since_change=max((at - last_change) / _HOUR, 0.0) if last_change and updates else None,
        factor=curve.factor(tracked.source),
        recall=signal.recall,
        listed=signal.listed,
        clock=hour_of_day(at),
        hours=curve.hours.get(tracked.source, ()),
    )


def hour_of_day(at: datetime) -> float:
    """Return the hour of the day in UTC, minutes as fractions."""
    return at.timestamp() % 86400 / 3600


def spread(ident: str, count: int) -> float:
    """Return a number in [-1, 1] that differs from check to check and is the same in every replay."""
    digest = hashlib.sha256(f"{ident}:{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1
