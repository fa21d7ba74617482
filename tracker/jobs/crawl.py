"""Crawl hosts: the due hubs and articles of one, one by one at its pace; and the queue of hosts of one process.

Each check is committed before the next. Several processes share the queue in `postgres` instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from tracker.archive.sources import get_host
from tracker.archive.state import due_articles, due_hubs, save_state
from tracker.archive.thread import ArchiveThread
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable, NetworkDown
from tracker.model.capture import HostState, PageFetcher
from tracker.model.watch import HubState, WatchedArticle
from tracker.observe import logs, metrics
from tracker.pipeline.check import Pipeline, Report
from tracker.pipeline.host_session import HostSession, Politeness
from tracker.tasks import finish_tasks, wait_at_most

Listener = Callable[[Report], None]

R = TypeVar("R")

MAX_TURN_ARTICLES: Final = 25
# After this a host makes room for others; the next tick finds the articles that are still due.
MAX_TURN_DURATION: Final = timedelta(seconds=60)

_NOT_AT_FAULT: Final = (NetworkDown, ArchiveFull, ArchiveLocked, ArchiveUnreachable)
_PULSE: Final = "pulse"
_log = logs.get("crawl")


@dataclass(frozen=True, slots=True)
class Crawler:
    """Crawls hosts. `pipeline` and `politeness` are called for each use, as the configuration may be reloaded.

    Once `stopping` is set, every turn ends after its current check.
    """

    archive: ArchiveThread
    fetcher: PageFetcher
    pipeline: Callable[[], Pipeline]
    politeness: Callable[[], Politeness]
    clock: Callable[[], datetime]
    listener: Listener
    max_turn: timedelta = MAX_TURN_DURATION
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    browser: PageFetcher | None = None

    async def crawl_host(self, host: str) -> None:
        """Check the due hubs and articles of `host`; return when none is left or the turn is over."""
        now = self.clock()
        hubs: list[HubState] = await self.archive.run(due_hubs, host, now)
        session, ends = await self._open_session(host), now + self.max_turn
        # Hubs first: an update that one reports may make an article due in this very turn.
        if await self._visit(session, hubs, (), ends):
            articles: list[WatchedArticle] = await self.archive.run(due_articles, host, self.clock(), MAX_TURN_ARTICLES)
            await self._visit(session, (), articles, ends)

    async def visit(self, host: str, hubs: Sequence[HubState], articles: Sequence[WatchedArticle]) -> None:
        """Check exactly these hubs and articles of `host`, due or not, however long it takes."""
        await self._visit(await self._open_session(host), hubs, articles, None)

    async def _open_session(self, host: str) -> HostSession:
        state: HostState = await self.archive.run(get_host, host)
        return HostSession(state, self.fetcher, self.archive, self.politeness(), self.clock, browser=self.browser)

    async def _visit(
        self, session: HostSession, hubs: Sequence[HubState], articles: Sequence[WatchedArticle], ends: datetime | None
    ) -> bool:
        for hub in hubs:
            session.source = hub.hub.source
            if not await self._wait_for_turn(session, hub.hub.url, ends):
                return False
            pipeline = self.pipeline()
            polled = await self._isolate(pipeline.poll(hub, session), partial(pipeline.record_poll_crash, hub), session)
            self.listener(polled)
        for tracked in articles:
            session.source = tracked.source
            if not await self._wait_for_turn(session, tracked.url, ends):
                return False
            pipeline = self.pipeline()
            checked = await self._isolate(
                pipeline.check(tracked, session), partial(pipeline.record_crash, tracked), session
            )
            self.listener(checked)
        return True

    async def _isolate(
        self,
        work: Coroutine[None, None, R],
        record_crash: Callable[[Exception, HostSession], Awaitable[R]],
        session: HostSession,
    ) -> R:
        """Await `work`; if it raises, postpone the article or hub, so that one page cannot stop the others.

        Raises ArchiveError if the archive cannot be written, and NetworkDown: then the article is not at fault.
        """
        try:
            return await work
        except _NOT_AT_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - logged and postponed
            # A small write shows whether the archive refused only this article, or can store nothing at all.
            if isinstance(error, ArchiveError):
                await probe(self.archive, self.clock())
            metrics.CRASHES.inc()
            _log.error("crash", host=session.state.host, error=f"{type(error).__name__}: {error}", exc_info=error)
            return await record_crash(error, session)

    async def _wait_for_turn(self, session: HostSession, url: str, ends: datetime | None) -> bool:
        if self.stopping.is_set():
            return False
        await session.refresh_robots(url)
        # robots.txt forbids it: the check is recorded without a request, so there is no pause to wait for.
        if session.refused(url):
            return True
        now = self.clock()
        wait = session.wait(now)
        if ends is not None and now + timedelta(seconds=wait) > ends:
            return False
        if wait:
            await wait_at_most(self.stopping, wait)
        return not self.stopping.is_set()


async def probe(archive: ArchiveThread, now: datetime) -> None:
    """Make a small write to the archive. Raises ArchiveError if it cannot be written."""
    await archive.run(save_state, _PULSE, now.isoformat(), now)


class LocalQueue:
    """Passes due hosts to workers in this process, with one asyncio task a host; see `postgres.PostgresQueue`.

    `crawl` is called for each host; `crashed` is called with the host if it raises.
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

    async def offer(self, hosts: Sequence[str]) -> int:
        """Crawl hosts when slots are free; return how many were neither queued nor running, 0 while draining."""
        new = [] if self._closed else [host for host in dict.fromkeys(hosts) if host not in self._tasks]
        for host in new:
            self._tasks[host] = asyncio.create_task(self._run(host), name=f"crawl {host}")
            self._tasks[host].add_done_callback(partial(self._done, host))
        return len(new)

    async def join(self) -> None:
        """Wait until nothing runs."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def drain(self, seconds: float) -> bool:
        """Accept no more and let running crawls finish; False if some were cancelled after `seconds`."""
        self._closed = True
        return await finish_tasks(self._tasks.values(), seconds)

    async def _run(self, host: str) -> None:
        async with self._places:
            # Asked here, because the queue may have been drained while the host waited for a slot.
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
