"""How a source treats its own edits, and what was not seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .labels import LabelKind


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
