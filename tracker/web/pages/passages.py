"""How the versions of a text reached its copies: when each copy first ran each version, and which it skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.archive.summaries import list_summaries
from tracker.model import VersionQuery

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from tracker.model.place import Place

    from ..data import CachedArchive

MAX_VERSION_COLUMNS: Final = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a copy first ran a version of the original.

    Attributes:
        after: the time from the original to the copy, or None if the copy has not run it.
        skipped: whether the copy went straight to a later version.
    """

    after: timedelta | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that others copy: its newest versions with their times, and when each copy ran them."""

    origin: str
    source: str
    versions: tuple[tuple[int, datetime], ...]
    copies: tuple[tuple[Place, tuple[Arrival, ...]], ...]


def passages(archive: CachedArchive, places: Sequence[Place]) -> tuple[Passage, ...]:
    """Return, for each original text in a story, how its versions reached its copies."""
    found = []
    for origin in (each for each in places if each.role == "origin"):
        glances = list_summaries(archive.opened, VersionQuery(article=origin.article, limit=MAX_VERSION_COLUMNS))
        versions = tuple((each.n, each.seen) for each in reversed(list(glances)) if not each.removed)
        copies = tuple(
            (each, tuple(arrival(each, n, seen) for n, seen in versions))
            for each in places
            if each.role == "copy" and each.origin == origin.article
        )
        if copies:
            found.append(Passage(origin.article, origin.source, versions, copies))
    return tuple(found)


def arrival(copy: Place, n: int, seen: datetime) -> Arrival:
    """Return when a copy ran version `n` of the original, which was first seen at `seen`."""
    for run in copy.history:
        if run.runs >= n:
            return Arrival(run.seen - seen, skipped=run.runs > n)
    return Arrival()
