"""The clock of one process: APScheduler for recurring jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

# APScheduler warns when a job overruns, which is expected here; its errors are still logged.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class Clock:
    """Recurring jobs. Nothing is stored, because what is due is in the archive.

    A job that overruns is not started twice, and one missed while the machine slept runs once, late.
    """

    def __init__(self) -> None:
        self._scheduler = _scheduler()
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start running jobs."""
        self._scheduler.start()

    def rearm(self) -> None:
        """Reschedule all jobs: after the system clock was set back, their next runs could be hours away."""
        before, self._scheduler = self._scheduler, _scheduler()
        for job in before.get_jobs():
            self._scheduler.add_job(job.func, _trigger(job.trigger.interval), args=job.args, id=job.id, name=job.name)
        before.pause()
        before.shutdown(wait=False)
        self._scheduler.start()

    def every(self, interval: timedelta, job: Callable[..., Awaitable[None]], *args: Any, name: str) -> None:  # noqa: ANN401 - handed on
        """Run *job* every *interval*, replacing the job *name*; intervals above a minute get 10 % jitter."""
        trigger = _trigger(interval)
        self._scheduler.add_job(self._run, trigger, args=(job, *args), id=name, name=name, replace_existing=True)

    def drop(self, prefix: str, keep: set[str]) -> None:
        """Remove the jobs whose names start with *prefix* and are not in *keep*."""
        for job in self._scheduler.get_jobs():
            if job.id.startswith(prefix) and job.id not in keep:
                job.remove()

    def stop(self) -> None:
        """Start no more jobs; running ones may finish, see `rest`."""
        self._scheduler.pause()
        self._scheduler.shutdown(wait=False)

    async def rest(self, seconds: float) -> None:
        """Wait up to *seconds* for running jobs, then cancel them."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, job: Callable[..., Awaitable[None]], *args: Any) -> None:  # noqa: ANN401 - handed on
        # The job runs as our own task: APScheduler would cancel its tasks on shutdown and log that as an error.
        task = asyncio.ensure_future(job(*args))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


class _Once(IntervalTrigger):  # type: ignore[misc] # APScheduler has no types
    """An interval that counts missed runs as one: APScheduler would enumerate every run of a year-long clock jump."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        following: datetime | None = super().get_next_fire_time(previous, now)
        return now + self.interval if previous and following and following < now else following


def _scheduler() -> Any:  # noqa: ANN401 - APScheduler has no types
    return AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )


def _trigger(interval: timedelta) -> Any:  # noqa: ANN401 - APScheduler has no types
    seconds = interval.total_seconds()
    return _Once(seconds=seconds, jitter=int(seconds / 10) if seconds > 60 else None, timezone=UTC)
