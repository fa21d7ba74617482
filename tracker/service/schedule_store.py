"""The schedule in use: in memory for the pipeline, and in a memo of the archive for the next run."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.archive import codec
from tracker.archive.hint_tallies import hint_tallies
from tracker.archive.hosts import get_host
from tracker.archive.memos import get_memo, save_memo
from tracker.archive.watch_state import survey_watched
from tracker.fetch import robots
from tracker.jobs.cadence import Schedule
from tracker.jobs.pricing import Pricing
from tracker.observe import logs

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.thread import ArchiveThread
    from tracker.config.root import Config

_log = logs.get("cadence")
MEMO: Final = "cadence"
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
            await self._archive.run(save_memo, MEMO, codec.dump_memo(found, without=("tallies",)), now)
            self.current = found


def load_schedule(archive: Archive) -> Schedule:
    """Return the stored schedule, with the current tallies; the shipped one if none can be read."""
    tallies = hint_tallies(archive)
    try:
        found = codec.load_memo(Schedule, get_memo(archive, MEMO), tallies=tallies)
    except ValueError:
        found = None  # thresholds are found again within minutes
    return found or Schedule(tallies=tallies)


def retire_fitted_rates(archive: Archive, now: datetime) -> bool:
    """Keep only the thresholds of what a release up to 0.1.0 stored; return whether that had fitted rates."""
    text = get_memo(archive, MEMO)
    if '"curve"' not in text:
        return False
    try:
        stored = json.loads(text)
        kept = {"threshold": stored["curve"]["threshold"], "sources": stored["sources"], "hosts": stored["hosts"]}
        fitted = stored["fitted_at"] is not None
    except (ValueError, TypeError, KeyError):
        return False
    save_memo(archive, MEMO, json.dumps(kept), now)
    return fitted
