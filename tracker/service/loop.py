"""The run loop: schedules the recurring jobs, handles signals, and shuts down in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from tracker import __version__
from tracker.alerts.channels import notifiers
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.archive.database.drivers import archive_url
from tracker.archive.opening import SCHEMA
from tracker.archive.outbox import release_leases
from tracker.archive.state import count_all, due_hosts, watch_state
from tracker.config.root import Config, load
from tracker.errors import ConfigError, UsageError
from tracker.jobs.clock import Clock
from tracker.model.watch import Counts
from tracker.observe import logs, metrics, redact
from tracker.pipeline.check import announce
from tracker.tasks import wait_at_most

from .checkpoint_publisher import CheckpointPublisher
from .page_saver import PageSaver
from .process import OpenWeb, notify_systemd, show, trim_heap, watchdog_interval
from .retention import RetentionWorker
from .roles import LeaderElection, Role, is_shared, open_queue, queue_work
from .runtime import open_runtime, require, slow_pace_warning, utc_now
from .story_worker import STORY_INTERVAL, StoryWorker

# Shutting down takes at most 40 s in all: systemd kills the process after 45 s (TimeoutStopSec in cron/).
MAX_DRAIN_SECONDS: Final = 20.0
ALERT_POLL_SECONDS: Final = 0.5
REQUEST_INTERVAL: Final = timedelta(seconds=1)
PRICE_INTERVAL: Final = timedelta(minutes=5)
CLOCK_CHECK_SECONDS: Final = 1.0
RETENTION_INTERVAL: Final = timedelta(hours=6)
MIN_CLOCK_STEP_SECONDS: Final = 30.0
CLOCK_STEP_FOLLOW_UP_SECONDS: Final = 300.0
MAX_ALERT_SHUTDOWN_SECONDS: Final = 7.0
MAX_JOB_SHUTDOWN_SECONDS: Final = 5.0
_log = logs.get("service")


class Service:
    """The scheduler, the alert delivery, the health page and, if given, the web `page` of one process.

    `config_path` is read again when the file changes or on SIGHUP; if it cannot be used, this is logged and the
    previous configuration stays active. `adjust` applies the options of the command line to the configuration, now and
    each time the file is read again. On PostgreSQL several processes may run, each with its `role`; one of them leads.
    """

    def __init__(
        self,
        config: Config,
        config_path: Path | None,
        *,
        no_pace: bool,
        role: Role = "all",
        page: OpenWeb | None = None,
        adjust: Callable[[Config], Config] = lambda config: config,
    ) -> None:
        self._config = adjust(config)
        self._adjust = adjust
        self._path = config_path
        self._read_at = _modified(config_path)
        self._no_pace = no_pace
        self._role: Role = role
        self._page = page
        self._stop = asyncio.Event()
        self._clock = Clock()
        self._ticked = monotonic()
        self._stepped = float("-inf")
        self._counts: Counts | None = None

    def run(self, *, migrate: bool, verbose: bool = False) -> int:
        """Check that the role can be used, then run until a signal; return the exit code."""
        if self._role != "all" and not is_shared(self._config.archive.database):
            raise UsageError(
                f"--role {self._role} needs an archive on PostgreSQL; only one process can write to SQLite",
                hint="set WRITETHRU_DB=postgresql+psycopg://user@host/name, or omit --role",
            )
        logs.configure(self._config.service.log, level="debug" if verbose else "info")
        return asyncio.run(self.serve(migrate=migrate))

    async def serve(self, *, migrate: bool) -> int:
        """Open everything, run until a signal, finish running work, and close everything.

        Returns the exit code. An error that ends delivery, the election, the watchdog or the work on the queue is
        raised: otherwise the service would go on without them unnoticed. Raises the errors of `open_runtime` too.
        """
        loop = asyncio.get_running_loop()
        # Ignored until the handler below is set: SIGHUP would end the process.
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
        async with AsyncExitStack() as stack:
            self._runtime = runtime = await open_runtime(
                stack,
                self._config,
                migrate=migrate,
                no_pace=self._no_pace,
                listener=announce,
                config_path=self._path,
                service=True,
            )
            self._publisher = CheckpointPublisher(self._config.archive, runtime.archive, runtime.fetcher)
            self._saver = PageSaver(lambda: self._config, runtime.archive, runtime.fetcher)
            self._queue = await open_queue(stack, runtime)
            self._leader = LeaderElection(self._config.archive.database, self._role, self._take_over)
            stack.push_async_callback(self._leader.close)
            metrics.BUILD_INFO.info({"version": __version__, "schema": SCHEMA})
            metrics.RELOAD_OK.set(1)
            metrics.LEADER.set_function(lambda: self._leader.is_leader)
            metrics.NETWORK_UP.set_function(lambda: not runtime.network.error)
            metrics.ARCHIVE_UP.set_function(lambda: not runtime.health.error)
            if self._config.service.listen:
                page = metrics.serve(self._config.service.listen, self._health, metrics.readers_of(self._config))
                stack.callback(page.close)
                _log.info("listening", health=f"http://{page.host}:{page.port}/healthz")
            # Many workers may share a machine, but only one process can listen on the address.
            if self._role != "worker":
                await show(stack, self._page, self._config, lambda: runtime.config)
            # Only now: before this, a signal ends the process at once, which has nothing to finish yet.
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop.set)
            loop.add_signal_handler(signal.SIGHUP, lambda: self._reload(forced=True))
            await self._start()
            # The delivery of alerts is the first task, which `_shut_down` ends last.
            works = {"alerts": self._deliver(), "watchdog": self._beat(), "election": self._leader.keep(self._stop)}
            works |= queue_work(self._queue, runtime, self._role)
            tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]
            notify_systemd("READY=1")
            stop = asyncio.create_task(self._stop.wait(), name="stop")
            await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
            self._stop.set()
            await self._shut_down(*tasks)
        # An error that ended the service is raised once everything is closed.
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        _log.info("stopped")
        return 0

    async def _start(self) -> None:
        _log.info("started", archive=redact.database(self._config.archive.database), sources=len(self._config.sources))
        if not self._config.contact:
            _log.warning(
                "no contact",
                detail=slow_pace_warning(no_pace=self._no_pace),
                hint='Set contact = "you@example.org" in the configuration, or WRITETHRU_CONTACT.',
            )
        if not (self._config.sources or self._config.stories):
            hint = "To add something: writethru add URL"
            _log.warning("nothing watched", detail="Nothing is watched yet.", hint=hint)
        await self._leader.check()
        await self._runtime.schedule.load()
        self._clock.start()
        self._clock.every(self._config.service.tick, self._tick, name="tick")
        self._clock.every(timedelta(minutes=1), self._maintain, name="maintenance")
        self._clock.every(PRICE_INTERVAL, self._price, name="prices")
        read_stories = partial(StoryWorker(self._runtime.archive).turn, self._runtime)
        self._clock.every(STORY_INTERVAL, self._lead, read_stories, name="stories")
        for name, work in (("checkpoints", self._publisher.publish), ("captures", self._saver.save)):
            self._clock.every(timedelta(minutes=1), self._lead, work, name=name, at_once=True)
        self._clock.every(REQUEST_INTERVAL, self._lead, self._publisher.answer, name="requests")
        self._clock.every(RETENTION_INTERVAL, self._lead, self._apply_retention, name="retention", at_once=True)
        await self._maintain()
        await self._tick()

    async def _take_over(self) -> None:
        # Alerts still leased belong to the previous leader, which has ended: deliver them now, not when the leases
        # expire.
        await self._runtime.archive.run(release_leases)
        await self._runtime.clock_went_back(utc_now())
        await self._runtime.sync()

    async def _shut_down(self, alerts: asyncio.Task[None], *others: asyncio.Task[None]) -> None:
        notify_systemd("STOPPING=1")
        _log.info("stopping", detail="waiting for running checks to finish")
        # Begin nothing new, then give running work time to end.
        self._clock.stop()
        self._runtime.crawler.stopping.set()
        drained = await self._queue.drain(MAX_DRAIN_SECONDS)
        if not drained:
            detail = f"some checks did not finish within {MAX_DRAIN_SECONDS:g} s and will be repeated"
            _log.warning("drain", detail=detail)
        for task in others:
            task.cancel()
        (_, late), _ = await asyncio.gather(
            asyncio.wait([alerts], timeout=MAX_ALERT_SHUTDOWN_SECONDS), self._clock.rest(MAX_JOB_SHUTDOWN_SECONDS)
        )
        for task in late:
            task.cancel()
        # A take-over in progress must not use the archive once it is closed.
        await asyncio.gather(alerts, *others, return_exceptions=True)

    async def _tick(self) -> None:
        now = utc_now()
        is_up = await self._runtime.network.is_up()
        # Read during an outage too: another configuration may end it.
        self._reload(forced=False)
        if await self._runtime.health.is_writable(now, self._queue.offer) and self._leader.is_leader:
            with self._runtime.health.recording():
                if self._runtime.synced is not self._runtime.config:
                    await self._runtime.sync()
                if is_up:
                    await self._queue.offer(await self._runtime.archive.run(due_hosts, now))
        # Not after an exception above: then /healthz and the watchdog must report that nothing is checked.
        self._ticked = monotonic()
        metrics.LAST_TICK.set(now.timestamp())

    async def _maintain(self) -> None:
        trim_heap()
        config = self._config.archive
        file, notes = archive_url(config.database).path, Path(config.checkpoints) if config.checkpoints else None
        await asyncio.to_thread(metrics.set_free_space, file and file.parent, notes)
        with self._runtime.health.recording():
            await self._runtime.save_host_time()
            self._counts = await self._runtime.archive.run(count_all)
            metrics.set_archive_gauges(self._counts, utc_now())
            metrics.set_watch_gauges(await self._runtime.archive.run(watch_state, utc_now()))
            if self._leader.is_leader:
                if monotonic() - self._stepped < CLOCK_STEP_FOLLOW_UP_SECONDS:
                    # A check that was in progress may have stored times by the old clock since.
                    await self._runtime.clock_went_back(utc_now())
                await self._publisher.make(utc_now())

    async def _lead(self, work: Callable[[datetime], Awaitable[None]]) -> None:
        """Run `work` if this process leads, and record errors of the archive."""
        if self._leader.is_leader and (task := asyncio.current_task()):
            self._leader.works.add(task)
            with self._runtime.health.recording():
                await work(utc_now())

    async def _price(self) -> None:
        """Adjust the price of a request if this process leads; otherwise read the leader's."""
        with self._runtime.health.recording():
            if self._leader.is_leader:
                await self._runtime.schedule.price(self._config, utc_now())
            else:
                await self._runtime.schedule.load()

    async def _apply_retention(self, _: datetime) -> None:
        archive, is_wanted = self._runtime.archive, lambda: self._leader.is_leader and not self._stop.is_set()
        await RetentionWorker(archive, self._runtime.save_host_time, is_wanted, utc_now).apply(self._config)

    def _reload(self, *, forced: bool) -> None:
        """Read the configuration again if it changed; the next tick of the leader makes the archive watch it."""
        changed = _modified(self._path)
        if self._path is None or (changed == self._read_at and not forced):
            return
        self._read_at = changed
        try:
            config = self._adjust(load(self._path))
            # Find every error before any of it takes effect.
            require(config, self._runtime.fetcher)
            self._runtime.fetcher.use(config)
        except ConfigError as error:
            metrics.RELOAD_OK.set(0)
            problems = str(error).replace(":\n  ", ": ").replace("\n  ", "; ")  # one line
            hint = "the previous configuration stays active until this is fixed"
            _log.error("configuration", detail=problems, hint=hint)
            return
        if config.archive != self._config.archive or config.service != self._config.service:
            _log.warning("configuration", detail="changes to [archive] and [service] take effect after a restart")
        for each in config.warnings:
            _log.warning("configuration", detail=each)
        self._config = self._runtime.config = config
        metrics.RELOAD_OK.set(1)
        _log.info("configuration", detail="reloaded", sources=len(config.sources))

    async def _deliver(self) -> None:
        while not self._stop.is_set():
            # A worker for each configuration: it holds the targets, with their secrets and open connections.
            config = self._runtime.config
            targets = notifiers(config, self._runtime.fetcher)
            worker = DeliveryWorker(
                self._runtime.archive, targets, rules=config.rules, may_send=lambda: self._leader.is_leader
            )
            try:
                while config is self._runtime.config and not self._stop.is_set():
                    accepted = 0
                    # Not while the archive fails: a delivery that cannot be recorded as sent would be sent again.
                    if self._leader.is_leader and not self._runtime.health.error:
                        with self._runtime.health.recording():
                            accepted = await worker.deliver_due(utc_now())
                    if not accepted:
                        await wait_at_most(self._stop, ALERT_POLL_SECONDS)
            finally:
                await worker.aclose()

    async def _beat(self) -> None:
        """Ping systemd's watchdog while ticks happen, and reschedule the jobs if the system clock jumped."""
        every = watchdog_interval()
        drift = utc_now().timestamp() - monotonic()
        while True:
            # Half the interval, as sd_watchdog_enabled(3) advises.
            await asyncio.sleep(min(every / 2, CLOCK_CHECK_SECONDS) if every else CLOCK_CHECK_SECONDS)
            now = utc_now().timestamp() - monotonic()
            if abs(now - drift) > MIN_CLOCK_STEP_SECONDS:
                _log.warning("clock", detail=f"the system clock jumped by {now - drift:+.0f} s; rescheduling")
                self._clock.rearm()
                self._stepped = monotonic()
                self._runtime.spawn(self._lead(self._runtime.clock_went_back), "clock")
            drift = now
            self._runtime.health.record_silence()
            if self._healthy():
                notify_systemd("WATCHDOG=1")

    def _healthy(self) -> bool:
        return monotonic() - self._ticked < max(60.0, 10 * self._config.service.tick.total_seconds())

    def _health(self) -> dict[str, object]:
        errors = {
            "archive": self._runtime.health.error,
            "network": self._runtime.network.error,
            "checkpoints": self._publisher.error,
        }
        body: dict[str, object] = {
            "ok": self._healthy() and not errors["archive"],
            "last_tick_seconds_ago": round(monotonic() - self._ticked, 1),
            "version": __version__,
        }
        body |= {name: error for name, error in errors.items() if error}
        if (counts := self._counts) is not None:
            body["articles"] = counts.articles
            body["versions"] = counts.versions
            body["alerts_pending"] = counts.pending_alerts
            body["alerts_dead"] = counts.dead_alerts
        return body


def _modified(path: Path | None) -> float | None:
    try:
        return path.stat().st_mtime if path else None
    except OSError:
        return None
