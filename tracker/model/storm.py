"""A storm: many articles of a source that change at once, and the alerts held until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
