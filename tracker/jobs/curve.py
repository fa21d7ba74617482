"""The update model: the expected number of updates to an article in the hours after a check.

The hazard is an age curve with a power-law decay (Lomax, as for aftershocks), multiplied by a factor for the article
(Gamma posterior of its updates so far), plus a burst after each change. Updates that the article's hub would report
are taken out. All times are in hours. See docs/explanation/cadence.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LIFE: Final = 720.0  # 30 days: how long an article is watched after its last change by default
_NEAR: Final = 5e-3  # of the wait: half a per cent is far below its jitter
_TINY: Final = 1e-12  # instead of 0 in quotients
# How much an overwritten version counts once no hub lists the article: most of the checks that it costs are saved, and
# a quiet article is still checked on its second day and in its first week, when corrections come. A judgement: no
# timeline that we know of goes further.
_UNLISTED_OVERWRITE: Final = 0.25
# Checks after hints of which one in seven is right find as many versions as the first six checks of an article, so they
# are made however small the budget is.
_WORTH: Final = 0.15


@dataclass(frozen=True, slots=True)
class Outlook:
    """The state of an article right after a check: everything its next check depends on. Times are in hours.

    Attributes:
        age: since publication.
        watched_from: the age at the first check.
        updates: how many were found since.
        since_change: the time since the last one was found; None if there was none.
        recall: the share of its updates that a hub will report.
        listed: for how long from now it will.
        unlisted: whether hubs listed it and none does any more.
    """

    age: float
    watched_from: float = 0.0
    updates: int = 0
    since_change: float | None = None
    recall: float = 0.0
    listed: float = 0.0
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The constants of the hazard, and the price of a request.

    `threshold` is the cost at which a check is due. Cost is the expected number of unseen updates, n, and more for the
    chance that an unseen version is overwritten first: the root of n² + 2 o d, where d is the sum of the hours that
    updates are expected to have waited, and o = `overwrite_rate` / (1 + wait / `overwrite_decay`) an hour. The
    defaults were chosen on the times when front-page texts changed; the threshold makes about 25 requests for an
    article in 30 days.
    """

    alpha: float = 1.62
    scale: float = 10.0
    mean_updates: float = 1.6
    shape: float = 0.8
    burst: float = 0.14
    burst_decay: float = 3.8
    overwrite_rate: float = 0.25
    overwrite_decay: float = 3.0
    threshold: float = 0.115

    @property
    def whole(self) -> float:
        """The part of the age curve that lies within 30 days; its tail goes on for ever."""
        return float(1 - (1 + LIFE / self.scale) ** -self.alpha)

    def seen_by(self, age: float) -> float:
        """Return the share of an article's updates in 30 days that fall before `age`."""
        return float((1 - (1 + max(age, 0.0) / self.scale) ** -self.alpha) / self.whole)

    def rate(self, outlook: Outlook) -> float:
        """Return the expected number of updates in the article's 30 days, without bursts."""
        exposure = max(self.seen_by(outlook.age) - self.seen_by(outlook.watched_from), 0.0)
        return self.mean_updates * (self.shape + outlook.updates) / (self.shape + self.mean_updates * exposure)

    def cost(self, outlook: Outlook, wait: float) -> float:
        """Return the cost, in updates, of not checking for `wait` hours."""
        return _Hazard(self, outlook).cost(wait)

    def wait(self, outlook: Outlook, shortest: float, longest: float, *, pending: float = 0.0) -> float:
        """Return the hours until the cost reaches the threshold, between `shortest` and `longest`.

        `pending` is the probability that a hub correctly reported an update; it lowers the threshold in proportion, and
        to zero if it justifies a check by itself.
        """
        spent = self.threshold * min(pending / min(self.threshold, _WORTH), 1.0)
        hazard, target = _Hazard(self, outlook), self.threshold - spent
        if hazard.cost(shortest) >= target:
            return shortest
        if hazard.cost(longest) <= target:
            return longest
        low, high = math.log(shortest), math.log(longest)
        while high - low > _NEAR:
            at = (low + high) / 2
            low, high = (at, high) if hazard.cost(math.exp(at)) < target else (low, at)
        return math.exp((low + high) / 2)


class _Hazard:
    """The hazard of one article from one moment on; terms that do not depend on the wait are computed once."""

    def __init__(self, curve: Curve, outlook: Outlook) -> None:
        self._alpha, self._scale, self._decay = curve.alpha, curve.scale, curve.burst_decay
        self._rise = curve.rate(outlook) / curve.whole
        self._start = 1 + max(outlook.age, 0.0) / curve.scale
        self._power = self._start**-curve.alpha
        since = outlook.since_change
        self._burst = 0.0 if since is None else curve.burst * curve.burst_decay * math.exp(-since / curve.burst_decay)
        self._overwrite = curve.overwrite_rate * (_UNLISTED_OVERWRITE if outlook.unlisted else 1.0)
        self._saturation = curve.overwrite_decay
        self._recall, self._listed = outlook.recall, max(outlook.listed, 0.0)
        self._reported = self._sums(self._listed) if self._recall and self._listed else (0.0, 0.0)

    def cost(self, wait: float) -> float:
        expected, hours = self._sums(wait)
        updates, overwrite = expected, self._overwrite / (1 + wait / self._saturation)
        if self._recall:  # Updates that a hub reports are taken out of the cost as a whole.
            if wait <= self._listed:
                updates, hours = (1 - self._recall) * expected, (1 - self._recall) * hours
            else:
                reported, reported_hours = self._reported
                updates -= self._recall * reported
                hours -= self._recall * (reported_hours + reported * (wait - self._listed))
            overwrite *= updates / max(expected, _TINY)
        return math.sqrt(updates * updates + 2 * hours * overwrite)

    def _sums(self, wait: float) -> tuple[float, float]:
        """Return the expected updates in `wait` hours, and the hours they are expected to have waited by its end."""
        end = self._start + wait / self._scale
        fall = end**-self._alpha
        own = self._power - fall
        # The integral of the power law, in a form that holds at α = 1 too.
        ratio = math.log(end / self._start)
        bend = (1 - self._alpha) * ratio
        area = self._scale * self._start * self._power * ratio * (math.expm1(bend) / bend if bend else 1.0)
        updates, hours = self._rise * own, self._rise * (wait * self._power - area)
        if self._burst:
            faded = 1 - math.exp(-wait / self._decay)
            updates += self._burst * faded
            hours += self._burst * (wait - self._decay * faded)
        return max(updates, 0.0), max(hours, 0.0)


SHIPPED: Final = Curve()
