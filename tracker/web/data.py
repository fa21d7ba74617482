"""The archive as web pages read it: read-only, slow results cached; and events that announce new versions."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any, Final, TypeVar
from weakref import WeakSet

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from tracker.archive.archive import Archive
from tracker.archive.verdicts import VerdictsByVersion
from tracker.archive.versions import newest_row
from tracker.errors import ArchiveError
from tracker.model.change import Change
from tracker.model.version import Version
from tracker.service.source_report import SourceStatus, recent_status
from tracker.service.verdicts import as_judged

T = TypeVar("T")
FRESH_SECONDS: Final = 20.0


@dataclass
class _Result:
    """A result of a slow query: it is made by one thread at a time, and is not used after `until`."""

    lasting: bool
    until: float = 0.0
    value: Any = None
    making: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class CachedArchive:
    """An archive opened for reading, and cached results of slow queries. Safe to use from any thread."""

    archive: Archive
    verdicts: VerdictsByVersion | None = None  # if set, only labels that these confirm are shown
    _kept: dict[Any, _Result] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shown(self, change: Change, article: str, n: int) -> Change:
        """Return what is shown of the change that led to a version."""
        return change if self.verdicts is None else as_judged(change, self.verdicts.get((article, n), ()))

    def shown_version(self, version: Version) -> Version:
        """Return a version with what is shown of its change."""
        change = version.change
        return replace(version, change=self.shown(change, version.article, version.n)) if change else version

    def source_status(self, now: datetime) -> SourceStatus:
        """Return the recent storms and layout changes of all sources."""
        return replace(self.cached("source-status", lambda: recent_status(self.archive, now)), now=now)

    def cached(
        self,
        key: Any,  # noqa: ANN401 - any key
        make: Callable[[], T],
        fresh: float = FRESH_SECONDS,
        *,
        lasting: bool = False,
    ) -> T:
        """Return the result of `make`, or a cached result that is at most `fresh` seconds old.

        A result is cached for at least a hundred times as long as it took to make, so that making it never takes more
        than a hundredth of the time. A `lasting` one is not cleared by `forget`: users' actions hardly change it.
        """
        with self._lock:
            now = monotonic()
            for old in [name for name, each in self._kept.items() if each.until < now and not each.making.locked()]:
                del self._kept[old]
            kept = self._kept.setdefault(key, _Result(lasting))
        # A lock of its own, so that a slow query holds up only those who ask for the same.
        with kept.making:
            began = monotonic()
            if began >= kept.until:
                kept.value = make()
                now = monotonic()
                kept.until = now + max(fresh, 100 * (now - began))
            value: T = kept.value
            return value

    def forget(self) -> None:
        """Clear the cache of all that does not last, because a user has changed something."""
        with self._lock:
            for key in [key for key, each in self._kept.items() if not each.lasting]:
                del self._kept[key]


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
    _listeners: WeakSet[asyncio.Queue[int]] = field(default_factory=WeakSet)
    _watch: asyncio.Task[None] | None = None

    def stream(self) -> StreamingResponse:
        """Return a response that lasts until the browser or the server closes it.

        Raises HTTPException (503) if too many pages are open.
        """
        if len(self._listeners) >= MAX_LISTENERS:
            raise HTTPException(503, "Too many open pages")
        mine: asyncio.Queue[int] = asyncio.Queue()
        # Counted from now on: many requests may have come before the first of them is answered. One that is never
        # answered is dropped with its stream.
        self._listeners.add(mine)
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(mine), media_type="text/event-stream", headers=headers)

    async def _stream(self, mine: asyncio.Queue[int]) -> AsyncIterator[str]:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._watch_archive())
        yield "retry: 5000\n\n"
        quiet = 0
        try:
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
        finally:
            self._listeners.discard(mine)

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
