"""The resources of one running process, opened and closed together."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tracker import __version__
from tracker.alerts.channels import notifiers
from tracker.archive.archive import Archive
from tracker.archive.database.locking import ServerLock, lock
from tracker.archive.opening import open_archive
from tracker.archive.outbox import release_leases
from tracker.archive.sources import get_host, list_answering, save_host
from tracker.archive.state import clock_went_back, save_host_time
from tracker.archive.thread import ArchiveThread
from tracker.config.file import own_folder, rule_folders
from tracker.config.root import Config
from tracker.errors import ArchiveError, LockedByCommand, NetworkDown, TrackerError
from tracker.extraction.pool import ExtractPool
from tracker.extraction.site_rules import load_site_rules
from tracker.fetch.browser import BrowserFetcher, find_chromium
from tracker.fetch.client import SourceFetcher
from tracker.jobs.crawl import Crawler, Listener, LocalQueue
from tracker.jobs.pricing import ScheduleStore
from tracker.model.capture import Capture, Failure, Fetcher, PageFetcher
from tracker.model.source import Hub, Listing
from tracker.observe import logs, metrics
from tracker.pipeline.check import KnownPages, Pipeline
from tracker.pipeline.host_session import Politeness
from tracker.sources.hub_reader import read_hub_or_failure
from tracker.tasks import finish_tasks

from .health import MAX_KNOWN_HOSTS, ArchiveHealth, GuardedFetcher, NetworkHealth
from .process import notify_systemd
from .watchlist import require_usable, sync

MAX_EXTRACTOR_PROCESSES: Final = 2
MAX_HUB_READER_PROCESSES: Final = 1
MAX_TASK_SHUTDOWN_SECONDS: Final = 5.0
LOCK_RETRY_SECONDS: Final = 1.0
# How long a host is left alone after crawling it ended in an exception.
CRASH_PAUSE: Final = timedelta(minutes=5)
_log = logs.get("service")


def utc_now() -> datetime:
    """Return the current time. Everything below the service is passed the time as an argument."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Runtime:
    """The resources of one running process: made by `open_runtime`, closed by its exit stack.

    `synced` is the configuration that the archive was last made to watch.
    """

    config: Config
    archive: ArchiveThread
    fetcher: SourceFetcher
    browser: PageFetcher
    pool: ExtractPool
    hub_pool: ExtractPool
    no_pace: bool
    listener: Listener
    schedule: ScheduleStore = field(init=False)
    health: ArchiveHealth = field(init=False)
    network: NetworkHealth = field(init=False)
    crawler: Crawler = field(init=False)
    queue: LocalQueue = field(init=False)
    known: KnownPages = field(default_factory=KnownPages)
    synced: Config | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.schedule = ScheduleStore(self.archive)
        self.health = ArchiveHealth(self.archive)
        self.network = NetworkHealth(private=self.config.fetch.allow_private, proxy_for=self.fetcher.proxy_for)
        self.crawler = Crawler(
            self.archive,
            GuardedFetcher(self.fetcher, self.network),
            self.pipeline,
            self.politeness,
            utc_now,
            self.listener,
            browser=GuardedFetcher(self.browser, self.network),
        )
        self.queue = LocalQueue(
            self.crawler.crawl_host, concurrency=self.config.service.concurrency, crashed=self.crashed
        )

    def pipeline(self) -> Pipeline:
        """Return a pipeline for the current configuration and schedule."""
        schedule = self.schedule.current
        return Pipeline(self.config, self.pool, schedule.next_check, schedule.pulled_forward, self.listing, self.known)

    async def listing(self, hub: Hub, found: Capture) -> Listing | Failure:
        """Parse a hub in a separate child process, which a hostile feed may hang without delaying articles."""
        return await self.hub_pool.run((Listing, Failure), read_hub_or_failure, hub, found, about=found)

    def politeness(self) -> Politeness:
        """Return the current limits on requests to hosts."""
        return Politeness(self.config.fetch.delay.total_seconds(), slow=not self.config.contact, no_pace=self.no_pace)

    async def sync(self) -> None:
        """Make the archive watch the sources and articles of the current configuration."""
        config = self.config
        await self.archive.run(sync, config, utc_now())
        self.synced = config

    async def save_host_time(self) -> None:
        """Save the time that hosts reported since the last call: retention compares the clock with it."""
        if (pair := self.network.take_host_time()) is not None:
            await self.archive.run(save_host_time, *pair)

    async def clock_went_back(self, now: datetime) -> None:
        """After the system clock was set back, reschedule everything planned by the old time."""
        if seconds := await self.archive.run(clock_went_back, now):
            _log.warning(
                "clock",
                detail=f"the system clock is {seconds:.0f} s behind the latest check; due times were moved forward",
            )

    def crashed(self, host: str, error: BaseException) -> None:
        """Log that crawling a host ended in an exception, and postpone the host.

        An error of the archive or of our own network is not the host's fault: it pauses the whole service instead (see
        `ArchiveHealth` and `NetworkHealth`).
        """
        if not isinstance(error, NetworkDown) and self._is_crash(error, host=host):
            self.spawn(self.archive.run(postpone_host, host, utc_now() + CRASH_PAUSE), f"postpone {host}")

    def spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        """Run `work` as a background task; `finish` waits for it. An error that it ends with is logged."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        # The loop itself keeps only a weak reference: a task that nobody holds may disappear before it ends.
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                self._is_crash(error, task=task.get_name())

        task.add_done_callback(ended)

    async def finish(self) -> None:
        """Give background tasks a moment to end, then cancel them: the archive is closed next."""
        self.crawler.stopping.set()
        await finish_tasks(self._tasks, MAX_TASK_SHUTDOWN_SECONDS)

    def _is_crash(self, error: BaseException, **where: str) -> bool:
        """Record an error of the archive; count and log any other error and return True."""
        if isinstance(error, ArchiveError):
            self.health.record(error)
            return False
        metrics.CRASHES.inc()
        _log.error("crash", **where, error=f"{type(error).__name__}: {error}", exc_info=error)
        return True


def slow_pace_warning(*, no_pace: bool) -> str:
    """Say that sites are visited slowly because no contact is set; with `no_pace`, loopback hosts are not."""
    sites = "sites on other machines" if no_pace else "sites"
    return f"No contact address is set, so {sites} are visited at the slowest rate."


def postpone_host(archive: Archive, host: str, until: datetime) -> None:
    """Request nothing from a host before `until`."""
    with archive.write():
        save_host(archive, replace(get_host(archive, host), not_before=until))


async def open_runtime(
    stack: AsyncExitStack,
    config: Config,
    *,
    migrate: bool,
    no_pace: bool,
    listener: Listener,
    config_path: Path | None = None,
    service: bool = False,
) -> Runtime:
    """Lock and open the archive, then open the network and the extractors; `stack` closes them in reverse.

    A SQLite archive that does not exist is created. `migrate` brings an archive of an earlier release up to date.
    `service` says whether this is the service and not a single pass: on PostgreSQL several services may use one
    archive, and an unusable target, for instance one whose secret is not set, is a ConfigError. The site rules are next
    to `config_path`.

    Raises ArchiveLocked, SchemaMismatch, ArchiveError or ConfigError; TrackerError without a temporary folder.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        # Not a ConfigError, after which systemd does not restart the service: the disk may only be full.
        hint = "make /tmp writable, or set TMPDIR to a writable folder on a disk with free space"
        raise TrackerError(f"pages cannot be read: {error.strerror}", hint=hint) from None
    url = config.archive.database
    held = await _lock(stack, url, service=service)
    archive_thread = await stack.enter_async_context(
        # No child for a single pass: it ends soon, and would only wait for the child to start.
        ArchiveThread(lambda: open_archive(url, migrate=migrate, create=True, held=held, in_child=service))
    )
    if not service:
        # We hold the lock, so any process that leased alerts has ended: deliver them now, not when the leases
        # expire.
        await archive_thread.run(release_leases)
    fetcher = SourceFetcher(config, __version__)
    stack.push_async_callback(fetcher.aclose)
    require(config, fetcher, targets=service)
    if (rules := own_folder(config_path)).is_dir():
        load_site_rules([rules])  # report an unusable rule now, not when the first page is read
    browser = BrowserFetcher(fetcher, fetcher.photographs)
    stack.push_async_callback(browser.aclose)
    pool = ExtractPool(MAX_EXTRACTOR_PROCESSES, sites=rule_folders(config_path))
    stack.callback(pool.close)
    hub_pool = ExtractPool(MAX_HUB_READER_PROCESSES)
    stack.callback(hub_pool.close)
    runtime = Runtime(config, archive_thread, fetcher, browser, pool, hub_pool, no_pace, listener)
    stack.push_async_callback(runtime.finish)
    # Hosts that answered in earlier runs: without them, an outage at the start would be blamed on each host.
    runtime.network.remember(await archive_thread.run(list_answering, MAX_KNOWN_HOSTS))
    return runtime


async def _lock(stack: AsyncExitStack, url: str, *, service: bool) -> ServerLock | None:
    """Take the lock of the archive until `stack` ends; a service first waits for a command that uses the archive."""
    waits = False
    while True:
        try:
            return stack.enter_context(lock(url, shared=service, service=service))
        except LockedByCommand as error:
            if not service:
                raise
            if not waits:
                _log.warning("archive", detail=str(error), hint="the service starts when that command has ended")
            waits = True
        notify_systemd("EXTEND_TIMEOUT_USEC=60000000")
        await asyncio.sleep(LOCK_RETRY_SECONDS)


def require(config: Config, fetcher: Fetcher, *, targets: bool = True) -> None:
    """Raise ConfigError if the configuration is unusable, or needs a missing browser or, with `targets`, a secret."""
    require_usable(config)
    if config.targets and targets:
        notifiers(config, fetcher)
    if any(source.render for source in config.sources):
        find_chromium()
