"""What the archive remembers that bears on one reading of an article: its source's habits, its latest texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.extract.habits import VOLATILE_FETCHES, Habits, house_lines, lines_of, volatile_lines
from tracker.model import CheckOutcome, LineCounts

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import Article, Check, Habit, Tracked, Version

    from .desk import Call

_NEWS: Final = frozenset({CheckOutcome.NEW, CheckOutcome.CHANGED})
_NO_HABITS: Final = Habits()
_NO_COUNTS: Final = LineCounts()


@dataclass(frozen=True, slots=True)
class Memory:
    """What to know before deciding; *recent* are the texts of the latest fetches, oldest first, if each was new."""

    habits: Habits = _NO_HABITS
    counts: LineCounts = _NO_COUNTS
    recent: tuple[Article, ...] = ()

    def learn(self, latest: Version | None, article: Article, now: datetime) -> tuple[Habit, ...]:
        """Return what this reading teaches: house lines from a first version, volatile ones from a run of changes."""
        learned = (
            house_lines(lines_of(article), self.counts, now)
            if latest is None
            else volatile_lines((*self.recent, article), now)
        )
        known = self.habits.house | self.habits.volatile
        return tuple(habit for habit in learned if habit.key not in known)


async def recall(call: Call, tracked: Tracked, latest: Version | None, article: Article) -> Memory:
    """Ask the archive for what bears on this reading of *tracked*, and no more."""
    habits = Habits().with_these(await call("habits", tracked.source))
    if latest is None:
        keys = [line.key for line in lines_of(article)]
        return Memory(habits, await call("line_counts", tracked.source, keys))
    if latest.content.sha256 == article.sha256 or tracked.versions < VOLATILE_FETCHES - 1:
        return Memory(habits)
    wanted = VOLATILE_FETCHES - 1
    checks: list[Check] = await call("checks", tracked.id, wanted)
    if any(check.outcome not in _NEWS for check in checks):
        return Memory(habits)
    numbers = range(tracked.versions - wanted + 1, tracked.versions + 1)
    versions: list[Version] = [await call("version", tracked.id, number) for number in numbers]
    return Memory(habits, recent=tuple(version.content for version in versions))
