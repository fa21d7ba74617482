"""The interface of the queue between the scheduler, which finds due hosts, and the workers, which crawl them.

`local.LocalQueue` implements it within one process, `postgres.PostgresQueue` across processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence


@runtime_checkable
class Queue(Protocol):
    """Passes hosts to workers; a host is crawled by one worker at a time."""

    async def submit(self, host: str) -> bool:
        """Ask for *host* to be crawled; return False if it is already queued or being crawled."""
        ...

    async def offer(self, hosts: Sequence[str]) -> int:
        """Ask for several hosts to be crawled; return how many were neither queued nor being crawled."""
        ...

    async def drain(self, seconds: float) -> bool:
        """Accept no more hosts and let running crawls finish.

        Return False if some did not finish within *seconds* and were cancelled.
        """
        ...
