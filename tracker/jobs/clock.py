"""The clock of one process: recurring jobs, run by APScheduler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.observe import metrics
from tracker.tasks import finish_tasks

# APScheduler warns when a job overruns, which is expected here; its errors are still logged.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class Clock:
    """Recurring jobs. Nothing is stored, because the due times are in the archive.

    A job that overruns is not started twice, and one missed while the machine slept runs once, late.
    """

    def __init__(self) -> None:
        self._scheduler = _scheduler()
        self._running: dict[str, asyncio.Task[None]] = {}

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

    def every(
        self,
        interval: timedelta,
        job: Callable[..., Awaitable[None]],
        *args: Any,  # noqa: ANN401 - handed on
        name: str,
        at_once: bool = False,
    ) -> None:
        """Run `job` every `interval`, `at_once` for the first time; intervals above a minute get 10 % jitter."""
        first = {"next_run_time": datetime.now(UTC)} if at_once else {}
        self._scheduler.add_job(self._run, _trigger(interval), args=(name, job, *args), id=name, name=name, **first)

    def stop(self) -> None:
        """Start no more jobs; running ones may finish, see `rest`."""
        self._scheduler.pause()
        self._scheduler.shutdown(wait=False)

    async def rest(self, seconds: float) -> None:
        """Wait up to `seconds` for running jobs, then cancel them."""
        await finish_tasks(self._running.values(), seconds)

    async def _run(self, name: str, job: Callable[..., Awaitable[None]], *args: Any) -> None:  # noqa: ANN401 - handed on
        # APScheduler does this too, but does not know about a job that was started before `rearm`.
        if name in self._running:
            return
        # The job runs as our own task: APScheduler would cancel its tasks on shutdown and log that as an error.
        task = self._running[name] = asyncio.ensure_future(job(*args))
        task.add_done_callback(lambda _: self._running.pop(name))
        try:
            with suppress(asyncio.CancelledError):
                await asyncio.shield(task)
        except Exception:
            metrics.CRASHES.inc()
            raise  # APScheduler logs it


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
