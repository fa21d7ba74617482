"""Count how a source treats its own edits, and how much of it was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.change_counts import count_changes
from tracker.archive.passages import stood_since
from tracker.archive.summaries import labelled_of_source
from tracker.archive.versions import get_changes
from tracker.model.article import NoticeKind
from tracker.model.change import Change, Op
from tracker.model.check import CLOCK_MOVED, Check
from tracker.model.labels import LabelKind
from tracker.model.scorecard import EditCounts, Scorecard, Share, Unseen
from tracker.model.source_summary import SourceSummary
from tracker.model.version import Version

MAX_TIMED_CORRECTIONS: Final = 40

_HOUR: Final = timedelta(hours=1)
_FORM_LABELS: Final = frozenset({LabelKind.COSMETIC, LabelKind.MOVE})


def count_edits(archive: Archive, summary: SourceSummary) -> EditCounts:
    """Return how a source's edits add up, from the archive's columns: fast enough for a web page."""
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
    return [(seen[key] - at) / _HOUR for key, at in since.items() if at <= seen[key]]


def wronged(change: Change) -> list[str]:
    """Return the old text of the paragraphs whose edits a new correction explains."""
    explained = {
        index
        for notice in change.notices
        if notice.op is Op.INSERT and notice.kind is NoticeKind.CORRECTION
        for index in notice.explains
    }
    return [change.blocks[index].old_text for index in sorted(explained) if change.blocks[index].old is not None]


@dataclass(slots=True)
class _Counter:
    """Counts, version by version. `clocks` holds the latest time of modification of each article."""

    clocks: dict[str, datetime | None] = field(default_factory=dict)
    changes: int = 0
    headlines: int = 0
    hours: list[float] = field(default_factory=list)
    undated: int = 0
    early: int = 0
    still: int = 0
    clocked: int = 0
    form: int = 0
    form_clocked: int = 0
    flaps: int = 0

    def add(self, version: Version) -> None:
        """Count one version."""
        before = self.clocks.get(version.article)
        self.clocks[version.article] = version.content.modified
        change = version.change
        if change is None:
            self.early += any(notice.kind is NoticeKind.CORRECTION for notice in version.content.notices)
        elif LabelKind.FLAP in change.kinds:
            self.flaps += 1
        else:
            self._change(version, change, before)

    def _change(self, version: Version, change: Change, before: datetime | None) -> None:
        self.changes += 1
        self.headlines += headline_only(change)
        if LabelKind.CORRECTION in change.kinds:
            self._correction(version)
        if before is not None and version.content.modified is not None:
            moved = version.content.modified != before
            self.clocked += 1
            self.still += not moved
            if change.kinds and change.kinds <= _FORM_LABELS:
                self.form_clocked += 1
                self.form += moved

    def _correction(self, version: Version) -> None:
        published = version.content.published
        if published is None or published > version.seen:
            self.undated += 1
        else:
            self.hours.append(round((version.seen - published) / _HOUR, 4))


def scorecard(versions: Iterable[Version]) -> Scorecard:
    """Count over the versions of a source, oldest first, in one pass that keeps a few values an article.

    Versions that were taken down do not count.
    """
    c = _Counter()
    for version in versions:
        if not version.removed:
            c.add(version)
    return Scorecard(
        headline_only=Share(c.headlines, c.changes),
        correction_hours=tuple(sorted(c.hours)),
        undated_corrections=c.undated,
        early_corrections=c.early,
        clock_still=Share(c.still, c.clocked),
        clock_for_form=Share(c.form, c.form_clocked),
        flaps=c.flaps,
    )


def headline_only(change: Change) -> bool:
    """Return whether the headline changed and nothing else did."""
    return (
        change.title.changed
        and not (change.dek.changed or change.byline.changed)
        and (change.layout_only or all(block.op is Op.SAME for block in change.blocks))
        and all(notice.op is Op.SAME for notice in change.notices)
    )


def moved_alone(checks: Iterable[Check]) -> int:
    """Count, from an article's checks, how often its own time of modification moved while nothing changed."""
    return len({check.detail for check in checks if check.detail.startswith(CLOCK_MOVED)})


def visit_gaps(articles: Iterable[Sequence[Check]]) -> Unseen:
    """Count the checks that saw nothing, and the time for which articles went unseen because of them.

    `articles` are the checks of each article, in any order.
    """
    found = Unseen()
    for checks in articles:
        times = _times_unseen(sorted(checks, key=lambda check: check.at))
        found = Unseen(
            found.count + sum(check.outcome.saw_nothing for check in checks),
            found.of + len(checks),
            sum(times, found.time_unseen),
            max([found.longest, *times]),
        )
    return found


def _times_unseen(checks: Sequence[Check]) -> list[timedelta]:
    """Return the times between two checks that saw something, where one between them did not.

    The first and the last check bound such a time too.
    """
    seen = [n for n, check in enumerate(checks) if not check.outcome.saw_nothing]
    bounds = sorted({*seen, 0, len(checks) - 1}) if checks else []
    return [
        checks[end].at - checks[begin].at
        for begin, end in pairwise(bounds)
        if any(check.outcome.saw_nothing for check in checks[begin : end + 1])
    ]
