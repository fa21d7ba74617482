"""The archive as the web pages read it: read-only, with cached results of slow queries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any, Final, TypeVar

from tracker.archive.archive import Archive
from tracker.archive.verdicts import VerdictsByVersion
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
        """Return the change that led to a version, with only the labels to show."""
        return change if self.verdicts is None else as_judged(change, self.verdicts.get((article, n), ()))

    def shown_version(self, version: Version) -> Version:
        """Return a version whose change has only the labels to show."""
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

        A result is cached for at least a hundred times as long as it took to make, so that at most one percent of the
        time is spent on it. `forget` does not clear a `lasting` result: users' actions hardly change it.
        """
        with self._lock:
            now = monotonic()
            for old in [name for name, each in self._kept.items() if each.until < now and not each.making.locked()]:
                del self._kept[old]
            kept = self._kept.setdefault(key, _Result(lasting))
        # Each result has its own lock, so that a slow query delays only requests for the same result.
        with kept.making:
            began = monotonic()
            if began >= kept.until:
                kept.value = make()
                now = monotonic()
                kept.until = now + max(fresh, 100 * (now - began))
            value: T = kept.value
            return value

    def forget(self) -> None:
        """Clear the results that are not lasting, because a user has changed something."""
        with self._lock:
            for key in [key for key, each in self._kept.items() if not each.lasting]:
                del self._kept[key]
