"""How much an archive holds, and how a source treats its own edits: the objects of `stats --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from msgspec import UNSET, UnsetType

from tracker.durations import HOUR
from tracker.model.change import LabelKind
from tracker.model.source import EditCounts, Scorecard, Unseen, median_hours

from .json import Answer, Part, from_fields


class CountsView(Answer, frozen=True):
    """How much an archive holds. `bytes` is the size of the database.

    A source without articles was never read, or was removed from the configuration before it was.
    """

    sources: int
    sources_with_articles: int
    articles: int
    versions: int
    captures: int
    checks: int
    pending_alerts: int
    dead_alerts: int
    delivered_alerts: int
    bytes: int
    oldest_pending_at: datetime | None


class ShareView(Part, frozen=True):
    """How many of how many.

    Attributes:
        share: 0 to 1; None where there is nothing to count
    """

    count: int
    of: int
    share: float | None


class TimedCorrections(Part, frozen=True):
    """How long errors were online, in hours.

    Attributes:
        timed: how many corrections the median is of
    """

    timed: int
    median_hours: float | None


class CorrectionsView(Part, frozen=True):
    """The hours from publication to each correction."""

    count: int
    median_hours: float | None
    hours: tuple[float, ...]
    undated: int
    in_first_version: int


class UnseenView(Part, frozen=True):
    """Visits that failed or were refused, and the hours that articles went unseen: in total, and at longest."""

    count: int
    of: int
    hours: float
    longest_hours: float


class ScorecardView(Answer, frozen=True):
    """How a source treats its own edits: the `scores` of its web page, and `stats source --json`.

    Only the latter has the keys that need every version to be read.

    Attributes:
        announced: of the changes that have something to note
        corrected: changes with a correction
        kinds: how many changes have each label
        clock_moved_with_nothing_changed: how often the page's own time of modification changed and nothing else
        unpublished: the articles whose page is gone now
    """

    source: str
    articles_changed: ShareView
    changes: int
    announced: ShareView
    corrected: int
    error_to_correction: TimedCorrections
    kinds: dict[str, int]
    headline_only: ShareView | UnsetType = UNSET
    corrections: CorrectionsView | UnsetType = UNSET
    clock_still: ShareView | UnsetType = UNSET
    clock_moved_for_form: ShareView | UnsetType = UNSET
    clock_moved_with_nothing_changed: int | UnsetType = UNSET
    flaps: int | UnsetType = UNSET
    unpublished: int | UnsetType = UNSET
    unseen: UnseenView | UnsetType = UNSET

    @classmethod
    def of(cls, source: str, counts: EditCounts, **more: object) -> Self:
        """Return the scorecard of a source; `more` are the keys of `read_from_versions`."""
        return from_fields(
            cls,
            counts,
            source=source,
            articles_changed=from_fields(ShareView, counts.changed),
            announced=from_fields(ShareView, counts.announced),
            corrected=dict(counts.kinds).get(LabelKind.CORRECTION, 0),
            # The number timed is shown with the median, which says little about two corrections.
            error_to_correction=TimedCorrections(len(counts.error_hours), median_hours(counts.error_hours)),
            kinds={kind.value: changes for kind, changes in counts.kinds},
            **more,
        )


def read_from_versions(found: Scorecard, unseen: Unseen, moved_alone: int) -> dict[str, object]:
    """Return the keys of a scorecard that need every version to be read."""
    return {
        "headline_only": from_fields(ShareView, found.headline_only),
        "corrections": CorrectionsView(
            count=len(found.correction_hours),
            median_hours=median_hours(found.correction_hours),
            hours=found.correction_hours,
            undated=found.undated_corrections,
            in_first_version=found.early_corrections,
        ),
        "clock_still": from_fields(ShareView, found.clock_still),
        "clock_moved_for_form": from_fields(ShareView, found.clock_for_form),
        "clock_moved_with_nothing_changed": moved_alone,
        "flaps": found.flaps,
        "unseen": UnseenView(
            count=unseen.count,
            of=unseen.of,
            hours=round(unseen.time_unseen / HOUR, 3),
            longest_hours=round(unseen.longest / HOUR, 3),
        ),
    }
