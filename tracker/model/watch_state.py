"""How watching goes, and what is under watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .check import Tracked


@dataclass(frozen=True, slots=True)
class WatchState:
    """How watching goes.

    Attributes:
        overdue: articles that should have been checked by now.
        lag_seconds: how long the most overdue of them has waited.
        quarantined: articles and lists whose page hung or crashed extraction.
        last_seen: when a page or list of each source was last read, by source.
        waiting: alerts by target and state, pending or dead.
        versions_last_week: versions stored in the last seven days.
        began: when the first source was put under watch.
    """

    overdue: int = 0
    lag_seconds: float = 0.0
    quarantined: tuple[str, ...] = ()
    last_seen: Mapping[str, datetime | None] = field(default_factory=dict)
    waiting: Mapping[tuple[str, str], int] = field(default_factory=dict)
    versions_last_week: int = 0
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What is under watch, for planning requests.

    Attributes:
        articles: how many articles are watched.
        sample: some of them, evenly chosen.
        fresh: how many were first seen in the last day.
    """

    articles: int = 0
    sample: tuple[Tracked, ...] = ()
    fresh: int = 0
