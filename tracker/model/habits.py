"""What a source's own pages have shown not to be news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, as it is counted.

    Attributes:
        key: the line without its numbers, so that lines that differ in numbers alone are one.
        sample: the line as it read when it was first seen.
    """

    key: str
    sample: str


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a source's `articles` each line is found, by its key."""

    articles: int = 0
    lines: tuple[tuple[str, int], ...] = ()


class HabitKind(StrEnum):
    """Why a line of a source is not news: it is in many articles, or it differs at every fetch."""

    HOUSE = "house"
    VOLATILE = "volatile"


@dataclass(frozen=True, slots=True)
class Habit:
    """A line that a source's own pages have shown not to be news. `articles` is how many it was seen in."""

    kind: HabitKind
    key: str
    sample: str
    articles: int = 0
    learned_at: datetime | None = None
