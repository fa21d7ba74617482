"""The part of the archive in memory that knows the lines of a source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.model import Habit, LineCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model import Intent


@dataclass
class Lines:
    """What the articles of sources have taught."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    habits: dict[tuple[str, str], Habit] = field(default_factory=dict)

    def copy(self) -> Lines:
        return Lines(self.counts.copy(), self.habits.copy())

    def learn(self, source: str, intent: Intent) -> None:
        for line in intent.lines:
            self.counts[source, line.key] = self.counts.get((source, line.key), 0) + 1
        for habit in intent.habits:
            self.habits.setdefault((source, habit.key), habit)

    def of(self, source: str) -> list[Habit]:
        return [habit for (owner, _), habit in self.habits.items() if owner == source]

    def counted(self, source: str, keys: Sequence[str], articles: int) -> LineCounts:
        found = ((key, self.counts.get((source, key), 0)) for key in dict.fromkeys(keys))
        return LineCounts(articles, tuple((key, number) for key, number in found if number))
