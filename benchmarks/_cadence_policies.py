"""The policies that are compared. Each maker takes one knob, and more of it means fewer checks."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from _cadence_families import History, equal_loss
from _cadence_likelihood import CheckInterval, FittedCurve
from _cadence_world import ALPHA, BRANCHING, EXCITED, LIFE, LULL, SCALE, Piece, quiet_hour

from tracker.jobs.curve import Outlook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _cadence_crawl import Policy, Step
    from _cadence_families import Policy as Shared

FLOOR = 2 / 60
_BORN = datetime(2026, 1, 1, tzinfo=UTC)
_RAW_HOURS = [LULL if quiet_hour(hour) else 1.0 for hour in range(24)]
_TRUE_HOURS = [24 * value / sum(_RAW_HOURS) for value in _RAW_HOURS]


def of(policy: Shared) -> Policy:
    """Return a policy of the project's replay as one of this newsroom, where a step gives the hours to wait."""

    def start(piece: Piece) -> Step:
        born = _BORN + timedelta(hours=piece.born)
        first = born + timedelta(hours=piece.found)
        step = policy(History(f"{piece.born}", str(piece.source), born, first, LIFE, ()))

        def wait(age: float, found: int) -> float:
            due = step(age - piece.found, bool(found))
            return LIFE if due is None else due - (age - piece.found)

        return wait

    return start


def _adaptive(first: float, grow: float, shrink: float, low: float, high: float) -> Policy:
    def start(_piece: Piece) -> Step:
        wait, fresh = first, True

        def step(_age: float, found: int) -> float:
            nonlocal wait, fresh
            if not fresh:
                wait = min(max(wait * (shrink if found else grow), low), high)
            fresh = False
            return wait

        return step

    return start


def nutch(first: float) -> Policy:
    """AdaptiveFetchSchedule as documented: 0.4 up, 0.2 down, 1 minute to 365 days; the first interval is the knob."""
    return _adaptive(max(first, FLOOR), 1.4, 0.8, FLOOR, 8760.0)


def nutch_increment(increment: float) -> Policy:
    """The same from 5 minutes on, with the increment as the knob."""
    return _adaptive(5 / 60, 1 + increment, 0.8, 5 / 60, 8760.0)


def stormcrawler(first: float) -> Policy:
    """AdaptiveScheduler: half up or down, at most 14 days; the shortest interval is the knob (as shipped: 1 h)."""
    least = max(first, FLOOR)
    return _adaptive(least, 1.5, 0.5, least, 336.0)


def lambdacrawl(history: Sequence[CheckInterval]) -> Callable[[float], Policy]:
    """LambdaCrawl's freshness optimum on a rate held to be constant: the source's, then what the article shows."""
    rates, shape = _stationary(history)

    def make(price: float) -> Policy:
        def start(piece: Piece) -> Step:
            mean = rates[str(piece.source)]
            count = 0

            def step(age: float, found: int) -> float:
                nonlocal count
                count += found
                rate = (shape + count) / (shape / mean + age - piece.found)
                checks_per_hour = (-rate + math.sqrt(rate * rate + 4 * rate / price)) / 2
                return max(1 / checks_per_hour, FLOOR)

            return step

        return start

    return make


def _stationary(history: Sequence[CheckInterval]) -> tuple[Mapping[str, float], float]:
    hours: defaultdict[str, float] = defaultdict(float)
    changes: defaultdict[str, int] = defaultdict(int)
    per_article: defaultdict[tuple[str, str], int] = defaultdict(int)
    for interval in history:
        hours[interval.source] += interval.end - interval.start
        changes[interval.source] += interval.changed
        per_article[interval.source, interval.article] += interval.changed
    counts = list(per_article.values())
    mean = sum(counts) / len(counts)
    variance = sum((n - mean) ** 2 for n in counts) / len(counts)
    shape = mean * mean / max(variance - mean, 0.1 * mean)
    return {source: max(changes[source], 1) / hours[source] for source in hours}, shape


def oracle(threshold: float) -> Policy:
    """The same index under the world's own constants, its true night, and the article's own true rate."""

    def start(piece: Piece) -> Step:
        true = FittedCurve(
            alpha=ALPHA,
            scale=SCALE,
            mean_updates=piece.rate,
            shape=1e9,
            burst=BRANCHING / EXCITED,
            burst_decay=EXCITED,
            overwrite_rate=0.0,
            hours={str(piece.source): _TRUE_HOURS},
        )
        return of(equal_loss(true)(threshold))(piece)

    return start


@dataclass(slots=True)
class Watched:
    """What a crawler knows of one article, made into an outlook."""

    piece: Piece
    updates: int = 0
    changed_at: float | None = None

    def outlook(self, age: float, found: int) -> Outlook:
        if found:
            self.updates += 1
            self.changed_at = age
        since = None if self.changed_at is None else age - self.changed_at
        return Outlook(age, self.piece.found, self.updates, since)


def clairvoyant() -> Policy:
    """Checks when an update goes out, and at no other time."""

    def start(piece: Piece) -> Step:
        def step(age: float, _found: int) -> float:
            at = piece.stands(age)
            return piece.updates[at] - age if at < len(piece.updates) else LIFE

        return step

    return start
