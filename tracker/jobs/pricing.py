"""Price requests: the expected requests an hour of everything under watch, and thresholds that meet the budgets.

Pure: takes a survey of the archive, the configuration and the update model; returns a new model and a forecast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from typing import TYPE_CHECKING, Final

from .cadence import outlook_of, wait_hours
from .controller import demand, for_host, ladder, steer
from .curve import SHIPPED, Outlook, replaced

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig
    from tracker.model.check import Tracked
    from tracker.model.counts import Survey

    from .update_model import UpdateModel

    Key = Callable[[Tracked], str]

_HOUR: Final = timedelta(hours=1)
_DAY_HOURS: Final = 24.0
_LEAST_SHARE: Final = 0.1
"""The share of a budget reserved for articles, however many requests hubs and new articles need."""
MIN_PRICED_REQUESTS: Final = 60.0
"""Requests an hour above which a host's politeness limit is taken into account."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected requests an hour: for hubs, articles at fixed intervals, new articles, and scheduled articles.

    *captures* is the expected number of versions found a day by scheduled checks, *hosts* the requests an hour by
    host.
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

    *delays* are the seconds between two requests to hosts that ask for more than *delay*. Without a budget the shipped
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
    return replace(model, curve=replaced(model.curve, common), sources=prices, hosts=hosts)


def forecast(model: UpdateModel, survey: Survey, config: Config, now: datetime) -> Forecast:
    """Return the requests and finds to expect of what is under watch."""
    scale, found = _scale(survey), 0.0
    looks: defaultdict[str, float] = defaultdict(float)
    for tracked in _decided(survey, config):
        outlook, curve = _outlook(tracked, model, now), model.curve_for(tracked)
        wait = wait_hours(outlook, curve)
        looks[tracked.host] += 1 / wait
        found += (1 - exp(-curve.expected(outlook, wait))) / wait
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
        taken += sum(1 / wait_hours(each, replaced(model.curve, x)) for each in by_source.get(name, ())) * scale
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
