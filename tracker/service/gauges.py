"""The gauges on the metrics page, counted when they are asked for."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from tracker.archive.counts import count_all
from tracker.archive.watch_state import watch_state
from tracker.errors import ArchiveError
from tracker.observe import metrics

from .runtime import Runtime, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model.counts import Counts


MIN_COUNT_SECONDS: Final = 2.0
"""Counting a large archive takes a moment: it is not done more often."""
MAX_WAIT_SECONDS: Final = 2.0
"""A scrape gets the last counts if the archive takes longer, as when it cannot be reached."""


class Gauges:
    """Counts what is in the archive and overdue; `counts` is the last result, None before the first."""

    def __init__(self, runtime: Runtime, leads: Callable[[], bool]) -> None:
        self._runtime = runtime
        self._leads = leads
        self._loop = asyncio.get_running_loop()
        self._counted = -MIN_COUNT_SECONDS
        self.counts: Counts | None = None

    async def refresh(self) -> None:
        """Count and set the gauges. Raises ArchiveError."""
        now = utc_now()
        # Noted before counting: scrapes that come meanwhile must not all count.
        self._counted = monotonic()
        self.counts = await self._runtime.archive.run(count_all)
        metrics.set_archive_gauges(self.counts, now)
        metrics.set_watch_gauges(await self._runtime.archive.run(watch_state, now))

    def refresh_from_thread(self) -> None:
        """Set the gauges for a scrape, which another thread answers."""
        metrics.LEADER.set(self._leads())
        metrics.NETWORK_UP.set(not self._runtime.network.error)
        metrics.ARCHIVE_UP.set(not self._runtime.health.error)
        if monotonic() - self._counted < MIN_COUNT_SECONDS or self._loop.is_closed():
            return
        # At the end the loop closes, or cancels what was asked of it.
        with suppress(FutureTimeoutError, ArchiveError, RuntimeError, CancelledError):
            asyncio.run_coroutine_threadsafe(self.refresh(), self._loop).result(MAX_WAIT_SECONDS)
