"""How a source treats its own edits: the object of `stats source --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tracker.model.labels import LabelKind
from tracker.model.scorecard import EditCounts, Scorecard, Share, Unseen, median_hours

from .values import SCHEMA, JsonObject

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """How a source treats its own edits: the `scores` of its web page, and with `scorecard` `stats source --json`.

    Attributes:
        scorecard: what only reading every version tells; None leaves it out, as the web page does.
        clock_moved_alone: how often the page's own time of modification changed and nothing else.
        unseen: what could not be seen of the source.
    """

    source: str
    counts: EditCounts
    scorecard: Scorecard | None = None
    clock_moved_alone: int = 0
    unseen: Unseen = field(default_factory=Unseen)

    @property
    def corrected(self) -> int:
        """Return how many changes carry a correction."""
        return dict(self.counts.kinds).get(LabelKind.CORRECTION, 0)

    @property
    def error_hours(self) -> float | None:
        """Return the median of the hours for which an error was online; None if none was timed."""
        return median_hours(self.counts.error_hours)

    def as_json(self) -> JsonObject:
        """Return shares with what they are of, and times in hours."""
        counts = self.counts
        value: JsonObject = {
            "schema": SCHEMA,
            "source": self.source,
            "articles_changed": _share(counts.changed),
            "changes": counts.changes,
            "announced": _share(counts.announced),
            "corrected": self.corrected,
            # The number timed is shown with the median, which says little about two corrections.
            "error_to_correction": {"timed": len(counts.error_hours), "median_hours": self.error_hours},
            "kinds": {kind.value: changes for kind, changes in counts.kinds},
        }
        return value if self.scorecard is None else value | self._read_from_versions(self.scorecard)

    def _read_from_versions(self, found: Scorecard) -> JsonObject:
        unseen = self.unseen
        return {
            "headline_only": _share(found.headline_only),
            "corrections": {
                "count": len(found.correction_hours),
                "median_hours": median_hours(found.correction_hours),
                "hours": list(found.correction_hours),
                "undated": found.undated_corrections,
                "in_first_version": found.early_corrections,
            },
            "clock_still": _share(found.clock_still),
            "clock_moved_for_form": _share(found.clock_for_form),
            "clock_moved_with_nothing_changed": self.clock_moved_alone,
            "flaps": found.flaps,
            "unseen": {
                "count": unseen.count,
                "of": unseen.of,
                "hours": round(unseen.time_unseen / _HOUR, 3),
                "longest_hours": round(unseen.longest / _HOUR, 3),
            },
        }


def _share(share: Share) -> JsonObject:
    return {"count": share.count, "of": share.of, "share": share.share}
