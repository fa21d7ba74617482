"""What an archive holds, and how a source treats its own edits: the objects of `stats --json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, iso

if TYPE_CHECKING:
    from ..model.counts import Counts
    from ..model.scorecard import Scorecard, Share, Unseen

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CountsView:
    """How much an archive holds, and of how many sources."""

    counts: Counts
    sources: int

    def as_json(self) -> JsonObject:
        """Return every count; "bytes" is the size of the database."""
        counts = asdict(self.counts) | {"oldest_pending_at": iso(self.counts.oldest_pending_at)}
        return {"schema": SCHEMA, "sources": self.sources, **counts}


@dataclass(frozen=True, slots=True)
class SourceStatisticsView:
    """How a source treats its own edits, and what could not be seen of it.

    `clock_moved_alone` counts how often the page's own time of modification changed and nothing else.
    """

    source: str
    scorecard: Scorecard
    clock_moved_alone: int
    unseen: Unseen

    def as_json(self) -> JsonObject:
        """Return shares with what they are of, and times in hours."""
        found, unseen = self.scorecard, self.unseen
        return {
            "schema": SCHEMA,
            "source": self.source,
            "articles_changed": _share(found.changed),
            "changes": found.changes,
            "announced": _share(found.announced),
            "headline_only": _share(found.headline_only),
            "corrections": {
                "count": len(found.correction_hours),
                "median_hours": found.median_hours,
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
