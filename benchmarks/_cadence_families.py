"""Policies of when to check an article again, for `_cadence_replay`: ours, and those it is compared with.

A policy takes an article and returns a step: from its age in hours since the first check, and whether the check at
that age found a change, to the age at the next check, or None to stop. A family makes policies of one parameter; more
of it means fewer checks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from _cadence_likelihood import next_check

from tracker.durations import HOUR
from tracker.jobs.cadence import CEILING, FLOOR
from tracker.jobs.curve import SHIPPED, Curve
from tracker.model.watch import WatchedArticle

MIN_WAIT_HOURS: Final = FLOOR / HOUR
MAX_WAIT_HOURS: Final = CEILING / HOUR


@dataclass(frozen=True, slots=True)
class History:
    """An article as its timeline shows it: first checked at `first`, watched for `last` hours, changed at `updates`."""

    article: str
    source: str
    published: datetime
    first: datetime
    last: float
    updates: tuple[float, ...]


Step: TypeAlias = Callable[[float, bool], float | None]
Policy: TypeAlias = Callable[[History], Step]
Family: TypeAlias = Callable[[float], Policy]

_UNTIL: Final = timedelta(days=30)  # the default of `until`
# The intervals of newsdiffs: (hours since the last change, interval in hours while it is less).
_LADDER: Final = ((3.0, 0.25), (24.0, 1.0), (168.0, 3.0), (720.0, 72.0), (math.inf, 720.0))
_FIRST_WAIT_HOURS: Final = 1 / 6
_LEAST_SHARE_HOURS: Final = 5 / 60


def equal_loss(curve: Curve = SHIPPED) -> Family:
    """Return this project's own policy under `curve`; the knob is the threshold."""

    def family(threshold: float) -> Policy:
        priced = replace(curve, threshold=threshold)
        return lambda article: _own_step(article, priced)

    return family


def fixed(hours: float) -> Policy:
    """Return the policy that checks at fixed intervals; the knob is the interval in hours."""
    return lambda _article: lambda age, _changed: age + max(hours, MIN_WAIT_HOURS)


def ladder(scale: float) -> Policy:
    """Return newsdiffs' policy with every interval `scale` times as long; 1 is as published."""

    def start(_article: History) -> Step:
        since = 0.0

        def step(age: float, changed: bool) -> float:  # noqa: FBT001 - the seam's shape
            nonlocal since
            since = age if changed else since
            wait = next(wait for below, wait in _LADDER if age - since < below)
            return age + max(wait * scale, MIN_WAIT_HOURS)

        return step

    return start


def doubling(first: float) -> Policy:
    """Return exponential backoff: `first` hours, and twice as long after every check without a change."""
    return _backoff(max(first, MIN_WAIT_HOURS), 2.0)


def backoff(growth: float) -> Policy:
    """Return exponential backoff from ten minutes on, `growth` longer (0.5: half as long again) after a quiet check."""
    return _backoff(_FIRST_WAIT_HOURS, 1 + growth)


def share_of_age(share: float) -> Policy:
    """Return diffengine's rule: wait a share of the age since the first check, at least five minutes."""
    return lambda _article: lambda age, _changed: age + max(age * share, _LEAST_SHARE_HOURS)


FAMILIES: Final = {
    "fixed interval": (fixed, 24.0),
    "newsdiffs ladder, scaled": (ladder, 16.0),
    "exponential backoff, x2": (doubling, 24.0),
    "exponential backoff, factor tuned": (backoff, 8.0),
    "share of age": (share_of_age, 2.0),
}
"""The families that ours is compared with, by name, each with the knob of its fewest checks."""


def _backoff(first: float, factor: float) -> Policy:
    def start(_article: History) -> Step:
        wait = first / factor

        def step(age: float, changed: bool) -> float:  # noqa: FBT001 - the seam's shape
            nonlocal wait
            wait = first if changed else min(wait * factor, MAX_WAIT_HOURS)
            return age + wait

        return step

    return start


def _own_step(article: History, curve: Curve) -> Step:
    tracked = WatchedArticle(
        id=article.article,
        source=article.source,
        url="",
        host="",
        first_seen_at=article.first,
        published_at=article.published,
        versions=1,
        checks=1,
    )

    def step(age: float, changed: bool) -> float | None:  # noqa: FBT001 - the seam's shape
        nonlocal tracked
        now = article.first + age * HOUR
        due = next_check(tracked, now, changed=changed, every=None, until=_UNTIL, curve=curve)
        if age > 0:
            last_change = now if changed else tracked.last_change_at
            versions, checks = tracked.versions + changed, tracked.checks + 1
            tracked = replace(tracked, checks=checks, versions=versions, last_change_at=last_change, last_check_at=now)
        return None if due is None else (due - article.first) / HOUR

    return step
