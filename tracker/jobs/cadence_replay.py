"""Replay check policies against an archive's check log: the versions each would have found, and its requests.

Each update is known to lie between two checks and is assumed to have happened halfway. Versions that nobody saw are
not in the log, so all policies look better than they are, and none can look better than the log.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from tracker.model.check import CheckOutcome, Tracked

from .cadence import FLOOR, next_check
from .curve import SHIPPED

if TYPE_CHECKING:
    from tracker.model.check import Check

    from .curve import Curve

# Takes the article right before a check, the time, and whether the check found a change; returns the next check.
Policy: TypeAlias = Callable[[Tracked, datetime, bool], datetime | None]
_HOUR: Final = timedelta(hours=1)
# The intervals of newsdiffs: (hours since the last change, interval in hours while it is less).
_LADDER: Final = ((3.0, 0.25), (24.0, 1.0), (168.0, 3.0), (720.0, 72.0), (math.inf, 720.0))
_HALVINGS: Final = 20


@dataclass(frozen=True, slots=True)
class History:
    """An article as its log shows it: seen from *first* to *last*, with *updates* in order."""

    article: str
    source: str
    published: datetime
    first: datetime
    last: datetime
    updates: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a policy: checks after the first, versions found of those possible, median delay of updates."""

    policy: str
    requests: int
    captured: int
    updates: int
    median_delay: timedelta | None


def history(tracked: Tracked, checks: Iterable[Check]) -> History | None:
    """Return the update history of an article from its check log; None if it was not seen at least twice."""
    seen = sorted((check for check in checks if check.outcome.saw_page), key=lambda check: check.at)
    if len(seen) < 2:
        return None
    updates = tuple(
        halfway(before.at, check.at) for before, check in pairwise(seen) if check.outcome is CheckOutcome.CHANGED
    )
    first, last = seen[0].at, seen[-1].at
    published = min(tracked.published_at or first, first)
    return History(tracked.id, tracked.source, published, first, last, updates)


def halfway(before: datetime, after: datetime) -> datetime:
    """Return the time at which an update between two checks is assumed to have happened."""
    return before + (after - before) / 2


def compare(histories: Sequence[History], *, until: timedelta, curve: Curve = SHIPPED) -> tuple[Replayed, ...]:
    """Replay the current policy, fixed intervals and newsdiffs' intervals, all at the same number of requests."""
    ours = replay("equal loss", histories, equal_loss(curve, until))
    return (
        ours,
        _at(ours.requests, "fixed interval", histories, lambda scale: fixed(scale * _HOUR, until)),
        _at(ours.requests, "newsdiffs ladder", histories, lambda scale: ladder(scale, until)),
    )


def replay(name: str, histories: Sequence[History], policy: Policy) -> Replayed:
    """Replay *policy* on *histories*; each article is watched until the end of its log."""
    requests, captured, updates = 0, 0, 0
    delays: list[float] = []
    for history in histories:
        looks = _watch(history, policy)
        requests += len(looks)
        updates += len(history.updates)
        for number, update in enumerate(history.updates):
            at = bisect_right(looks, update)
            following = history.updates[number + 1] if number + 1 < len(history.updates) else None
            delays.append((looks[at] - update) / _HOUR if at < len(looks) else math.inf)
            captured += at < len(looks) and (following is None or looks[at] < following)
    middle = sorted(delays)[len(delays) // 2] if delays else math.inf
    return Replayed(name, requests, captured, updates, middle * _HOUR if math.isfinite(middle) else None)


def equal_loss(curve: Curve, until: timedelta) -> Policy:
    """Return the current policy."""

    def policy(tracked: Tracked, now: datetime, changed: bool) -> datetime | None:  # noqa: FBT001 - the seam's shape
        return next_check(tracked, now, changed=changed, every=None, until=until, curve=curve)

    return policy


def fixed(every: timedelta, until: timedelta) -> Policy:
    """Return the policy that checks at fixed intervals."""
    return lambda tracked, now, changed: next_check(tracked, now, changed=changed, every=max(every, FLOOR), until=until)


def ladder(scale: float, until: timedelta) -> Policy:
    """Return newsdiffs' policy with every interval *scale* times as long."""

    def policy(tracked: Tracked, now: datetime, changed: bool) -> datetime | None:  # noqa: FBT001 - the seam's shape
        quiet = timedelta(0) if changed else now - (tracked.last_change_at or tracked.first_seen_at)
        wait = next(wait for below, wait in _LADDER if quiet / _HOUR < below)
        return None if quiet >= until else now + max(wait * scale * _HOUR, FLOOR)

    return policy


def _at(requests: int, name: str, histories: Sequence[History], make: Callable[[float], Policy]) -> Replayed:
    """Return the replay at the scale that makes about as many *requests*, and never more."""
    low, high = 1e-2, 1e4
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        if sum(len(_watch(history, make(middle))) for history in histories) > requests:
            low = middle
        else:
            high = middle
    return replay(name, histories, make(high))


def _watch(history: History, policy: Policy) -> list[datetime]:
    tracked = Tracked(
        id=history.article,
        source=history.source,
        url="",
        host="",
        first_seen_at=history.first,
        published_at=history.published,
        versions=1,
        checks=1,
    )
    looks: list[datetime] = []
    due, seen = policy(tracked, history.first, False), bisect_right(history.updates, history.first)
    while due is not None and due <= history.last:
        now, published = due, bisect_right(history.updates, due)
        looks.append(now)
        changed = published > seen
        due = policy(tracked, now, changed)
        tracked = replace(
            tracked,
            checks=tracked.checks + 1,
            versions=tracked.versions + changed,
            last_change_at=now if changed else tracked.last_change_at,
        )
        seen = published
    return looks
