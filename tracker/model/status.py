"""The state of an archive, of what is watched and of whole sources, and how a source treats its own edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from .check import Tracked
from .labels import LabelKind


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
        checks, changed, first: all visits of the last day, those that found a change, and those that found an
            article's first version.
    """

    articles: int = 0
    sample: tuple[Tracked, ...] = ()
    fresh: int = 0
    checks: int = 0
    changed: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What visits to a source found in some time: articles seen, articles changed, and changes."""

    seen: int = 0
    changed: int = 0
    changes: int = 0


MIN_MOVED_ARTICLES: Final = 10
"""With this many articles in a new frame, the layout of the source has changed."""


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


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`."""

    count: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None if there is nothing to count."""
        return round(self.count / self.of, 4) if self.of else None


def median_hours(hours: tuple[float, ...]) -> float | None:
    """Return the median of some times in hours; None if there are none."""
    from statistics import median  # it loads half a dozen modules, and only scorecards need it

    return round(median(hours), 4) if hours else None


@dataclass(frozen=True, slots=True)
class EditCounts:
    """How a source's edits add up. Flaps, changes back and forth between the same texts, are in no count but `kinds`.

    Attributes:
        changed: the articles that changed, of all that are watched.
        announced: the changes that the outlet announced, of those that changed facts.
        kinds: how many changes have each label, the most frequent first.
        error_hours: how long errors lasted, from the first sight of the wrong text to that of the correction, sorted;
            only of the newest corrections that explain an edit. What was in the first version counts from publication.
    """

    changed: Share = Share()
    changes: int = 0
    announced: Share = Share()
    kinds: tuple[tuple[LabelKind, int], ...] = ()
    error_hours: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What reading every version of a source says about it besides the counts of its edits.

    Attributes:
        headline_only: the changes of the headline alone, of all changes.
        correction_hours: the hours from publication to the first sight of each new correction, sorted.
        undated_corrections: new corrections of articles without a time of publication.
        early_corrections: corrections that were there in an article's first version.
        clock_still: the changes for which the page's own time of modification did not move, of those where both
            versions have one. How often it moves while nothing changes is in the checks (`moved_alone`).
        clock_for_form: the changes of form or order alone for which it moved.
        flaps: changes back and forth between the same texts. They are in no other count.
    """

    headline_only: Share = Share()
    correction_hours: tuple[float, ...] = ()
    undated_corrections: int = 0
    early_corrections: int = 0
    clock_still: Share = Share()
    clock_for_form: Share = Share()
    flaps: int = 0


@dataclass(frozen=True, slots=True)
class Unseen:
    """The visits that saw nothing.

    Attributes:
        count: how many visits failed or were refused, of `of` visits.
        time_unseen: for how long articles went unseen, added up over all of them.
        longest: the longest time for which one article went unseen.
    """

    count: int = 0
    of: int = 0
    time_unseen: timedelta = timedelta(0)
    longest: timedelta = timedelta(0)
