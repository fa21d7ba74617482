"""What one process of the service does: schedule, work, or both; and which of several schedulers leads."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from tracker.archive.database.leading import Leadership
from tracker.errors import ArchiveError, UsageError
from tracker.observe import logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack

    from tracker.jobs.queue import Queue

    from .runtime import Runtime

Role = Literal["all", "scheduler", "worker"]
LEAD_EVERY: Final = 5.0
_log = logs.get("service")


def is_shared(database: str) -> bool:
    """Say whether several processes may work on the archive: on PostgreSQL they may."""
    return database.startswith("postgresql")


def require_role(role: Role, database: str) -> None:
    """Raise UsageError where a process cannot have that role on its archive."""
    if role != "all" and not is_shared(database):
        raise UsageError(
            f"--role {role} needs an archive on PostgreSQL; one process alone writes to SQLite",
            hint="set WRITETHRU_DB=postgresql+psycopg://user@host/name, or leave --role out",
        )


async def open_queue(stack: AsyncExitStack, room: Runtime, role: Role) -> Queue:
    """Return the queue of this process; it takes hosts from the others where its role is to work.

    Raises ArchiveError.
    """
    if not is_shared(room.config.archive.database):
        return room.queue
    try:
        from tracker.jobs.postgres import opened
    except ModuleNotFoundError as error:
        raise ArchiveError(f"many processes need {error.name}", hint="pip install 'writethru[postgres]'") from error
    queue = await stack.enter_async_context(
        opened(
            room.config.archive.database,
            room.crawler.crawl_host,
            concurrency=room.config.service.concurrency,
            crashed=room.crashed,
        )
    )
    if role != "scheduler":
        room.spawn(queue.work())
    if role != "worker":
        room.spawn(_take_back(queue.take_back, room))
    return queue


async def _take_back(take_back: Callable[[], Awaitable[list[str]]], room: Runtime) -> None:
    """Free the hosts of workers that died, again and again; harmless where several schedulers do it."""
    while not room.crawler.stopping.is_set():
        try:
            for host in await take_back():
                _log.warning("worker", host=host, detail="its worker died; the next tick offers it to another")
        except ArchiveError as error:
            _log.warning("queue", detail=str(error))
        await _pause(room.crawler.stopping, LEAD_EVERY)


class LeaderElection:
    """Takes the lead when it is free, and runs *begin* when it becomes ours; *ours* says how it stands.

    On SQLite it is ours at once and for good. A *role* that only works never asks for it.
    """

    def __init__(self, database: str, role: Role, begin: Callable[[], Awaitable[None]]) -> None:
        self._leadership = Leadership(database) if role != "worker" else None
        self._begin = begin
        self._told = False
        self.ours = False

    async def look(self) -> None:
        """Ask once. Raises what *begin* raises; it is run again at the next look."""
        if self._leadership is None:
            return
        leads = await asyncio.to_thread(self._leadership.check)
        if leads and not self.ours:
            await self._begin()
            self.ours = True
            _log.info("lead", detail="this process schedules and delivers alerts")
        elif self.ours and not leads:
            self.ours = self._told = False
            _log.warning("lead", detail="the lead is lost; another scheduler may take it")
        elif not leads and not self._told:
            self._told = True
            _log.info("lead", detail="another scheduler leads; standing by")

    async def keep(self, stop: asyncio.Event) -> None:
        """Ask every few seconds until *stop*."""
        while not stop.is_set():
            try:
                await self.look()
            except ArchiveError as error:
                _log.error("lead", detail=str(error), hint=error.hint)
            await _pause(stop, LEAD_EVERY)

    async def close(self) -> None:
        """Give the lead to whoever takes it next."""
        self.ours = False
        if self._leadership is not None:
            await asyncio.to_thread(self._leadership.close)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
