"""What may happen to a whole source: storms, in which its alerts are held, and changes of layout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MIN_MOVED_ARTICLES: Final = 10
"""With this many articles in a new frame, the layout of the source has changed."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What visits to a source found in some time: articles seen, articles changed, and changes."""

    seen: int = 0
    changed: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Storm:
    """Why and how long the alerts of a source are held.

    Attributes:
        began: when the storm was first seen.
        until: when held alerts are sent, unless it goes on.
        changed: articles that changed within the window.
        seen: articles that were checked within it.
        spared: until when nothing from the source is held, because a person released it.
    """

    source: str
    began: datetime
    until: datetime
    changed: int
    seen: int
    spared: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether alerts are held; a storm that a clock noted which was ahead holds none."""
        return self.began <= now < self.until


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout change: when its first and latest article were seen, and the articles, up to `MIN_MOVED_ARTICLES`."""

    source: str
    began: datetime
    last: datetime
    articles: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether enough articles moved to say that the source changed, not single articles."""
        return len(self.articles) >= MIN_MOVED_ARTICLES
