"""The queue and the clock of one process: an asyncio task for each host, and APScheduler for recurring jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.observe import metrics

# APScheduler warns when a job overruns, which is expected here; its errors are still logged.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class LocalQueue:
    """Passes due hosts to workers in this process, with one asyncio task a host; see `postgres.PostgresQueue`.

    *crawl* is called for each host; *crashed* is called with the host if it raises.
    """

    def __init__(
        self,
        crawl: Callable[[str], Awaitable[None]],
        *,
        concurrency: int,
        crashed: Callable[[str, BaseException], None],
    ) -> None:
        self._crawl = crawl
        self._places = asyncio.Semaphore(concurrency)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closed = False
        self._crashed = crashed

    async def submit(self, host: str) -> bool:
        """Crawl *host* when a slot is free; False if it is queued or running already, or the queue is draining."""
        if self._closed or host in self._tasks:
            return False
        task = asyncio.create_task(self._run(host), name=f"crawl {host}")
        self._tasks[host] = task
        task.add_done_callback(lambda done: self._done(host, done))
        return True

    async def offer(self, hosts: Sequence[str]) -> int:
        """Submit several hosts; return how many were accepted."""
        return sum([await self.submit(host) for host in hosts])

    async def join(self) -> None:
        """Wait until nothing runs."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def drain(self, seconds: float) -> bool:
        """Accept no more and let running crawls finish; False if some were cancelled after *seconds*."""
        self._closed = True
        running = list(self._tasks.values())
        if not running:
            return True
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _run(self, host: str) -> None:
        async with self._places:
            if not self._closed:
                metrics.HOSTS_IN_PROGRESS.inc()
                try:
                    await self._crawl(host)
                finally:
                    metrics.HOSTS_IN_PROGRESS.dec()

    def _done(self, host: str, task: asyncio.Task[None]) -> None:
        del self._tasks[host]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._crashed(host, error)


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
