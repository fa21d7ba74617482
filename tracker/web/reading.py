"""What a reader has seen: all that was stored before they last marked all as read, and what they opened since.

It is kept in a cookie, which is set when a reader asks for it and not before. For users whom a proxy names, the time
when all was marked is also kept in the archive, so that it is the same in all their browsers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.state import get_reader_mark
from tracker.model.version import VersionSummary

from .links import whole_number

COOKIE: Final = "writethru-read"
COOKIE_SECONDS: Final = 400 * 24 * 3600
"""Browsers keep no cookie for longer (draft RFC 6265bis, 5.6.2)."""
MAX_OPENED: Final = 400
MAX_COUNTED: Final = 1000
MAX_ROW_DIGITS: Final = 15
# Browsers drop a cookie of more than 4,096 bytes, name and attributes included.
_MAX_CHARACTERS: Final = 3800


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader has seen.

    Attributes:
        row: the newest version stored when all was marked as read; 0: it never was, so that nothing is unread.
        at: when that was.
        opened: the rows of later versions that were opened.
    """

    row: int = 0
    at: datetime | None = None
    opened: frozenset[int] = frozenset()

    def is_unread(self, seen: VersionSummary) -> bool:
        """Return whether a version is new to the reader."""
        return bool(self.at) and seen.id > self.row and seen.id not in self.opened

    def after(self, rows: Iterable[int]) -> Reading:
        """Return what the reader has seen after opening the versions of these rows; very old ones are unread again."""
        if self.at is None:
            return self
        known = sorted(self.opened.union(each for each in rows if each > self.row))
        return replace(self, opened=frozenset(known[-MAX_OPENED:]))

    def text(self) -> str:
        """Return it as the value of a cookie: row, seconds, and the differences between the rows that were opened."""
        seconds = int(self.at.timestamp()) if self.at else 0
        before, parts = self.row, []
        for each in sorted(self.opened):
            parts.append(each - before)
            before = each
        return ".".join(map(str, (self.row, seconds, *parts)))


def read_text(text: str) -> Reading:
    """Return what `Reading.text` wrote; what nobody has seen, if it is anything else."""
    numbers = [whole_number(part, MAX_ROW_DIGITS) for part in text.split(".")] if len(text) <= _MAX_CHARACTERS else []
    known = [number for number in numbers if number is not None]
    if len(known) < 2 or len(known) < len(numbers):
        return Reading()
    row, seconds, *steps = known[: 2 + MAX_OPENED]
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return Reading()
    opened, place = set(), row
    for step in steps:
        place += step
        opened.add(place)
    return Reading(row, at, frozenset(opened))


def hash_reader(user: str) -> str:
    """Return by what the archive knows a user."""
    return hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def reading_of(archive: Archive, cookie: str, user: str) -> Reading:
    """Return what a reader has seen, by their cookie and, for a `user` whom a proxy names, by the archive."""
    here = read_text(cookie)
    mark = get_reader_mark(archive, hash_reader(user)) if user else None
    # The later mark holds. What was opened is only in this browser's cookie, and counts after either mark.
    if mark is None or (here.at is not None and here.at >= mark[1]):
        return here
    row, at = mark
    return Reading(row, at, frozenset(each for each in here.opened if each > row))
