"""The start page: what changed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracker.archive.counts import count_all
from tracker.archive.source_summaries import summarise_sources
from tracker.archive.summaries import largest_changes, latest_labelled, page_of_summaries
from tracker.archive.versions import newest_row
from tracker.model.labels import LabelKind
from tracker.model.version import VersionQuery, VersionSummary
from tracker.views.source import SourceView
from tracker.web.page_request import PageRequest, View, to_json

from .lines import VersionLine, entries
from .source_status import SourceStatus, get_source_status

if TYPE_CHECKING:
    from tracker.model.counts import Counts
    from tracker.model.status import SourceSummary

MAX_NEWEST_CHANGES: Final = 12
MAX_LISTED_CHANGES: Final = 5
_WINDOWS: Final = (("24 hours", timedelta(days=1)), ("7 days", timedelta(days=7)), ("any time", timedelta(days=36500)))


@dataclass(frozen=True)
class Start(View):
    """The latest changes. `window` names the period of the largest edits."""

    template: ClassVar[str] = "start.html"
    heading: ClassVar[str] = "What changed now"
    counts: Counts
    newest: tuple[VersionLine, ...]
    largest: tuple[VersionLine, ...]
    corrections: tuple[VersionLine, ...]
    silent: tuple[VersionLine, ...]
    failing: tuple[SourceSummary, ...]
    source_status: SourceStatus
    window: str
    row: int
    now: datetime

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        lists = ("newest", "largest", "corrections", "silent")
        held = [each.source for each in self.source_status.holding]
        rest = {"counts": self.counts, "held": held, "window": self.window, "now": self.now}
        failing = [SourceView(each, self.source_status.of(each.name)).as_json() for each in self.failing]
        return (
            to_json(rest)
            | {"failing": failing}
            | {name: [each.as_json() for each in getattr(self, name)] for name in lists}
        )


def start(request: PageRequest) -> Start:
    """Return the start page."""
    archive = request.archive
    newest = page_of_summaries(archive.opened, VersionQuery(changes_only=True), size=3 * MAX_NEWEST_CHANGES).glances
    window = ""
    largest: tuple[VersionSummary, ...] = ()
    for window, length in _WINDOWS:  # noqa: B007 - both are wanted after the loop
        largest = largest_changes(archive.opened, request.now - length, 3 * MAX_LISTED_CHANGES)
        if largest:
            break
    corrected = latest_labelled(
        archive.opened, [LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE], 3 * MAX_LISTED_CHANGES
    )
    silent = latest_labelled(archive.opened, [LabelKind.STEALTH], 3 * MAX_LISTED_CHANGES)
    sources = archive.kept("sources", lambda: summarise_sources(archive.opened))
    return Start(
        counts=archive.kept("counts", lambda: count_all(archive.opened)),
        newest=entries(archive, newest, shown=MAX_NEWEST_CHANGES, most=MAX_NEWEST_CHANGES),
        largest=entries(archive, largest, most=MAX_LISTED_CHANGES),
        corrections=entries(archive, corrected, shown=MAX_LISTED_CHANGES, most=MAX_LISTED_CHANGES),
        silent=entries(archive, silent, shown=MAX_LISTED_CHANGES, most=MAX_LISTED_CHANGES),
        failing=tuple(each for each in sources if (each.failing or each.hubs_failing) and not each.paused),
        source_status=get_source_status(archive, request.now),
        window=window,
        row=newest_row(archive.opened),
        now=request.now,
    )
