"""How sources fare as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MANY_ARTICLES: Final = 10
"""So many articles in a new frame make a layout change of the source."""


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source at a glance. *failing* counts articles and hubs whose last visit failed."""

    name: str
    paused: bool = False
    articles: int = 0
    changed: int = 0
    versions: int = 0
    checks: int = 0
    gone: int = 0
    failing: int = 0
    hubs: int = 0
    hubs_failing: int = 0
    last_ok: datetime | None = None
    last_check: datetime | None = None
    last_change: datetime | None = None
    next_visit: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Storm:
    """Why alerts of a source are held since *began* and until when; from *spared* on a storm may be held again."""

    source: str
    began: datetime
    until: datetime
    changed: int
    seen: int
    spared: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether alerts wait."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Layout:
    """A change of layout: when its first and its latest article were seen, and the articles, counted up to `MANY_ARTICLES`."""

    source: str
    began: datetime
    last: datetime
    articles: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Say whether so many articles moved that it is the source's change and not theirs."""
        return len(self.articles) >= MANY_ARTICLES
