"""Sources: their listings, lines learned from their pages, events of a whole source, and figures of its edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .change import LabelKind


class HubKind(StrEnum):
    """Where article addresses come from."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Hub:
    """A page that lists articles: a feed, a sitemap, or a section page with its link rules.

    The links of a section page are those that the CSS `selector` selects; their addresses must match `pattern`.
    """

    source: str
    kind: HubKind
    url: str
    selector: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An article that a hub lists, with the hub's title and times; it is expected there until `listed_until`."""

    url: str
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    listed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of a hub: articles, and further hubs (a sitemap index, a feed that a page names)."""

    kind: HubKind
    targets: tuple[Target, ...] = ()
    hubs: tuple[str, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, as it is counted. `sample` is the line as it read when it was first seen.

    `key` is the line without its numbers, so that lines that differ in numbers alone are one.
    """

    key: str
    sample: str


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a source's `articles` each line is found, by its key."""

    articles: int = 0
    lines: tuple[tuple[str, int], ...] = ()


class HabitKind(StrEnum):
    """Why a line of a source is not news: it is in many articles, or it differs at every fetch."""

    HOUSE = "house"
    VOLATILE = "volatile"


@dataclass(frozen=True, slots=True)
class Habit:
    """A line that a source's own pages have shown not to be news. `articles` is how many it was seen in."""

    kind: HabitKind
    key: str
    sample: str
    articles: int = 0
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HintTally:
    """How often a source's listings were right about updates.

    A listing hints at an update by a later `updated` of a feed or `lastmod` of a sitemap than at the check before.
    Checks with a hint are `hits` if they found a change, else `false_touches`; changes without a hint are `misses`.
    """

    # Not whole numbers, because old checks fade.
    hits: float = 0.0
    false_touches: float = 0.0
    misses: float = 0.0

    def after(self, *, touched: bool, changed: bool) -> HintTally:
        """Return the tally with one more check: whether there was a hint, and whether the article had changed."""
        return HintTally(
            self.hits + (touched and changed),
            self.false_touches + (touched and not changed),
            self.misses + (changed and not touched),
        )


MIN_MOVED_ARTICLES: Final = 10
"""With this many articles in a new frame, the layout of the source has changed."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The results of visits to a source in some time: articles seen, articles changed, and changes."""

    seen: int = 0
    changed: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Storm:
    """Why the alerts of a source are held, and `until` when, unless the storm continues.

    `changed` of the articles `seen` within the window changed. `spared` is until when nothing is held, because a person
    released the source.
    """

    source: str
    began: datetime
    until: datetime
    changed: int
    seen: int
    spared: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether alerts are held; a storm that was stored while the clock was ahead holds none."""
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
class SourceSummary:
    """A source at a glance; `SourceView`, its JSON, describes the fields."""

    name: str
    paused: bool = False
    scheduled: bool = False
    articles: int = 0
    changed: int = 0
    versions: int = 0
    checks: int = 0
    gone: int = 0
    possibly_gone: int = 0
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
    """The failures of a source at the last visit, as `SourceSummary` counts them."""

    name: str
    failing: int
    hubs: int
    hubs_failing: int
    error: str = ""


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
    """Return the median of some times in hours, which are sorted; None if there are none."""
    middle = len(hours) // 2
    return round((hours[middle] + hours[~middle]) / 2, 4) if hours else None


@dataclass(frozen=True, slots=True)
class EditCounts:
    """Counts of a source's edits. Flaps, changes back and forth between the same texts, are in no count but `kinds`.

    Attributes:
        changed: the articles that changed, of all that are watched.
        announced: the changes that the outlet announced, of those that changed facts.
        kinds: how many changes have each label, the most frequent first.
        error_hours: how long errors lasted, from the first sight of the wrong text to that of the correction, sorted;
            only of the newest corrections that explain an edit. Errors of the first version count from publication.
    """

    changed: Share = Share()
    changes: int = 0
    announced: Share = Share()
    kinds: tuple[tuple[LabelKind, int], ...] = ()
    error_hours: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Figures of a source besides the counts of its edits, from reading all its versions.

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
    """How many of `of` visits failed or were refused, and how long articles went unseen: in all, and at longest."""

    count: int = 0
    of: int = 0
    time_unseen: timedelta = timedelta(0)
    longest: timedelta = timedelta(0)
