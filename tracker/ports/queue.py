"""The seam between the one who leads and those who crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence


@runtime_checkable
class Queue(Protocol):
    """Carries hosts to whoever crawls them; a host is crawled by one worker at a time."""

    async def submit(self, host: str) -> bool:
        """Ask for *host* to be crawled; False where it already is, or waits to be."""
        ...

    async def offer(self, hosts: Sequence[str]) -> int:
        """Ask for several hosts at once; return how many did not wait yet and were not being crawled."""
        ...

    async def drain(self, seconds: float) -> bool:
        """Take nothing more, let what runs end; False where it did not within *seconds* and was cancelled."""
        ...
