"""The state of whole sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MIN_MOVED_ARTICLES: Final = 10
"""So many articles in a new frame make it a layout change of the source."""


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source at a glance.

    *failing* counts articles whose last visit failed, *hubs_failing* such hubs, *overdue* articles that should have
    been visited; *error* is the newest reason. It is *scheduled* if something of it has a time for its next visit,
    which it keeps while the source is paused or not configured, until the source is forgotten.
    """

    name: str
    paused: bool = False
    scheduled: bool = False
    articles: int = 0
    changed: int = 0
    versions: int = 0
    checks: int = 0
    gone: int = 0
    failing: int = 0
    overdue: int = 0
    hubs: int = 0
    hubs_failing: int = 0
    last_ok: datetime | None = None
    last_check: datetime | None = None
    last_change: datetime | None = None
    next_visit: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class FailingSource:
    """What could not be read of a source at the last visit, as `SourceSummary` counts it."""

    name: str
    failing: int
    hubs: int
    hubs_failing: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Storm:
    """Why and how long the alerts of a source are held.

    Attributes:
        began: when the storm was first seen.
        until: when held alerts are sent, unless it goes on.
        changed: articles that changed within the window.
        seen: articles that were checked within it.
        spared: until when nothing of the source is held, because a person released it.
    """

    source: str
    began: datetime
    until: datetime
    changed: int
    seen: int
    spared: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether alerts are held."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout change: when its first and latest article were seen, and the articles, up to `MIN_MOVED_ARTICLES`."""

    source: str
    began: datetime
    last: datetime
    articles: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether so many articles moved that the source changed, not single articles."""
        return len(self.articles) >= MIN_MOVED_ARTICLES
