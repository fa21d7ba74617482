"""The schedule in use: in memory for the pipeline, and in the archive for the next run."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.sources import get_host, hint_tallies
from tracker.archive.state import get_state, get_thresholds, save_state, save_thresholds, survey_watched
from tracker.archive.thread import ArchiveThread
from tracker.config.root import Config
from tracker.fetch import robots
from tracker.observe import logs

from .cadence import Schedule
from .pricing import Pricing

_log = logs.get("cadence")
# Names the value that the migration leaves where an earlier release had learned rates.
FITTED: Final = "fitted-rates"
RETIRED_RATES: Final = (
    "Update rates that release 0.1.0 learned from this archive are no longer used:"
    " checks are planned with the constants that ship."
)


class ScheduleStore:
    """Loads, prices and stores the schedule; `current` is the one decisions are based on."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self.current = Schedule()

    async def load(self, now: datetime) -> None:
        """Load the schedule from the archive, with the current tallies of how reliable each source's hubs are."""
        if await self._archive.run(retire_fitted_rates, now):
            _log.warning("rates", detail=RETIRED_RATES)
        self.current = await self._archive.run(load_schedule)

    async def price(self, config: Config, now: datetime) -> None:
        """Move the thresholds one step towards the request budgets, and store the schedule."""
        await self.load(now)
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
            await self._archive.run(save_schedule, found)
            self.current = found


def load_schedule(archive: Archive) -> Schedule:
    """Return the stored schedule, with the current tallies; the shipped one if none is stored."""
    tallies, found = hint_tallies(archive), get_thresholds(archive)
    if not found["all"]:
        return Schedule(tallies=tallies)
    return Schedule(found["all"][""], found["source"], found["host"], tallies)


def save_schedule(archive: Archive, schedule: Schedule) -> None:
    """Store the thresholds of a schedule."""
    save_thresholds(archive, {"all": {"": schedule.threshold}, "source": schedule.sources, "host": schedule.hosts})


def retire_fitted_rates(archive: Archive, now: datetime) -> bool:
    """Return whether a release up to 0.1.0 had learned rates from this archive; it is told once."""
    with archive.write():
        had_rates = bool(get_state(archive, FITTED))
        if had_rates:
            save_state(archive, FITTED, "", now)
    return had_rates
