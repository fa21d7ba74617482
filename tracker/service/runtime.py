"""Everything one running process holds, opened together and let go of together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker import __version__, archive
from tracker.alerts.channels import notifiers
from tracker.archive.clock import clock_went_back
from tracker.archive.database.url import archive_url
from tracker.archive.hosts import get_host, save_host
from tracker.archive.outbox import release_leases
from tracker.archive.thread import ArchiveThread
from tracker.errors import ArchiveError
from tracker.extraction import ExtractPool
from tracker.fetch import BrowserFetcher, HttpFetcher
from tracker.fetch.browser import find_chromium
from tracker.jobs import cadence
from tracker.jobs.crawl import Crawler
from tracker.jobs.local import LocalQueue
from tracker.jobs.update_model import UpdateModel
from tracker.model import CheckOutcome
from tracker.observe import logs, metrics
from tracker.pipeline import Pipeline, Politeness
from tracker.sources import read_hub_or_failure

from .archive_health import ArchiveHealth
from .checking import require_usable
from .sites import rule_folders
from .update_model_store import UpdateModelStore
from .watchlist import sync

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from contextlib import AsyncExitStack
    from pathlib import Path

    from tracker.config import Config, SourceConfig
    from tracker.jobs.crawl import Listener
    from tracker.model import Capture, Failure, HostState, Hub, Listing, Tracked
    from tracker.model.fetcher import Fetcher
    from tracker.pipeline import CheckVerdict
    from tracker.pipeline.check import Forward
    from tracker.pipeline.decide import Schedule

EXTRACTORS: Final = 2
HUB_READERS: Final = 1
SHIPPED_BELIEFS: Final = UpdateModel()
_log = logs.get("service")


def utc_now() -> datetime:
    """Return the time; the only place that reads the clock for the stages."""
    return datetime.now(UTC)


def schedule_for(source: SourceConfig, beliefs: UpdateModel = SHIPPED_BELIEFS) -> Schedule:
    """Return the schedule of a source's articles: its own fixed interval, or equal expected loss."""

    def schedule(tracked: Tracked, now: datetime, verdict: CheckVerdict) -> datetime | None:
        if verdict.failures:
            refused = verdict.outcome in {CheckOutcome.REFUSED, CheckOutcome.GONE}
            return cadence.retry(tracked, now, failures=verdict.failures, every=source.every, refused=refused)
        changed = verdict.outcome.made_version
        return cadence.next_check(
            tracked,
            now,
            changed=changed,
            every=source.every,
            until=source.until,
            curve=beliefs.curve_for(tracked),
            signal=beliefs.signal(tracked, now),
        )

    return schedule


def forward_for(source: SourceConfig, beliefs: UpdateModel) -> Forward:
    """Return when to look at an article of *source* now that its hub told of an update."""

    def forward(tracked: Tracked, now: datetime) -> datetime | None:
        signal, curve = beliefs.signal(tracked, now), beliefs.curve_for(tracked)
        return cadence.pulled_forward(tracked, now, signal=signal, every=source.every, curve=curve)

    return forward


@dataclass(slots=True)
class Runtime:
    """Everything one running process holds: made by `open_runtime`, let go of by its exit stack."""

    config: Config
    archive: ArchiveThread
    fetcher: Fetcher
    browser: Fetcher
    pool: ExtractPool
    hub_pool: ExtractPool
    no_pace: bool
    listener: Listener
    update_model: UpdateModelStore = field(init=False)
    health: ArchiveHealth = field(init=False)
    crawler: Crawler = field(init=False)
    queue: LocalQueue = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.update_model = UpdateModelStore(self.archive)
        self.health = ArchiveHealth(self.archive)
        self.crawler = Crawler(
            self.archive,
            self.fetcher,
            self.pipeline,
            self.politeness,
            utc_now,
            self.listener,
            browser=self.browser,
        )
        self.queue = LocalQueue(
            self.crawler.crawl_host, concurrency=self.config.service.concurrency, crashed=self.crashed
        )

    def pipeline(self) -> Pipeline:
        """Return the pipeline of the configuration as it is now."""
        beliefs = self.update_model.now
        return Pipeline(
            self.config,
            self.pool,
            lambda source: schedule_for(source, beliefs),
            lambda source: forward_for(source, beliefs),
            self.listing,
        )

    async def listing(self, hub: Hub, found: Capture) -> Listing | Failure:
        """Read a hub in a child that can be killed, and that no article waits for: a hostile feed may hang it."""
        return await self.hub_pool.run(read_hub_or_failure, hub, found.body, found.final_url, found.status, about=found)

    def politeness(self) -> Politeness:
        """Return how politely hosts are to be treated now."""
        return Politeness(self.config.fetch.delay.total_seconds(), slow=not self.config.contact, no_pace=self.no_pace)

    async def sync(self) -> None:
        """Make the archive watch what the configuration names now."""
        await self.archive.run(sync, self.config, utc_now())

    async def clock_went_back(self) -> None:
        """Let nothing wait until the clock comes by a second time, where it was put back."""
        if seconds := await self.archive.run(clock_went_back, utc_now()):
            _log.warning("clock", detail=f"visits stand {seconds:.0f} s in the future; what was planned comes sooner")

    def crashed(self, host: str, error: BaseException) -> None:
        """Say loudly that a host's turn ended in an exception, and leave that host alone for a while.

        Trouble with the archive is nobody's fault but ours: it is said once, and everything waits until it is over.
        """
        if isinstance(error, ArchiveError):
            self.health.met(error)
            return
        metrics.CRASHES.inc()
        _log.error("crash", host=host, error=f"{type(error).__name__}: {error}", exc_info=error)
        self.spawn(self._postpone(host))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run *work* beside everything else, and keep hold of it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _postpone(self, host: str) -> None:
        try:
            state: HostState = await self.archive.run(get_host, host)
            await self.archive.run(save_host, replace(state, not_before=utc_now() + timedelta(minutes=5)))
        except ArchiveError as error:
            self.health.met(error)


async def open_runtime(
    stack: AsyncExitStack,
    config: Config,
    *,
    migrate: bool,
    no_pace: bool,
    listener: Listener,
    config_path: Path | None = None,
    shared: bool = False,
) -> Runtime:
    """Take the archive's lock, open archive, network and extractor; the stack lets go of them in reverse.

    *config_path* says where the rules for single outlets are. *shared* lets other processes that say so work on the
    same archive, where that is on PostgreSQL. Raises ArchiveLocked, SchemaMismatch, ArchiveError or
    ConfigError.
    """
    url = config.archive.database
    stack.enter_context(archive.lock(url, shared=shared))
    # On a server others write too: locks on a source's rows that were held for long would wait for each other.
    archive_thread = await stack.enter_async_context(
        ArchiveThread(
            lambda: archive.open_archive(url, migrate=migrate), group_writes=archive_url(url).path is not None
        )
    )
    if not shared:
        # Whoever leased an alert before held the lock that is ours now, so it is dead: its alerts must not wait for it.
        await archive_thread.run(release_leases)
    fetcher = HttpFetcher(config.fetch, contact=config.contact, version=__version__)
    stack.push_async_callback(fetcher.aclose)
    require(config, fetcher)
    browser = BrowserFetcher(fetcher)
    stack.push_async_callback(browser.aclose)
    pool = ExtractPool(EXTRACTORS, sites=rule_folders(config_path))
    stack.callback(pool.close)
    hub_pool = ExtractPool(HUB_READERS)
    stack.callback(hub_pool.close)
    return Runtime(config, archive_thread, fetcher, browser, pool, hub_pool, no_pace, listener)


def require(config: Config, fetcher: Fetcher) -> None:
    """Raise ConfigError where a configuration needs a secret or a browser that is not there, or cannot work."""
    require_usable(config)
    notifiers(config, fetcher)
    if any(source.render for source in config.sources):
        find_chromium()
