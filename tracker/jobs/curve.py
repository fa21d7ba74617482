"""What is believed about updates: how many are to be expected of an article in the hours after a look at it.

The hazard is an age curve that decays like aftershocks (Lomax), times what the source does, times what the article
itself has shown (Gamma posterior), plus a burst after each change. A hub that names the article's last update takes the
updates it would have told of out of the hazard. Hours everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence  # noqa: TC003 - the codec reads the annotations
from dataclasses import dataclass, field, replace
from typing import Final

LIFE: Final = 720.0
_STEPS: Final = 60
_NEAR: Final = 1e-3
_TINY: Final = 1e-12
# Looks at touches that are right once in seven bring as many versions as the first six looks of an article do, so that
# no budget is too small for them.
_WORTH: Final = 0.15


@dataclass(frozen=True, slots=True)
class Outlook:
    """One article as it stands right after a look: everything the next look depends on.

    *age* counts from publication, *watched_from* is the age at the first look, *updates* how many were found since,
    *since_change* how long ago the last one was found. *factor* says how much more than others its source updates.
    For the next *listed* hours a hub will tell of the share *recall* of its updates. *clock* is the hour of the day in
    UTC, *hours* how much more than at others the source updates in each of the 24.
    """

    age: float
    watched_from: float = 0.0
    updates: int = 0
    since_change: float | None = None
    factor: float = 1.0
    recall: float = 0.0
    listed: float = 0.0
    clock: float = 0.0
    hours: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """Constants of the hazard, and how much is made of it.

    *threshold* is the cost at which to look again; cost is expected unseen updates plus *delay_weight* for every hour
    that one of them is expected to have been waiting. *sources* holds how much more than others each source updates,
    *hours* how much more than at others it does so in each of the 24 hours of a day (UTC).
    The defaults were fitted on simulated check logs; the threshold spends about 25 requests on an article in 30 days.
    """

    alpha: float = 0.44
    scale: float = 1.3
    mean_updates: float = 0.87
    shape: float = 0.66
    burst: float = 0.25
    burst_decay: float = 0.56
    delay_weight: float = 0.02
    threshold: float = 0.044
    sources: Mapping[str, float] = field(default_factory=dict)
    hours: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def factor(self, source: str) -> float:
        """Return how much more than others *source* updates; 1 where nothing is known."""
        return self.sources.get(source, 1.0)

    def seen_by(self, age: float) -> float:
        """Return the share of an article's updates in 30 days that fall before *age*."""
        whole = 1 - (1 + LIFE / self.scale) ** -self.alpha
        return float((1 - (1 + max(age, 0.0) / self.scale) ** -self.alpha) / whole)

    def rate(self, outlook: Outlook) -> float:
        """Return how many updates the article is believed to have in 30 days, bursts apart."""
        mean = self.mean_updates * outlook.factor
        exposure = max(self.seen_by(outlook.age) - self.seen_by(outlook.watched_from), 0.0)
        return mean * (self.shape + outlook.updates) / (self.shape + mean * exposure)

    def expected(self, outlook: Outlook, wait: float) -> float:
        """Return the expected number of updates in the next *wait* hours that no hub tells of."""
        return _Hazard(self, outlook).unseen(wait)

    def cost(self, outlook: Outlook, wait: float) -> float:
        """Return what not looking for *wait* hours costs, in updates."""
        return _Hazard(self, outlook).cost(wait)

    def wait(self, outlook: Outlook, shortest: float, longest: float, *, pending: float = 0.0) -> float:
        """Return the hours after which the cost reaches the threshold, within the two bounds.

        Hours in which the source hardly updates hardly count. *pending* is how likely it is that a hub told of an
        update rightly: it takes away its part of the threshold, and all of it where it is worth a look by itself.
        """
        spent = self.threshold * min(pending / min(self.threshold, _WORTH), 1.0)
        even = self._solve(outlook, shortest, longest, spent)
        if not outlook.hours:
            return even
        return min(max(stretched(even, outlook.clock, outlook.hours), shortest), longest)

    def _solve(self, outlook: Outlook, shortest: float, longest: float, spent: float) -> float:
        hazard, target = _Hazard(self, outlook), self.threshold - spent
        below, above = hazard.cost(shortest), hazard.cost(longest)
        if below >= target:
            return shortest
        if above <= target:
            return longest
        low, high = math.log(shortest), math.log(longest)
        under, over = math.log(max(below, _TINY) / target), math.log(above / target)
        for _ in range(_STEPS):
            middle = (low * over - high * under) / (over - under)
            miss = math.log(max(hazard.cost(math.exp(middle)), _TINY) / target)
            if abs(miss) < _NEAR:
                break
            # Cost is nearly a power of the wait, so a line in logarithms lands close; the end that stays is halved
            # (Illinois), lest it hold the line back.
            if miss < 0:
                low, under, over = middle, miss, over / 2
            else:
                high, over, under = middle, miss, under / 2
        return math.exp(middle)


class _Hazard:
    """The hazard of one article from one moment on, with what does not depend on the wait worked out once."""

    __slots__ = (
        "_alpha",
        "_burst",
        "_decay",
        "_heard",
        "_listed",
        "_power",
        "_recall",
        "_rise",
        "_scale",
        "_start",
        "_weight",
    )

    def __init__(self, curve: Curve, outlook: Outlook) -> None:
        self._alpha, self._scale, self._decay = curve.alpha, curve.scale, curve.burst_decay
        whole = 1 - (1 + LIFE / curve.scale) ** -curve.alpha
        self._rise = curve.rate(outlook) / whole
        self._start = 1 + max(outlook.age, 0.0) / curve.scale
        self._power = self._start**-curve.alpha
        since = outlook.since_change
        self._burst = 0.0 if since is None else curve.burst * curve.burst_decay * math.exp(-since / curve.burst_decay)
        self._weight = curve.delay_weight
        self._recall, self._listed = outlook.recall, max(outlook.listed, 0.0)
        self._heard = self._sums(self._listed) if self._recall and self._listed else (0.0, 0.0)

    def unseen(self, wait: float) -> float:
        return self._unheard(wait)[0]

    def cost(self, wait: float) -> float:
        updates, hours = self._unheard(wait)
        return updates + self._weight * hours

    def _unheard(self, wait: float) -> tuple[float, float]:
        updates, hours = self._sums(wait)
        if not self._recall:
            return updates, hours
        left = 1 - self._recall
        if wait <= self._listed:
            return left * updates, left * hours
        heard, heard_hours = self._heard
        gone = self._recall * (heard_hours + heard * (wait - self._listed))
        return updates - self._recall * heard, hours - gone

    def _sums(self, wait: float) -> tuple[float, float]:
        """Return the expected updates in *wait* hours, and the hours they are expected to have waited by its end."""
        end = self._start + wait / self._scale
        fall = end**-self._alpha
        own = self._power - fall
        area = self._scale / (1 - self._alpha) * (end * fall - self._start * self._power)
        updates, hours = self._rise * own, self._rise * (wait * self._power - area)
        if self._burst:
            faded = 1 - math.exp(-wait / self._decay)
            updates += self._burst * faded
            hours += self._burst * (wait - self._decay * faded)
        return max(updates, 0.0), max(hours, 0.0)


SHIPPED: Final = Curve()


def stretched(wait: float, clock: float, hours: Sequence[float]) -> float:
    """Return how long it takes from *clock* on until as much happened as in *wait* hours of an even day.

    *hours* are 24 factors whose mean is 1, all above 0.
    """
    days, left = divmod(wait, 24.0)
    at, passed = clock % 24, 24.0 * days
    while left > 0:
        hour = int(at) % 24
        room = int(at) + 1 - at
        if left <= room * hours[hour]:
            return passed + left / hours[hour]
        left -= room * hours[hour]
        passed, at = passed + room, int(at) + 1.0
    return passed


def replaced(curve: Curve, threshold: float) -> Curve:
    """Return *curve* with another threshold."""
    return replace(curve, threshold=threshold)
