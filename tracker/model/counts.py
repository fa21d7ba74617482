"""How much an archive holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds. `bytes` is the size of the database.

    A source without articles was never read, or was removed from the configuration before it was.
    """

    sources: int = 0
    sources_with_articles: int = 0
    articles: int = 0
    versions: int = 0
    captures: int = 0
    checks: int = 0
    pending_alerts: int = 0
    dead_alerts: int = 0
    delivered_alerts: int = 0
    bytes: int = 0
    oldest_pending_at: datetime | None = None
