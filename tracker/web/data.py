"""The archive as web pages read it: read-only, with slow results cached for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tracker.archive.opening import open_archive

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.service.source_status import SourceStatus

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
    _kept: dict[Any, _Result] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def source_status(self, now: datetime) -> SourceStatus:
        """Return the recent storms and layout changes of all sources."""
        from tracker.service.source_status import recent_status, source_events

        return recent_status(self.kept("source-status", lambda: source_events(self.archive)), now)

    def kept(
        self,
        key: Any,  # noqa: ANN401 - any key
        make: Callable[[], T],
        fresh: float = FRESH_SECONDS,
        *,
        lasting: bool = False,
    ) -> T:
        """Return the result of `make`, or a cached result that is at most `fresh` seconds old.

        A result is cached for at least a hundred times as long as it took to make, so that making it never takes more
        than a hundredth of the time. A `lasting` one is not cleared by `forget`: what users do hardly changes it.
        """
        with self._lock:
            self._drop(lambda each: each.until < monotonic() and not each.making.locked())
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
            self._drop(lambda each: not each.lasting)

    def _drop(self, which: Callable[[_Result], bool]) -> None:
        for key in [key for key, each in self._kept.items() if which(each)]:
            del self._kept[key]

    def close(self) -> None:
        """Close the database. Idempotent."""
        self.archive.close()


def open_pages(url: str) -> CachedArchive:
    """Open the archive at `url` for reading. Raises what `open_archive` raises."""
    return CachedArchive(open_archive(url, readonly=True))
