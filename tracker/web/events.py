"""Server-sent events: a page that is open is told when versions are kept. One look at the archive serves everybody."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import anyio.to_thread
from starlette.responses import StreamingResponse

from tracker.archive.versions import newest_row
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .data import CachedArchive

EVERY: Final = 2.0
_SILENCE: Final = 15
_MOST: Final = 64


@dataclass
class Events:
    """Tells those who listen what came; looks only while somebody does."""

    archive: CachedArchive
    closing: asyncio.Event
    every: float = EVERY
    _listeners: set[asyncio.Queue[int]] = field(default_factory=set)
    _watch: asyncio.Task[None] | None = None

    def stream(self) -> StreamingResponse | None:
        """Return an answer that goes on until the reader or the server leaves; None where too many listen."""
        if len(self._listeners) >= _MOST:
            return None
        return StreamingResponse(self._told(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def _told(self) -> AsyncIterator[str]:
        mine: asyncio.Queue[int] = asyncio.Queue()
        self._listeners.add(mine)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._look())
        try:
            yield "retry: 5000\n\n"
            quiet = 0
            while not self.closing.is_set():
                try:
                    count = await asyncio.wait_for(mine.get(), 1.0)
                except TimeoutError:
                    quiet += 1
                    if quiet % _SILENCE == 0:
                        yield ": still here\n\n"
                    continue
                yield f"event: version\ndata: {json.dumps({'count': count})}\n\n"
        finally:
            self._listeners.discard(mine)

    async def _look(self) -> None:
        seen: int | None = None
        while self._listeners and not self.closing.is_set():
            try:
                newest = await anyio.to_thread.run_sync(newest_row, self.archive.opened)
            except ArchiveError:
                # A busy archive answers the next time.
                newest = seen or 0
            if seen is not None and newest > seen:
                for each in self._listeners:
                    each.put_nowait(newest - seen)
            seen = newest if seen is None else max(seen, newest)
            await asyncio.sleep(self.every)
