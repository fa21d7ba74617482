"""A source at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source at a glance.

    Attributes:
        scheduled: whether something of it has a time for its next visit. It keeps that time while the source is paused
            or not configured, until the source is forgotten.
        failing, hubs_failing: articles and hubs whose last visit failed.
        overdue: articles that should have been visited by now.
        error: the newest reason for a failure.
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
