"""The run loop: sets the clock, answers signals, drains, and lets go of everything."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from tracker import __version__
from tracker.alerts.delivery_worker import DeliveryWorker, open_delivery_worker
from tracker.archive.counts import count_all
from tracker.archive.due import due_hosts
from tracker.archive.outbox import release_leases
from tracker.config import load
from tracker.errors import ArchiveError, ConfigError
from tracker.jobs.crawl import announce
from tracker.jobs.local import Clock
from tracker.jobs.websub import PATH
from tracker.observe import logs, metrics, redact, systemd
from tracker.observe.host_header import host_without_port
from tracker.urls import host_of

from .checkpoint_publisher import CheckpointPublisher
from .retention import let_go
from .roles import LeaderElection, open_queue, require_role
from .runtime import open_runtime, require, utc_now
from .story_worker import TURN_EVERY, StoryWorker
from .watchlist import hubs_of
from .webpage import show
from .websub import WebSubCallbacks, read_soon, wsgi

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.config import Config
    from tracker.jobs.crawl import Report
    from tracker.jobs.websub import Subscription
    from tracker.model import Counts

    from .roles import Role
    from .runtime import Runtime
    from .webpage import OpenPage

DRAIN_SECONDS: Final = 20.0
ALERTS_EVERY: Final = 0.5
PRICE_EVERY: Final = timedelta(minutes=5)
CLOCK_EVERY: Final = 1.0
RETENTION_EVERY: Final = timedelta(hours=6)
CLOCK_STEP: Final = 30.0
ALERTS_END: Final = 7.0
JOBS_END: Final = 5.0
_log = logs.get("service")


def run(
    config: Config,
    *,
    config_path: Path | None = None,
    migrate: bool = False,
    no_pace: bool = False,
    role: Role = "all",
    page: OpenPage | None = None,
) -> int:
    """Run the service, with *page* beside it, until it is told to stop; return the exit code."""
    require_role(role, config.archive.database)
    logs.configure(config.service.log)
    return asyncio.run(Service(config, config_path, no_pace=no_pace, role=role, page=page).serve(migrate=migrate))


class Service:
    """The scheduler, the alerts and the health page of one process.

    *config_path* is read again when the file changes or on SIGHUP; a file that cannot be used is reported and the
    configuration that works is kept. On PostgreSQL several may run, each with its *role*; one of them leads.
    """

    def __init__(
        self,
        config: Config,
        config_path: Path | None,
        *,
        no_pace: bool,
        role: Role = "all",
        page: OpenPage | None = None,
    ) -> None:
        self._config = config
        self._path = config_path
        self._read_at = _modified(config_path)
        self._no_pace = no_pace
        self._role: Role = role
        self._page = page
        self._stop = asyncio.Event()
        self._clock = Clock()
        self._ticked = monotonic()
        self._counts: Counts | None = None
        self._trouble: Callable[[], str] = str
        self._websub: WebSubCallbacks | None = None

    async def serve(self, *, migrate: bool) -> int:
        """Open everything, run until a signal, drain, close everything."""
        async with AsyncExitStack() as stack:
            runtime = await open_runtime(
                stack,
                self._config,
                migrate=migrate,
                no_pace=self._no_pace,
                listener=self._heard,
                config_path=self._path,
                shared=True,
            )
            self._trouble = lambda: runtime.health.now
            self._witnesses = CheckpointPublisher(self._config.archive, runtime.archive, runtime.fetcher)
            self._queue = await open_queue(stack, runtime, self._role)
            self._lead = LeaderElection(self._config.archive.database, self._role, lambda: self._take_over(runtime))
            stack.push_async_callback(self._lead.close)
            self._listen_to_signals(runtime)
            self._websub = WebSubCallbacks(
                runtime.archive,
                runtime.fetcher,
                self._config.service.callback,
                utc_now,
                lambda pushed: self._pushed(runtime, pushed),
            )
            await self._websub.open(asyncio.get_running_loop(), runtime.spawn)
            if self._config.service.listen:
                mounted, names = {PATH: wsgi(self._websub)}, frozenset(map(host_without_port, self._config.web.hosts))
                page = metrics.serve(self._config.service.listen, self._health, mounted, names)
                stack.callback(page.close)
                _log.info("listening", health=f"http://{page.host}:{page.port}/healthz")
            await self._begin(runtime)
            if self._role != "worker":  # there are many on one machine, and one address
                await show(stack, self._page, self._config, lambda: runtime.config)
            alerts = asyncio.create_task(self._deliver(runtime), name="alerts")
            beat = asyncio.create_task(self._beat(runtime), name="watchdog")
            runtime.spawn(self._lead.keep(self._stop))
            systemd.notify("READY=1")
            stop = asyncio.create_task(self._stop.wait(), name="stop")
            await asyncio.wait([stop, alerts], return_when=asyncio.FIRST_COMPLETED)
            self._stop.set()
            await self._end(runtime, alerts, beat)
        # What ended the alerts though nobody asked for it ends the service too, loudly: it would be mute.
        error = alerts.exception() if not alerts.cancelled() else None
        if error is not None:
            raise error
        _log.info("stopped")
        return 0

    async def _begin(self, runtime: Runtime) -> None:
        _log.info("started", archive=redact.database(self._config.archive.database), sources=len(self._config.sources))
        if not self._config.contact:
            _log.warning(
                "no contact",
                detail="hosts cannot reach you, so they are visited at the slowest pace",
                hint='set contact = "you@example.org" in the configuration, or WRITETHRU_CONTACT',
            )
        await self._lead.look()
        await runtime.update_model.recall()
        self._clock.start()
        self._clock.every(self._config.service.tick, self._tick, runtime, name="tick")
        self._clock.every(timedelta(minutes=1), self._maintain, runtime, name="maintenance")
        self._clock.every(PRICE_EVERY, self._price, runtime, name="prices")
        self._clock.every(timedelta(hours=1), self._learn, runtime, name="learning")
        self._clock.every(
            TURN_EVERY, StoryWorker(runtime.archive).turn, runtime, lambda: self._lead.ours, name="stories"
        )
        self._clock.every(timedelta(minutes=1), self._witness, name="witnesses")
        self._clock.every(RETENTION_EVERY, self._let_go, runtime, name="retention")
        self._schedule_hubs()
        await self._maintain(runtime)
        runtime.spawn(self._witness())
        runtime.spawn(self._let_go(runtime))
        await self._tick(runtime)

    async def _take_over(self, runtime: Runtime) -> None:
        # Whoever leased an alert before led before us, so it is dead: its alerts must not wait for it.
        await runtime.archive.run(release_leases)
        await runtime.clock_went_back()
        await runtime.sync()

    async def _end(self, runtime: Runtime, alerts: asyncio.Task[None], beat: asyncio.Task[None]) -> None:
        systemd.notify("STOPPING=1")
        _log.info("stopping", detail="letting what runs end")
        self._clock.stop()
        runtime.crawler.stopping.set()
        whole = await self._queue.drain(DRAIN_SECONDS)
        if not whole:
            _log.warning("drain", detail=f"some visits did not end within {DRAIN_SECONDS:g} s and will be made again")
        beat.cancel()
        (_, late), _ = await asyncio.gather(asyncio.wait([alerts], timeout=ALERTS_END), self._clock.rest(JOBS_END))
        for task in late:
            task.cancel()
        await asyncio.gather(alerts, beat, return_exceptions=True)

    def _listen_to_signals(self, runtime: Runtime) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: runtime.spawn(self._reload(runtime, forced=True)))

    async def _tick(self, runtime: Runtime) -> None:
        now = utc_now()
        self._ticked = monotonic()
        metrics.LAST_TICK.set(now.timestamp())
        if not await runtime.health.over(now):
            return
        try:
            await self._reload(runtime, forced=False)
            if self._lead.ours:
                await self._queue.offer(await runtime.archive.run(due_hosts, now))
        except ArchiveError as error:
            runtime.health.met(error)

    def _schedule_hubs(self) -> None:
        names = set()
        for source in self._config.sources:
            for hub in [] if source.paused else hubs_of(source):
                name = f"hub {hub.url}"
                names.add(name)
                self._clock.every(source.poll, self._poll, host_of(hub.url), name=name)
        self._clock.drop("hub ", names)

    async def _poll(self, host: str) -> None:
        if self._lead.ours:
            await self._queue.submit(host)

    def _heard(self, report: Report) -> None:
        announce(report)
        if self._websub is not None:
            self._websub.heard(report)

    async def _pushed(self, runtime: Runtime, pushed: Subscription) -> None:
        try:
            await runtime.archive.run(read_soon, pushed, utc_now())
        except ArchiveError as error:
            runtime.health.met(error)
            return
        await self._queue.submit(host_of(pushed.url))

    async def _maintain(self, runtime: Runtime) -> None:
        try:
            counts: Counts = await runtime.archive.run(count_all)
            self._counts = counts
            metrics.set_archive_gauges(counts, utc_now())
            if self._lead.ours:
                await self._witnesses.make(utc_now())
            if self._lead.ours and self._websub is not None:
                await self._websub.renew((each.name, url) for each in self._config.sources for url in each.feeds)
        except ArchiveError as error:
            runtime.health.met(error)

    async def _price(self, runtime: Runtime) -> None:
        """Move the price of a request where this process leads; the others follow."""
        try:
            if self._lead.ours:
                await runtime.update_model.price(self._config, utc_now())
            else:
                await runtime.update_model.recall()
        except ArchiveError as error:
            runtime.health.met(error)

    async def _learn(self, runtime: Runtime) -> None:
        try:
            if self._lead.ours:
                await runtime.update_model.learn(self._config.archive.database, utc_now())
        except ArchiveError as error:
            runtime.health.met(error)

    async def _witness(self) -> None:
        if self._lead.ours:
            await self._witnesses.turn(utc_now())

    async def _let_go(self, runtime: Runtime) -> None:
        """Take out the pages that the configuration keeps no longer."""
        if not self._lead.ours:
            return
        try:
            for source, pages in (await runtime.archive.run(let_go, runtime.config, utc_now())).items():
                if pages:
                    _log.info("pruned", source=source, pages=pages)
        except ArchiveError as error:
            runtime.health.met(error)

    async def _reload(self, runtime: Runtime, *, forced: bool) -> None:
        changed = _modified(self._path)
        if self._path is None or (changed == self._read_at and not forced):
            return
        self._read_at = changed
        try:
            config = load(self._path)
            require(config, runtime.fetcher)
        except ConfigError as error:
            _log.error("configuration", detail=str(error), hint="the one read before is kept until this is mended")
            return
        if config.archive != self._config.archive or config.service != self._config.service:
            _log.warning("configuration", detail="a changed [archive] or [service] is used after a restart")
        self._config = runtime.config = config
        if self._lead.ours:
            await runtime.sync()
        self._schedule_hubs()
        _log.info("configuration", detail="read again", sources=len(config.sources))

    async def _deliver(self, runtime: Runtime) -> None:
        while not self._stop.is_set():
            config = runtime.config
            outbox = open_delivery_worker(runtime.archive, config, runtime.fetcher)
            try:
                while config is runtime.config and not self._stop.is_set():
                    await self._deliver_due(runtime, outbox)
            finally:
                await outbox.aclose()

    async def _deliver_due(self, runtime: Runtime, outbox: DeliveryWorker) -> None:
        try:
            taken = await outbox.deliver_due(utc_now()) if self._lead.ours and not runtime.health.now else 0
        except ArchiveError as error:
            runtime.health.met(error)
            return
        if not taken:
            await self._pause(ALERTS_EVERY)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _beat(self, runtime: Runtime) -> None:
        """Tell systemd that the tick lives, and begin anew where the system's clock took a step."""
        every = systemd.watchdog_interval()
        drift = utc_now().timestamp() - monotonic()
        while True:
            await asyncio.sleep(min(every / 2, CLOCK_EVERY) if every else CLOCK_EVERY)
            now = utc_now().timestamp() - monotonic()
            if abs(now - drift) > CLOCK_STEP:
                _log.warning("clock", detail=f"the system's clock took a step of {now - drift:+.0f} s; ticking anew")
                self._clock.rearm()
                runtime.spawn(self._replan(runtime))
            drift = now
            if self._healthy():
                systemd.notify("WATCHDOG=1")

    async def _replan(self, runtime: Runtime) -> None:
        try:
            if self._lead.ours:
                await runtime.clock_went_back()
        except ArchiveError as error:
            runtime.health.met(error)

    def _healthy(self) -> bool:
        return monotonic() - self._ticked < max(60.0, 10 * self._config.service.tick.total_seconds())

    def _health(self) -> dict[str, object]:
        healthy, late = self._healthy(), monotonic() - self._ticked
        trouble = self._trouble()
        body: dict[str, object] = {
            "ok": healthy and not trouble,
            "last_tick_seconds_ago": round(late, 1),
            "version": __version__,
        }
        if trouble:
            body["archive"] = trouble
        if self._counts is not None:
            body["articles"] = self._counts.articles
            body["versions"] = self._counts.versions
            body["alerts_pending"] = self._counts.pending_alerts
            body["alerts_dead"] = self._counts.dead_alerts
        return body


def _modified(path: Path | None) -> float | None:
    try:
        return path.stat().st_mtime if path else None
    except OSError:
        return None
