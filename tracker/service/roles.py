"""The roles of a service process (schedule, work or both), and the election of a leader among schedulers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakSet

from tracker.archive.database.locking import Leadership
from tracker.errors import ArchiveError
from tracker.jobs.crawl import LocalQueue
from tracker.observe import logs
from tracker.tasks import wait_at_most

from .runtime import Runtime

if TYPE_CHECKING:
    from tracker.jobs.postgres import PostgresQueue

Role = Literal["all", "scheduler", "worker"]
LEAD_CHECK_SECONDS: Final = 5.0
_log = logs.get("service")


def is_shared(database: str) -> bool:
    """Return whether several processes may share the archive, which needs PostgreSQL."""
    return database.startswith("postgresql")


async def open_queue(stack: AsyncExitStack, runtime: Runtime) -> LocalQueue | PostgresQueue:
    """Return the queue of this process; on PostgreSQL it is shared by all. Raises ArchiveError."""
    if not is_shared(runtime.config.archive.database):
        return runtime.queue
    try:
        from tracker.jobs.postgres import open_postgres_queue
    except ModuleNotFoundError as error:
        raise ArchiveError(
            f"an archive on PostgreSQL needs {error.name}", hint="pip install 'writethru[postgres]'"
        ) from error
    return await stack.enter_async_context(
        open_postgres_queue(
            runtime.config.archive.database,
            runtime.crawler.crawl_host,
            concurrency=runtime.config.service.concurrency,
            crashed=runtime.crashed,
        )
    )


def queue_work(
    queue: LocalQueue | PostgresQueue, runtime: Runtime, role: Role
) -> dict[str, Coroutine[None, None, None]]:
    """Return the work of this process on a shared queue, by task name; none if the queue is local."""
    if isinstance(queue, LocalQueue):
        return {}
    work: dict[str, Coroutine[None, None, None]] = {}
    if role != "scheduler":
        work["worker"] = queue.work()
    if role != "worker":
        # A scheduler on standby does too: the leader may be among the dead workers.
        work["dead workers"] = _release_dead_workers(queue, runtime)
    return work


async def _release_dead_workers(queue: PostgresQueue, runtime: Runtime) -> None:
    """Release the hosts of dead workers every few seconds; several schedulers may do so at the same time."""
    while not runtime.crawler.stopping.is_set():
        try:
            if hosts := await queue.release_dead_workers():
                _log.warning("worker", detail="a worker died; its hosts are given to others", hosts=", ".join(hosts))
        except ArchiveError as error:
            runtime.health.record(error)
        await wait_at_most(runtime.crawler.stopping, LEAD_CHECK_SECONDS)


class LeaderElection:
    """Takes the lead when it is free and then awaits `begin`; `is_leader` says whether this process leads.

    On SQLite this process always leads. With the role "worker" it never does. The tasks in `works` are cancelled when
    it loses the lead.
    """

    def __init__(self, database: str, role: Role, begin: Callable[[], Awaitable[None]]) -> None:
        self._leadership = Leadership(database) if role != "worker" else None
        self._begin = begin
        self._logged_standby = False
        self._leads = False
        self.works: WeakSet[asyncio.Task[None]] = WeakSet()

    @property
    def is_leader(self) -> bool:
        """Whether this process leads now; False after a long freeze, even before it learns of another leader."""
        return self._leads and self._leadership is not None and self._leadership.is_current

    async def check(self) -> None:
        """Try to take or confirm the lead. If `begin` raises, so does this, and the next call tries again."""
        if self._leadership is None:
            return
        leads = await asyncio.to_thread(self._leadership.check)
        if not leads:
            for each in self.works:
                each.cancel()
        if leads and not self._leads:
            # In this order: nothing is scheduled or sent before the leases of the last leader are released.
            if await self._begin_while_leading(self._leadership):
                self._leads = True
                why = "; the last leader did not answer and was disconnected" if self._leadership.ended else ""
                _log.info("lead", detail=f"this process schedules and delivers alerts{why}")
        elif self._leads and not leads:
            self._leads = self._logged_standby = False
            _log.warning("lead", detail="this process no longer leads; another scheduler may take over")
        elif not leads and not self._logged_standby:
            self._logged_standby = True
            _log.info("lead", detail="another scheduler leads; this one is on standby")

    async def keep(self, stop: asyncio.Event) -> None:
        """Call `check` every few seconds until `stop` is set."""
        logged = ""
        while not stop.is_set():
            try:
                await self.check()
                logged = ""
            except ArchiveError as error:
                # While the server is away, the same error comes every few seconds.
                if str(error) != logged:
                    _log.error("lead", detail=str(error), hint=error.hint)
                logged = str(error)
            await wait_at_most(stop, LEAD_CHECK_SECONDS)

    async def close(self) -> None:
        """Release the lead, so that another scheduler can take it."""
        self._leads = False
        if self._leadership is not None:
            await asyncio.to_thread(self._leadership.close)

    async def _begin_while_leading(self, leadership: Leadership) -> bool:
        """Await `begin`, which may take long, and keep confirming the lead; return whether this process still leads."""
        begun = asyncio.ensure_future(self._begin())
        try:
            while not (await asyncio.wait([begun], timeout=LEAD_CHECK_SECONDS))[0]:
                if not await asyncio.to_thread(leadership.check):
                    return False
            await begun
        finally:
            begun.cancel()
        return True
