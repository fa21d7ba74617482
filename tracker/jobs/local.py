"""The queue of one process: due hosts are crawled in asyncio tasks. Several processes share `postgres` instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from tracker.observe import metrics
from tracker.tasks import finish_tasks


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
            # Asked here, because the queue may have been drained while the host waited for its place.
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
