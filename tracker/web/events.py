"""Server-sent events that tell open pages about new versions. One query of the archive serves all pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import anyio.to_thread
from starlette.responses import StreamingResponse

from tracker.archive.versions import newest_row
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from .data import CachedArchive

POLL_SECONDS: Final = 2.0
KEEPALIVE_SECONDS: Final = 15
"""Proxies close a connection that is quiet for long; the HTML standard (9.2.7) advises a comment this often."""
MAX_LISTENERS: Final = 64
"""An open page holds one of the connections that `serve.MAX_CONNECTIONS` allows for as long as it is open."""


@dataclass
class Events:
    """Sends the number of new versions to all listeners; polls the archive only while there are listeners."""

    cache: CachedArchive
    closing: asyncio.Event
    every: float = POLL_SECONDS
    _listeners: set[asyncio.Queue[int]] = field(default_factory=set)
    _watch: asyncio.Task[None] | None = None

    def stream(self) -> StreamingResponse | None:
        """Return a response that lasts until the browser or the server closes it, or None with too many listeners."""
        if len(self._listeners) >= MAX_LISTENERS:
            return None
        mine: asyncio.Queue[int] = asyncio.Queue()
        # Counted from now on: many requests may have come before the first of them is answered.
        self._listeners.add(mine)
        return _EventResponse(self._stream(mine), lambda: self._listeners.discard(mine))

    async def _stream(self, mine: asyncio.Queue[int]) -> AsyncIterator[str]:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._watch_archive())
        yield "retry: 5000\n\n"
        quiet = 0
        while not self.closing.is_set():
            try:
                # Each second, to see that the server is closing: it would wait for this answer to end.
                count = await asyncio.wait_for(mine.get(), 1.0)
            except TimeoutError:
                quiet += 1
                if quiet % KEEPALIVE_SECONDS == 0:
                    yield ": still here\n\n"
                continue
            yield f"event: version\ndata: {json.dumps({'count': count})}\n\n"

    async def _watch_archive(self) -> None:
        seen: int | None = None
        while self._listeners and not self.closing.is_set():
            try:
                newest = await anyio.to_thread.run_sync(newest_row, self.cache.archive)
            except ArchiveError:
                # The archive is busy; try again at the next poll.
                newest = seen or 0
            if seen is not None and newest > seen:
                for each in self._listeners:
                    each.put_nowait(newest - seen)
            seen = newest if seen is None else max(seen, newest)
            await asyncio.sleep(self.every)


class _EventResponse(StreamingResponse):
    """A stream of events; `done` is called when it ends, and also where it never began."""

    def __init__(self, events: AsyncIterator[str], done: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._done()
