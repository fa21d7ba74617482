"""The schedule in use: loaded, priced, and stored for the next run.

`Pricing` is pure: it takes the schedule, a survey of the archive and the configuration, and returns thresholds that
are nearer to the budgets. The threshold is the price of a request. Each step is small, so that a wave of new articles
does not make the price oscillate. `ScheduleStore` keeps the schedule in memory for the pipeline, and in the archive.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.sources import get_host, hint_tallies
from tracker.archive.state import get_thresholds, save_thresholds, survey_watched
from tracker.archive.thread import ArchiveThread
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.durations import HOUR
from tracker.fetch import robots
from tracker.model.watch import Survey

from .cadence import Schedule, outlook_of, wait_hours
from .curve import SHIPPED

MIN_THRESHOLD: Final = 0.001
MAX_THRESHOLD: Final = 10.0
MAX_STEP_FACTOR: Final = 1.5
# The share of the requests that politeness allows a host which articles may use; its lists have the rest.
ARTICLE_SHARE: Final = 0.8
# The share of a budget reserved for articles, however many requests hubs and new articles need.
_LEAST_SHARE: Final = 0.1
# Requests an hour above which a host's politeness limit is taken into account.
MIN_PRICED_REQUESTS: Final = 60.0


@dataclass(frozen=True)
class Pricing:
    """The articles under watch, and the schedule and configuration by which they are checked."""

    schedule: Schedule
    survey: Survey
    config: Config
    now: datetime

    def repriced(self, delays: Mapping[str, float]) -> Schedule:
        """Return thresholds that are one step nearer to the budgets, and high enough for the pace of each host.

        `delays` are the seconds between two requests to each of the `busy_hosts`. Without a budget the shipped
        threshold is used.
        """
        by_source, by_host = self._requests
        common, budget = SHIPPED.threshold, self.config.service.budget
        if budget is not None:
            # The threshold of all sources but those with a budget of their own.
            own = {source.name for source in self.config.sources if source.budget is not None}
            others = sum(requests for name, requests in by_source.items() if name not in own)
            taken = sum(by_source.values()) - others + self.survey.fresh / 24  # an hour
            taken += sum(map(_list_requests, self.config.sources))
            taken += self._scale * sum(self._fixed_rates.get(tracked.source, 0.0) for tracked in self.survey.sample)
            common = steer(self.schedule.threshold, others, max(budget - taken, budget * _LEAST_SHARE))
        sources = {}
        for source in self.config.sources:
            if source.budget is not None:
                threshold = self.schedule.sources.get(source.name, self.schedule.threshold)
                room = max(source.budget - _list_requests(source), source.budget * _LEAST_SHARE)
                sources[source.name] = steer(threshold, by_source[source.name], room)
        hosts = {}
        for host, delay in delays.items():
            room = ARTICLE_SHARE * 3600 / delay if delay else math.inf
            threshold = steer(self.schedule.hosts.get(host, common), by_host[host], room)
            if threshold > common:
                hosts[host] = threshold
        return replace(self.schedule, threshold=common, sources=sources, hosts=hosts)

    def busy_hosts(self) -> list[str]:
        """Return the hosts whose politeness limit matters: they need many requests, or have a threshold already."""
        return [
            host
            for host, requests in self._requests[1].items()
            if requests > MIN_PRICED_REQUESTS or host in self.schedule.hosts
        ]

    @cached_property
    def _requests(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """The requests an hour of the articles that the rule schedules, by source and by host."""
        by_source: defaultdict[str, float] = defaultdict(float)
        by_host: defaultdict[str, float] = defaultdict(float)
        for tracked in self.survey.sample:
            if tracked.source not in self._fixed_rates:
                at = tracked.last_check_at or self.now
                outlook = outlook_of(tracked, at, changed=False, signal=self.schedule.signal(tracked, at))
                requests = self._scale / wait_hours(outlook, self.schedule.curve(tracked))
                by_source[tracked.source] += requests
                by_host[tracked.host] += requests
        return by_source, by_host

    @cached_property
    def _fixed_rates(self) -> dict[str, float]:
        """The requests an hour for an article of each source that has a fixed interval."""
        return {source.name: HOUR / source.every for source in self.config.sources if source.every is not None}

    @property
    def _scale(self) -> float:
        """How many articles each one in the sample represents."""
        return self.survey.articles / len(self.survey.sample) if self.survey.sample else 0.0


def _list_requests(source: SourceConfig) -> float:
    if source.paused:
        return 0.0
    return (len(source.feeds) + len(source.sitemaps) + len(source.pages)) * (HOUR / source.poll)


def steer(threshold: float, requests: float, budget: float) -> float:
    """Return the next threshold, one step towards where the `requests` that it leads to meet `budget`, both an hour.

    Moves by at most `MAX_STEP_FACTOR`; unchanged if nothing is under watch.
    """
    # Twice the threshold is about half the requests, and less than a quarter where articles are old. The root of what
    # is missing does not overshoot in either case.
    step = math.sqrt(requests / budget) if requests else 1.0
    step = min(max(step, 1 / MAX_STEP_FACTOR), MAX_STEP_FACTOR)
    return min(max(threshold * step, MIN_THRESHOLD), MAX_THRESHOLD)


class ScheduleStore:
    """Loads, prices and stores the schedule; `current` is the one decisions are based on."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self.current = Schedule()

    async def load(self) -> None:
        """Load the schedule from the archive, with the current tallies of how reliable each source's hubs are."""
        self.current = await self._archive.run(load_schedule)

    async def price(self, config: Config, now: datetime) -> None:
        """Move the thresholds one step towards the request budgets, and store the schedule."""
        await self.load()
        survey = await self._archive.run(survey_watched, now)
        if not survey.articles:
            return
        pricing = Pricing(self.current, survey, config, now)
        delays, delay = {}, config.fetch.delay.total_seconds()
        for host in await asyncio.to_thread(pricing.busy_hosts):
            state = await self._archive.run(get_host, host)
            asked = robots.crawl_delay(state.robots) if state.robots else None
            delays[host] = max(delay, asked or 0.0)
        found = pricing.repriced(delays)
        if found != self.current:
            thresholds = {"all": {"": found.threshold}, "source": found.sources, "host": found.hosts}
            await self._archive.run(save_thresholds, thresholds)
            self.current = found


def load_schedule(archive: Archive) -> Schedule:
    """Return the stored schedule, with the current tallies; the shipped one if none is stored."""
    tallies, found = hint_tallies(archive), get_thresholds(archive)
    if not found["all"]:
        return Schedule(tallies=tallies)
    return Schedule(found["all"][""], found["source"], found["host"], tallies)
