"""The update model in use: in memory for the pipeline, and in a memo of the archive for the next run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.archive.hint_tallies import hint_tallies
from tracker.archive.hosts import get_host
from tracker.archive.memos import get_memo, save_memo
from tracker.archive.watch_state import survey_watched
from tracker.errors import TrackerError
from tracker.fetch import robots
from tracker.jobs.pricing import MIN_PRICED_REQUESTS, Pricing
from tracker.jobs.update_model import MEMO, UpdateModel, from_json, to_json
from tracker.observe import logs

from .refit import can_learn, learn

if TYPE_CHECKING:
    from tracker.archive.thread import ArchiveThread
    from tracker.config.root import Config

_log = logs.get("cadence")
MAX_PRICED_HOSTS: Final = 50  # those with the most requests; each costs a read of the archive


class UpdateModelStore:
    """Loads, prices, fits and stores the update model; `current` is the one decisions are based on."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self.current = UpdateModel()
        # A fit that ends while prices are computed must not be lost, nor the prices.
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Load the model from the archive, with the current tallies of how reliable each source's hubs are."""
        self.current = from_json(await self._archive.run(get_memo, MEMO), await self._archive.run(hint_tallies))

    async def price(self, config: Config, now: datetime) -> None:
        """Move the thresholds one step towards the request budgets, and store the model."""
        async with self._changing:
            await self.load()
            survey = await self._archive.run(survey_watched, now)
            if not survey.articles:
                return
            before, delay = self.current, config.fetch.delay.total_seconds()
            pricing = Pricing(before, survey, config, now)
            planned = await asyncio.to_thread(pricing.forecast)
            busy = [host for host, often in planned.hosts.items() if often > MIN_PRICED_REQUESTS][:MAX_PRICED_HOSTS]
            delays = await self._delays(busy, delay)
            found = await asyncio.to_thread(pricing.repriced, delays, delay=delay)
            if found != before:
                await self._keep(found, now)

    async def learn(self, database: str, now: datetime) -> None:
        """Fit the model again if that is due and the extra `fit` is installed.

        A failure is logged and tried again a day later.
        """
        if not (self.current.due_for_a_fit(now) and can_learn()):
            return
        try:
            found = await learn(database, self.current)
        except TrackerError as error:
            _log.warning("learning", detail=error.message, hint=error.hint or "the current constants stay in use")
            found = replace(self.current, tried_at=now)
        tried_at = found.tried_at or now
        async with self._changing:
            # The thresholds may have moved during the fit: only the fitted constants are taken from the child.
            curve = replace(found.curve, threshold=self.current.curve.threshold)
            model = replace(
                self.current,
                curve=curve,
                gain=found.gain,
                fitted_at=found.fitted_at,
                articles=found.articles,
                tried_at=tried_at,
            )
            await self._keep(model, now)
        if found.fitted_at and found.fitted_at == found.tried_at:
            _log.info("learned", articles=found.articles, updates_per_article=round(curve.mean_updates, 3))
        elif found.gain is not None:
            _log.info("learning", detail="the fit was not taken", points_of_versions=round(found.gain, 2))

    async def _keep(self, model: UpdateModel, now: datetime) -> None:
        await self._archive.run(save_memo, MEMO, to_json(model), now)
        self.current = model

    async def _delays(self, hosts: list[str], delay: float) -> dict[str, float]:
        found = {}
        for host in hosts:
            state = await self._archive.run(get_host, host)
            asked = robots.crawl_delay(state.robots) if state.robots else None
            found[host] = max(delay, asked or 0.0)
        return found
