"""How a source treats its own edits, as its versions and checks show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`."""

    count: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None where there is nothing to count."""
        return round(self.count / self.of, 4) if self.of else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What the versions of a source say of it.

    Attributes:
        changed: the articles that changed, of all that are stored.
        changes: how many changes there were, without flaps.
        announced: the changes that the outlet announced, of those that changed facts.
        headline_only: the changes of the headline alone, of all changes.
        correction_hours: the hours from publication to the first sight of each new correction, sorted.
        undated_corrections: new corrections of articles without a time of publication.
        early_corrections: corrections that were there in an article's first version.
        clock_still: the changes for which the page's own time of modification did not move, of those where both
            versions have one. How often it moves while nothing changes is in the checks (`moved_alone`).
        clock_for_form: the changes of form or order alone for which it moved.
        flaps: changes back and forth between the same texts. They are in no other count.
    """

    changed: Share = Share()
    changes: int = 0
    announced: Share = Share()
    headline_only: Share = Share()
    correction_hours: tuple[float, ...] = ()
    undated_corrections: int = 0
    early_corrections: int = 0
    clock_still: Share = Share()
    clock_for_form: Share = Share()
    flaps: int = 0

    @property
    def median_hours(self) -> float | None:
        """The median of the hours from publication to correction; None without any."""
        return round(median(self.correction_hours), 4) if self.correction_hours else None


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
