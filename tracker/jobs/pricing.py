"""Price requests: the expected requests an hour of everything under watch, and thresholds that meet the budgets.

Pure: takes a survey of the archive, the configuration and the update model; returns a new model and a forecast. The
threshold is the price of a request. Expected requests are computed at a few thresholds; between them demand is
interpolated linearly in logarithms. Each step is small, so that a wave of new articles does not make the price
oscillate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .cadence import outlook_of, wait_hours
from .curve import SHIPPED, Curve, Outlook

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig
    from tracker.model.check import Tracked
    from tracker.model.status import Survey

    from .update_model import UpdateModel

    Key = Callable[[Tracked], str]

MIN_THRESHOLD: Final = 0.001
MAX_THRESHOLD: Final = 10.0
MAX_STEP_FACTOR: Final = 1.5
ARTICLE_SHARE: Final = 0.8
"""The share of the requests that politeness allows a host which articles may use; its lists have the rest."""
_HOUR: Final = timedelta(hours=1)
_DAY_HOURS: Final = 24.0
_LEAST_SHARE: Final = 0.1
"""The share of a budget reserved for articles, however many requests hubs and new articles need."""
MIN_PRICED_REQUESTS: Final = 60.0
"""Requests an hour above which a host's politeness limit is taken into account."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected requests an hour.

    Attributes:
        lists: for hubs.
        fixed: for articles at fixed intervals.
        fresh: for new articles.
        decided: for articles whose checks are scheduled by the update model.
        captures: the versions that these checks are expected to find in a day.
        hosts: their requests an hour, by host.
    """

    lists: float
    fixed: float
    fresh: float
    decided: float
    captures: float
    hosts: Mapping[str, float]

    @property
    def requests(self) -> float:
        """The total requests an hour."""
        return self.lists + self.fixed + self.fresh + self.decided


def repriced(
    model: UpdateModel, survey: Survey, config: Config, now: datetime, delays: Mapping[str, float], *, delay: float
) -> UpdateModel:
    """Return a model whose thresholds are one step nearer to the budgets, and high enough for every host's pace.

    `delays` are the seconds between two requests to hosts that ask for more than `delay`. Without a budget the shipped
    threshold serves.
    """
    decided, scale = _decided(survey, config), _scale(survey)
    by_source = _outlooks(decided, model, now, key=lambda tracked: tracked.source)
    prices = {}
    for source in config.sources:
        if source.budget is not None:
            x = model.sources.get(source.name, model.curve.threshold)
            room = max(source.budget - _lists(source), source.budget * _LEAST_SHARE)
            prices[source.name] = steer(x, _demand(by_source.get(source.name, ()), x, model, scale), room)
    common = SHIPPED.threshold
    if config.service.budget is not None:
        common = _common(model, survey, config, by_source, prices)
    hosts = _host_prices(model, decided, now, {**delays, "": delay}, scale, max(common, 0.0))
    return replace(model, curve=replace(model.curve, threshold=common), sources=prices, hosts=hosts)


def forecast(model: UpdateModel, survey: Survey, config: Config, now: datetime) -> Forecast:
    """Return the requests and finds to expect of what is under watch."""
    scale, found = _scale(survey), 0.0
    looks: defaultdict[str, float] = defaultdict(float)
    for tracked in _decided(survey, config):
        outlook, curve = _outlook(tracked, model, now), model.curve_for(tracked)
        wait = wait_hours(outlook, curve)
        looks[tracked.host] += 1 / wait
        found += (1 - math.exp(-curve.expected(outlook, wait))) / wait
    return Forecast(
        lists=sum(map(_lists, config.sources)),
        fixed=_fixed(survey, config),
        fresh=survey.fresh / _DAY_HOURS,
        decided=scale * sum(looks.values()),
        captures=scale * found * _DAY_HOURS,
        hosts={host: scale * each for host, each in sorted(looks.items(), key=lambda pair: -pair[1])},
    )


def _common(
    model: UpdateModel,
    survey: Survey,
    config: Config,
    by_source: Mapping[str, Sequence[Outlook]],
    prices: Mapping[str, float],
) -> float:
    assert config.service.budget is not None
    scale, budget = _scale(survey), config.service.budget
    taken = sum(map(_lists, config.sources)) + _fixed(survey, config) + survey.fresh / _DAY_HOURS
    for name, x in prices.items():
        priced = replace(model.curve, threshold=x)
        taken += sum(1 / wait_hours(each, priced) for each in by_source.get(name, ())) * scale
    others = [each for name, some in by_source.items() if name not in prices for each in some]
    x = model.curve.threshold
    return steer(x, _demand(others, x, model, scale), max(budget - taken, budget * _LEAST_SHARE))


def _host_prices(
    model: UpdateModel,
    decided: Sequence[Tracked],
    now: datetime,
    delays: Mapping[str, float],
    scale: float,
    x: float,
) -> dict[str, float]:
    found = {}
    for host, outlooks in _outlooks(decided, model, now, key=lambda tracked: tracked.host).items():
        # Demand is greatest at the lowest threshold of the ladder, and hardly a host has enough of it.
        [(_, most)] = demand(outlooks, ladder(x)[:1], model.curve)
        if scale * most <= MIN_PRICED_REQUESTS:
            continue
        price = for_host(x, _demand(outlooks, x, model, scale), delays.get(host, delays[""]))
        if price > x:
            found[host] = price
    return found


def _demand(outlooks: Sequence[Outlook], x: float, model: UpdateModel, scale: float) -> tuple[tuple[float, float], ...]:
    return tuple((each, scale * requests) for each, requests in demand(outlooks, ladder(x), model.curve))


def _outlooks(decided: Iterable[Tracked], model: UpdateModel, now: datetime, *, key: Key) -> dict[str, list[Outlook]]:
    found: defaultdict[str, list[Outlook]] = defaultdict(list)
    for tracked in decided:
        found[key(tracked)].append(_outlook(tracked, model, now))
    return dict(found)


def _outlook(tracked: Tracked, model: UpdateModel, now: datetime) -> Outlook:
    at = tracked.last_check_at or now
    return outlook_of(tracked, at, changed=False, curve=model.curve, signal=model.signal(tracked, at))


def _decided(survey: Survey, config: Config) -> list[Tracked]:
    fixed = {source.name for source in config.sources if source.every is not None}
    return [tracked for tracked in survey.sample if tracked.source not in fixed]


def _fixed(survey: Survey, config: Config) -> float:
    often = {source.name: _HOUR / source.every for source in config.sources if source.every is not None}
    return _scale(survey) * sum(often.get(tracked.source, 0.0) for tracked in survey.sample)


def _lists(source: SourceConfig) -> float:
    if source.paused:
        return 0.0
    return (len(source.feeds) + len(source.sitemaps) + len(source.pages)) * (_HOUR / source.poll)


def _scale(survey: Survey) -> float:
    return survey.articles / len(survey.sample) if survey.sample else 0.0


def ladder(x: float) -> tuple[float, ...]:
    """Return thresholds around `x` to compute demand at, in ascending order."""
    return tuple(bounded(x * 2.0**power) for power in (-2, -1, 0, 1, 2))


def demand(
    outlooks: Iterable[Outlook], thresholds: Sequence[float], curve: Curve = SHIPPED
) -> tuple[tuple[float, float], ...]:
    """Return pairs of threshold and expected requests an hour for the articles."""
    curves = [replace(curve, threshold=threshold) for threshold in thresholds]
    totals = [0.0] * len(curves)
    for outlook in outlooks:
        for at, each in enumerate(curves):
            totals[at] += 1 / wait_hours(outlook, each)
    return tuple(zip(thresholds, totals, strict=True))


def steer(x: float, expected: Sequence[tuple[float, float]], budget: float) -> float:
    """Return the next threshold, one step towards where `expected` meets `budget`, both in requests an hour.

    `expected` are pairs of threshold and requests. Moves by at most `MAX_STEP_FACTOR`; unchanged if nothing is under
    watch.
    """
    target = crossing(expected, budget)
    if target is None:
        return bounded(x)
    return bounded(min(max(target, x / MAX_STEP_FACTOR), x * MAX_STEP_FACTOR))


def for_host(x: float, expected: Sequence[tuple[float, float]], delay: float) -> float:
    """Return the threshold of one host: `x`, or higher if `x` would need more requests than politeness allows.

    `delay` is the seconds between two requests to the host; articles may use `ARTICLE_SHARE` of the resulting capacity.
    """
    if delay <= 0:
        return x
    target = crossing(expected, ARTICLE_SHARE * 3600 / delay)
    return x if target is None else max(x, target)


def crossing(expected: Sequence[tuple[float, float]], budget: float) -> float | None:
    """Return the threshold at which demand meets `budget`, extrapolated if necessary; None without demand."""
    known = sorted((x, requests) for x, requests in expected if x > 0 and requests > 0)
    if not known:
        return None
    if budget <= 0:
        return MAX_THRESHOLD
    if len(known) == 1:
        return bounded(known[0][0] * known[0][1] / budget)
    for near, far in pairwise(known):
        if far[1] <= budget <= near[1]:
            return bounded(_along(near, _slope(near, far), budget))
    if budget > known[0][1]:
        return bounded(_along(known[0], _slope(known[0], known[1]), budget))
    return bounded(_along(known[-1], _slope(known[-2], known[-1]), budget))


def bounded(x: float) -> float:
    """Return `x` clamped to the valid thresholds."""
    return min(max(x, MIN_THRESHOLD), MAX_THRESHOLD)


def _slope(near: tuple[float, float], far: tuple[float, float]) -> float:
    """Return the slope of the threshold against demand between `near` and `far`, in logarithms."""
    run = math.log(far[0] / near[0])
    drop = math.log(near[1] / far[1])
    # If floor or ceiling make demand flat, the slope is unknown: assume that half the price is twice the demand.
    return run / drop if run > 0 and drop > 0.05 * run else 1.0


def _along(anchor: tuple[float, float], slope: float, budget: float) -> float:
    return anchor[0] * math.exp(min(max(slope * math.log(anchor[1] / budget), -20.0), 20.0))
