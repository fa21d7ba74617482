"""Figures of whole sources: recent storms and new page layouts, how they note their edits, and gaps between visits.

A storm holds alerts; a new page layout without changed text makes no versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.search import stood_since
from tracker.archive.sources import list_layouts, list_storms
from tracker.archive.summaries import labelled_of_source
from tracker.archive.versions import count_changes, get_changes
from tracker.durations import HOUR
from tracker.model.article import NoticeKind
from tracker.model.change import Change, LabelKind, Op
from tracker.model.source import EditCounts, Layout, Scorecard, Share, SourceSummary, Storm, Unseen
from tracker.model.version import Version
from tracker.model.watch import Check, Remark
from tracker.render.times import moment
from tracker.views.json import from_fields
from tracker.views.source import SourceStatusView, StormView

RECENT: Final = timedelta(days=30)
MAX_TIMED_CORRECTIONS: Final = 40
_FORM_LABELS: Final = frozenset({LabelKind.COSMETIC, LabelKind.MOVE})


@dataclass(frozen=True)
class SourceStatus:
    """The latest storm and layout change of each source within the last 30 days before `now`, by source name."""

    now: datetime
    storms: Mapping[str, Storm] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)

    @property
    def holding(self) -> tuple[Storm, ...]:
        """Return the storms that hold alerts."""
        return tuple(each for each in self.storms.values() if each.holds(self.now))

    def held(self, name: str) -> Storm | None:
        """Return the storm that holds the alerts of a source, or None."""
        storm = self.storms.get(name)
        return storm if storm and storm.holds(self.now) else None

    def of(self, name: str) -> SourceStatusView:
        """Return the storm, the held alerts and the new layout of one source."""
        storm, layout, held = self.storms.get(name), self.layouts.get(name), self.held(name)
        return SourceStatusView(
            held.until if held else None,
            from_fields(StormView, storm) if storm else None,
            layout.began if layout else None,
        )

    def held_lines(self, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each of the named sources, or of all, whose alerts are held."""
        for storm in self.holding:
            if not names or storm.source in names:
                yield (
                    f"{storm.source}: {storm.changed} of {storm.seen} articles changed at once, perhaps with a new"
                    f" layout; alerts are held until {moment(storm.until, self.now)}. To send them now: writethru"
                    f" alerts release {storm.source!r}"
                )

    def lines(self, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each event of the named sources, or of all: held alerts, then new page layouts."""
        yield from self.held_lines(names)
        for name, layout in self.layouts.items():
            if not names or name in names:
                since = moment(layout.began, self.now)
                yield f"{name}: new page layout since {since}; the text did not change, so there are no new versions"


def recent_status(archive: Archive, now: datetime) -> SourceStatus:
    """Return the recent storms and layout changes of all sources."""
    return SourceStatus(
        now,
        {name: each for name, each in list_storms(archive).items() if now - each.until < RECENT},
        {name: each for name, each in list_layouts(archive).items() if now - each.last < RECENT},
    )


def count_edits(archive: Archive, summary: SourceSummary) -> EditCounts:
    """Count a source's edits from the archive's columns, which is fast enough for a web page."""
    found = count_changes(archive, summary.name)
    # How long errors stayed, by the newest corrections that explain an edit.
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
        error_hours=tuple(sorted((seen[key] - at) / HOUR for key, at in since.items() if at <= seen[key])),
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
                hours.append(round((version.seen - published) / HOUR, 4))
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
        and change.keeps_text
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
