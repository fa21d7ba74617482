"""What the archive remembers that bears on one reading of an article: its source's habits, its latest texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from tracker.classify import TextRun, find_reappearance
from tracker.extraction.habits import VOLATILE_FETCHES, Habits, house_lines, is_original, lines_of, volatile_lines
from tracker.model import Label, LabelKind, LineCounts, PageKind, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.model import Article, Capture, Check, Habit, Line, Tracked, Version

    from .archive_thread import Call

PERSISTS: Final = timedelta(minutes=30)
"""What stood for less between two showings of the same text was a test or a stale edge, not an edit taken back."""
STAMPED: Final = timedelta(minutes=1)
AHEAD: Final = timedelta(minutes=5)
MOST_RUNS: Final = 20
MISSING_APART: Final = timedelta(minutes=10)
MOST_MISSING: Final = 50

_NO_HABITS: Final = Habits()
_NO_COUNTS: Final = LineCounts()


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What to know before deciding.

    *recent* are the texts of the latest fetches, oldest first, if each was new. *runs* say how long each version stood,
    from version *first_run* on, which had the text that is read now. *missing* counts the latest checks in a row that
    found a 404.
    """

    habits: Habits = _NO_HABITS
    counts: LineCounts = _NO_COUNTS
    recent: tuple[Article, ...] = ()
    runs: tuple[TextRun, ...] = ()
    first_run: int = 1
    missing: int = 0

    def learn(self, latest: Version | None, article: Article, now: datetime) -> tuple[Habit, ...]:
        """Return what this reading teaches: house lines from a first version, volatile ones from a run of changes."""
        learned = (
            house_lines(lines_of(article), self.counts, now)
            if latest is None
            else volatile_lines((*self.recent, article), now)
        )
        known = self.habits.house | self.habits.volatile
        return tuple(habit for habit in learned if habit.key not in known)

    def lines(self, article: Article) -> tuple[Line, ...]:
        """Return the lines of a first version that are to be counted: none of an article that is mostly others'."""
        lines = lines_of(article)
        return lines if is_original(lines, self.counts) else ()

    def came_back(self, article: Article, latest: Version, now: datetime) -> Label | None:
        """Return what to call a text that was seen before: a flap, or the text of an earlier version restored."""
        found = find_reappearance(self.runs, TextRun(article.sha256, now, now), persists=PERSISTS)
        if found is None:
            return None
        number = self.first_run + found.version
        edited = not found.again and _is_newer(article, now, latest)
        kind = LabelKind.FLAP if found.flap and not edited else LabelKind.RESTORED
        return Label(kind, f"the text of version {number} is back")


def _is_newer(article: Article, now: datetime, latest: Version) -> bool:
    """Say whether the page's own date shows a later edit; one that always says "now", or the future, shows none."""
    new, old = article.modified, latest.content.modified
    if new is None or old is None or new <= old or new > now + AHEAD:
        return False
    return now - new > STAMPED or latest.seen - old > STAMPED


def read_before(found: Capture, latest: Version | None, extractor: str) -> Reading | None:
    """Return what the newest version says where this is its page, byte for byte, as *extractor* has read it already."""
    if latest is None or (latest.capture_sha256, latest.extractor) != (found.sha256, extractor):
        return None
    # Of a version that was taken out nothing is left to go by.
    return Reading(PageKind.ARTICLE, latest.content, latest.signature, extractor) if latest.content.editorial else None


async def recall(
    call: Call, tracked: Tracked, latest: Version | None, article: Article, learned: Sequence[Habit]
) -> DecisionContext:
    """Ask the archive for what bears on this reading of *tracked*, and no more; *learned* are its source's habits."""
    habits = Habits().with_these(learned)
    if latest is None:
        keys = [line.key for line in lines_of(article)]
        return DecisionContext(habits, await call("line_counts", tracked.source, keys))
    if latest.content.sha256 == article.sha256:
        return DecisionContext(habits)
    known: int | None = await call("seen_before", tracked.id, article.sha256)
    if known is not None:
        first = max(known, tracked.versions - MOST_RUNS + 1)
        return DecisionContext(habits, runs=await _runs(call, tracked, first), first_run=first)
    if tracked.versions < VOLATILE_FETCHES - 1:
        return DecisionContext(habits)
    wanted = VOLATILE_FETCHES - 1
    checks: list[Check] = await call("checks", tracked.id, wanted)
    if any(not check.outcome.made_version for check in checks):
        return DecisionContext(habits)
    numbers = range(tracked.versions - wanted + 1, tracked.versions + 1)
    versions: list[Version] = [await call("version", tracked.id, number) for number in numbers]
    return DecisionContext(habits, recent=tuple(version.content for version in versions))


async def recall_missing(call: Call, tracked: Tracked, now: datetime) -> DecisionContext:
    """Count the latest checks in a row that found a 404; those less than ten minutes apart count as one."""
    checks: list[Check] = await call("checks", tracked.id, MOST_MISSING)
    counted, last = 0, now
    for check in takewhile(lambda check: check.status in {404, 410}, checks):
        if last - check.at >= MISSING_APART:
            counted, last = counted + 1, check.at
    return DecisionContext(missing=counted)


async def _runs(call: Call, tracked: Tracked, first: int) -> tuple[TextRun, ...]:
    numbers = range(first, tracked.versions + 1)
    versions: list[Version] = [await call("version", tracked.id, number) for number in numbers]
    ends = [version.previous_seen for version in versions[1:]] + [tracked.last_seen_at]
    return tuple(
        TextRun(version.content.sha256, version.seen, end or version.seen)
        for version, end in zip(versions, ends, strict=True)
    )
