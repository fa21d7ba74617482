"""Count how a source treats its own edits, and how much of it was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.search import stood_since
from tracker.archive.summaries import labelled_of_source
from tracker.archive.versions import count_changes, get_changes
from tracker.model.article import NoticeKind
from tracker.model.change import Change, LabelKind, Op
from tracker.model.source import EditCounts, Scorecard, Share, SourceSummary, Unseen
from tracker.model.version import Version
from tracker.model.watch import Check, Remark

MAX_TIMED_CORRECTIONS: Final = 40

_HOUR: Final = timedelta(hours=1)
_FORM_LABELS: Final = frozenset({LabelKind.COSMETIC, LabelKind.MOVE})


def count_edits(archive: Archive, summary: SourceSummary) -> EditCounts:
    """Return how a source's edits add up, from the archive's columns: fast enough for a web page."""
    found = count_changes(archive, summary.name)
    # How long errors lasted, by the newest corrections that explain an edit.
    seen = labelled_of_source(archive, summary.name, LabelKind.CORRECTION, MAX_TIMED_CORRECTIONS)
    wrong: dict[tuple[str, int], list[str]] = {}
    for key, change in get_changes(archive, list(seen)).items():
        new = [each for each in change.notices if each.op is Op.INSERT and each.kind is NoticeKind.CORRECTION]
        blocks = [change.blocks[index] for index in sorted({index for notice in new for index in notice.explains})]
        if texts := [block.old_text for block in blocks if block.old is not None]:
            wrong[key] = texts
    since = stood_since(archive, wrong)
    return EditCounts(
        changed=Share(summary.changed, summary.articles),
        changes=found.changes,
        announced=Share(found.announced, found.factual),
        kinds=found.kinds,
        error_hours=tuple(sorted((seen[key] - at) / _HOUR for key, at in since.items() if at <= seen[key])),
    )


def scorecard(versions: Iterable[Version]) -> Scorecard:
    """Count over the versions of a source, oldest first, in one pass that keeps a few values an article.

    Versions that were taken down do not count.
    """
    counts: Counter[str] = Counter()
    hours: list[float] = []
    clocks: dict[str, datetime | None] = {}  # the latest time of modification of each article
    for version in versions:
        if version.removed:
            continue
        clock, change = version.content.modified, version.change
        before, clocks[version.article] = clocks.get(version.article), clock
        if change is None:
            counts["early"] += any(notice.kind is NoticeKind.CORRECTION for notice in version.content.notices)
            continue
        if LabelKind.FLAP in change.kinds:
            counts["flaps"] += 1
            continue
        counts["changes"] += 1
        counts["headlines"] += headline_only(change)
        if LabelKind.CORRECTION in change.kinds:
            published = version.content.published
            if published is None or published > version.seen:
                counts["undated"] += 1
            else:
                hours.append(round((version.seen - published) / _HOUR, 4))
        if before is not None and clock is not None:
            counts["clocked"] += 1
            counts["still"] += clock == before
            if change.kinds and change.kinds <= _FORM_LABELS:
                counts["form_clocked"] += 1
                counts["form"] += clock != before
    return Scorecard(
        headline_only=Share(counts["headlines"], counts["changes"]),
        correction_hours=tuple(sorted(hours)),
        undated_corrections=counts["undated"],
        early_corrections=counts["early"],
        clock_still=Share(counts["still"], counts["clocked"]),
        clock_for_form=Share(counts["form"], counts["form_clocked"]),
        flaps=counts["flaps"],
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
    return len({check.subject for check in checks if check.remark is Remark.CLOCK})


def visit_gaps(articles: Iterable[Sequence[Check]]) -> Unseen:
    """Count the checks that saw nothing, and the time for which articles went unseen because of them.

    `articles` are the checks of each article, in any order.
    """
    found = Unseen()
    for unsorted in articles:
        checks = sorted(unsorted, key=lambda check: check.at)
        seen = [n for n, check in enumerate(checks) if not check.outcome.saw_nothing]
        # An article went unseen between two checks that saw something; the first and last check bound such a time too.
        bounds = sorted({*seen, 0, len(checks) - 1}) if checks else []
        times = [
            checks[end].at - checks[begin].at
            for begin, end in pairwise(bounds)
            if any(check.outcome.saw_nothing for check in checks[begin : end + 1])
        ]
        found = Unseen(
            found.count + sum(check.outcome.saw_nothing for check in checks),
            found.of + len(checks),
            sum(times, found.time_unseen),
            max([found.longest, *times]),
        )
    return found
