"""Count a source's edits from the archive's columns, fast enough for a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.change_counts import count_changes
from tracker.archive.passages import stood_since
from tracker.archive.summaries import labelled_of_source
from tracker.archive.versions import get_changes
from tracker.model.article import NoticeKind
from tracker.model.change import Change, Op
from tracker.model.labels import LabelKind
from tracker.model.scorecard import EditCounts, Share

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.source_summary import SourceSummary

MAX_TIMED_CORRECTIONS: Final = 40
SECONDS_PER_HOUR: Final = 3600.0


def count_edits(archive: Archive, summary: SourceSummary) -> EditCounts:
    """Return how a source's edits add up."""
    found = count_changes(archive, summary.name)
    return EditCounts(
        changed=Share(summary.changed, summary.articles),
        changes=found.changes,
        announced=Share(found.announced, found.factual),
        kinds=found.kinds,
        error_hours=tuple(sorted(_error_hours(archive, summary.name))),
    )


def _error_hours(archive: Archive, name: str) -> list[float]:
    """Return the hours until errors were corrected, for the newest corrections that explain an edit."""
    seen = labelled_of_source(archive, name, LabelKind.CORRECTION, MAX_TIMED_CORRECTIONS)
    wrong = {key: wronged(change) for key, change in get_changes(archive, list(seen)).items()}
    since = stood_since(archive, {key: texts for key, texts in wrong.items() if texts})
    return [(seen[key] - at).total_seconds() / SECONDS_PER_HOUR for key, at in since.items() if at <= seen[key]]


def wronged(change: Change) -> list[str]:
    """Return the old text of the paragraphs whose edits a new correction explains."""
    explained = {
        index
        for notice in change.notices
        if notice.op is Op.INSERT and notice.kind is NoticeKind.CORRECTION
        for index in notice.explains
    }
    return [change.blocks[index].old_text for index in sorted(explained) if change.blocks[index].old is not None]
