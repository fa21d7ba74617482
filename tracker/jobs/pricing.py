"""Price requests: the expected requests an hour of everything under watch, and thresholds that meet the budgets.

Pure: `Pricing` takes the schedule, a survey of the archive and the configuration, and returns a new schedule. The
threshold is the price of a request. Expected requests are computed at a few thresholds; between them demand is
interpolated linearly in logarithms. Each step is small, so that a wave of new articles does not make the price
oscillate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tracker.durations import HOUR

from .cadence import Schedule, outlook_of, wait_hours
from .curve import SHIPPED, Outlook

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig
    from tracker.model.check import Tracked
    from tracker.model.watch_state import Survey

MIN_THRESHOLD: Final = 0.001
MAX_THRESHOLD: Final = 10.0
MAX_STEP_FACTOR: Final = 1.5
ARTICLE_SHARE: Final = 0.8
"""The share of the requests that politeness allows a host which articles may use; its lists have the rest."""
_DAY_HOURS: Final = 24.0
_LEAST_SHARE: Final = 0.1
"""The share of a budget reserved for articles, however many requests hubs and new articles need."""
MIN_PRICED_REQUESTS: Final = 60.0
"""Requests an hour above which a host's politeness limit is taken into account."""
MAX_PRICED_HOSTS: Final = 50  # those with the most requests; each costs a read of the archive


@dataclass(frozen=True)
class Pricing:
    """What is under watch, and the schedule and configuration by which it is checked."""

    schedule: Schedule
    survey: Survey
    config: Config
    now: datetime

    def repriced(self, delays: Mapping[str, float], *, delay: float) -> Schedule:
        """Return thresholds that are one step nearer to the budgets, and high enough for every host's pace.

        `delays` are the seconds between two requests to hosts that ask for more than `delay`. Without a budget the
        shipped threshold serves.
        """
        by_source = self._outlooks_by(lambda tracked: tracked.source)
        own = self._source_thresholds(by_source)
        common = self._common_threshold(by_source, own)
        hosts = self._host_thresholds(common, delays, delay)
        return replace(self.schedule, threshold=common, sources=own, hosts=hosts)

    def busy_hosts(self) -> list[str]:
        """Return the hosts that need the most requests, if their politeness limit is to be taken into account."""
        requests: defaultdict[str, float] = defaultdict(float)
        for tracked, outlook in self._outlooks:
            requests[tracked.host] += self._scale / wait_hours(outlook, self.schedule.curve(tracked))
        busy = (host for host, often in requests.items() if often > MIN_PRICED_REQUESTS)
        return sorted(busy, key=lambda host: -requests[host])[:MAX_PRICED_HOSTS]

    def _source_thresholds(self, by_source: Mapping[str, Sequence[Outlook]]) -> dict[str, float]:
        """Return the thresholds of the sources that have a budget of their own."""
        found = {}
        for source in self.config.sources:
            if source.budget is not None:
                threshold = self.schedule.sources.get(source.name, self.schedule.threshold)
                room = max(source.budget - _list_requests(source), source.budget * _LEAST_SHARE)
                found[source.name] = steer(threshold, self._demand(by_source.get(source.name, ()), threshold), room)
        return found

    def _common_threshold(self, by_source: Mapping[str, Sequence[Outlook]], own: Mapping[str, float]) -> float:
        """Return the threshold of all sources but those with one of their `own`."""
        budget = self.config.service.budget
        if budget is None:
            return SHIPPED.threshold
        taken = self._list_requests + self._fixed_requests + self.survey.fresh / _DAY_HOURS
        for name, threshold in own.items():
            curve = replace(SHIPPED, threshold=threshold)
            taken += sum(1 / wait_hours(each, curve) for each in by_source.get(name, ())) * self._scale
        others = [each for name, some in by_source.items() if name not in own for each in some]
        threshold = self.schedule.threshold
        return steer(threshold, self._demand(others, threshold), max(budget - taken, budget * _LEAST_SHARE))

    def _host_thresholds(self, common: float, delays: Mapping[str, float], delay: float) -> dict[str, float]:
        """Return the thresholds of the hosts that need a higher one than `common`."""
        found = {}
        for host, outlooks in self._outlooks_by(lambda tracked: tracked.host).items():
            # Demand is greatest at the lowest threshold of the ladder, and hardly a host has enough of it.
            [(_, most)] = demand(outlooks, ladder(common)[:1])
            if self._scale * most <= MIN_PRICED_REQUESTS:
                continue
            threshold = for_host(common, self._demand(outlooks, common), delays.get(host, delay))
            if threshold > common:
                found[host] = threshold
        return found

    def _demand(self, outlooks: Sequence[Outlook], threshold: float) -> tuple[tuple[float, float], ...]:
        """Return the demand of all the articles that `outlooks` represent, at thresholds around `threshold`."""
        sampled = demand(outlooks, ladder(threshold))
        return tuple((each, self._scale * requests) for each, requests in sampled)

    def _outlooks_by(self, key: Callable[[Tracked], str]) -> dict[str, list[Outlook]]:
        found: defaultdict[str, list[Outlook]] = defaultdict(list)
        for tracked, outlook in self._outlooks:
            found[key(tracked)].append(outlook)
        return found

    @cached_property
    def _outlooks(self) -> list[tuple[Tracked, Outlook]]:
        """The articles of the sample that the model schedules, each with its outlook."""
        found = []
        for tracked in self.survey.sample:
            if tracked.source not in self._fixed_rates:
                at = tracked.last_check_at or self.now
                signal = self.schedule.signal(tracked, at)
                found.append((tracked, outlook_of(tracked, at, changed=False, signal=signal)))
        return found

    @cached_property
    def _fixed_rates(self) -> dict[str, float]:
        """The requests an hour for an article of each source that has a fixed interval."""
        return {source.name: HOUR / source.every for source in self.config.sources if source.every is not None}

    @property
    def _list_requests(self) -> float:
        return sum(map(_list_requests, self.config.sources))

    @property
    def _fixed_requests(self) -> float:
        return self._scale * sum(self._fixed_rates.get(tracked.source, 0.0) for tracked in self.survey.sample)

    @property
    def _scale(self) -> float:
        """How many articles each one in the sample represents."""
        return self.survey.articles / len(self.survey.sample) if self.survey.sample else 0.0


def _list_requests(source: SourceConfig) -> float:
    if source.paused:
        return 0.0
    return (len(source.feeds) + len(source.sitemaps) + len(source.pages)) * (HOUR / source.poll)


def ladder(threshold: float) -> tuple[float, ...]:
    """Return thresholds around `threshold` to compute demand at, in ascending order."""
    return tuple(bounded(threshold * 2.0**power) for power in (-2, -1, 0, 1, 2))


def demand(outlooks: Iterable[Outlook], thresholds: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Return each of the `thresholds` with the requests an hour that the articles are expected to need at it."""
    curves = [replace(SHIPPED, threshold=threshold) for threshold in thresholds]
    totals = [0.0] * len(curves)
    for outlook in outlooks:
        for at, each in enumerate(curves):
            totals[at] += 1 / wait_hours(outlook, each)
    return tuple(zip(thresholds, totals, strict=True))


def steer(threshold: float, expected: Sequence[tuple[float, float]], budget: float) -> float:
    """Return the next threshold, one step towards where `expected` meets `budget`, both in requests an hour.

    `expected` are pairs of threshold and requests. Moves by at most `MAX_STEP_FACTOR`; unchanged if nothing is under
    watch.
    """
    target = crossing(expected, budget)
    if target is None:
        return bounded(threshold)
    return bounded(min(max(target, threshold / MAX_STEP_FACTOR), threshold * MAX_STEP_FACTOR))


def for_host(common: float, expected: Sequence[tuple[float, float]], delay: float) -> float:
    """Return the threshold of one host: `common`, or higher if that would need more requests than politeness allows.

    `delay` is the seconds between two requests to the host; articles may use `ARTICLE_SHARE` of the resulting capacity.
    """
    if delay <= 0:
        return common
    target = crossing(expected, ARTICLE_SHARE * 3600 / delay)
    return common if target is None else max(common, target)


def crossing(expected: Sequence[tuple[float, float]], budget: float) -> float | None:
    """Return the threshold at which demand meets `budget`, extrapolated if necessary; None without demand."""
    known = sorted((threshold, requests) for threshold, requests in expected if threshold > 0 and requests > 0)
    if not known:
        return None
    if budget <= 0:
        return MAX_THRESHOLD
    # One point alone: half the price is taken to be twice the demand, as where the slope is not known.
    if len(known) == 1:
        return bounded(known[0][0] * known[0][1] / budget)
    for near, far in pairwise(known):
        if far[1] <= budget <= near[1]:
            return bounded(_along(near, _slope(near, far), budget))
    if budget > known[0][1]:
        return bounded(_along(known[0], _slope(known[0], known[1]), budget))
    return bounded(_along(known[-1], _slope(known[-2], known[-1]), budget))


def bounded(threshold: float) -> float:
    """Return `threshold` clamped to the valid thresholds."""
    return min(max(threshold, MIN_THRESHOLD), MAX_THRESHOLD)


def _slope(near: tuple[float, float], far: tuple[float, float]) -> float:
    """Return the slope of the threshold against demand between `near` and `far`, in logarithms."""
    run = math.log(far[0] / near[0])
    drop = math.log(near[1] / far[1])
    # If floor or ceiling make demand flat, the slope is unknown: assume that half the price is twice the demand.
    return run / drop if run > 0 and drop > 0.05 * run else 1.0


def _along(anchor: tuple[float, float], slope: float, budget: float) -> float:
    return anchor[0] * math.exp(min(max(slope * math.log(anchor[1] / budget), -20.0), 20.0))
