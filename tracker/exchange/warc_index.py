"""An index of WARC records, in a temporary database that SQLite moves to disk if it becomes large."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    # The number of a file, and the offset in it.
    Place = tuple[int, int]

_TABLES: Final = """
CREATE TABLE spot (at TEXT, file INTEGER, offset INTEGER, url TEXT, payload TEXT, id TEXT, revisit INTEGER);
CREATE TABLE payload (digest TEXT PRIMARY KEY, file INTEGER, offset INTEGER) WITHOUT ROWID;
CREATE TABLE about (id TEXT, kind TEXT, file INTEGER, offset INTEGER);
"""
_INDEXES: Final = "CREATE INDEX ix_about ON about (id); CREATE INDEX ix_spot ON spot (at, file, offset);"


class Spot(NamedTuple):
    """A response or revisit: its time in UTC and location, and what its headers say about it."""

    at: datetime
    file: int
    offset: int
    url: str
    payload: str
    id: str
    revisit: bool


class Index:
    """Responses, the first record of each payload, and the records about each response. A context manager."""

    def __init__(self) -> None:
        # An empty name is a temporary file, kept in memory while it is small.
        self._db = sqlite3.connect("")
        self._db.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, spot: Spot) -> None:
        """Add a response or revisit."""
        # All in UTC and with microseconds, so that texts sort as times do.
        at = spot.at.isoformat(timespec="microseconds")
        self._db.execute("INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?)", (at, *spot[1:]))
        if spot.payload and not spot.revisit:
            self._db.execute("INSERT OR IGNORE INTO payload VALUES (?, ?, ?)", (spot.payload, spot.file, spot.offset))

    def add_about(self, response_id: str, kind: str, place: Place) -> None:
        """Add a request or metadata record about the response with the id `response_id`."""
        self._db.execute("INSERT INTO about VALUES (?, ?, ?, ?)", (response_id, kind, *place))

    def spots(self) -> Iterator[Spot]:
        """Yield the responses, oldest first. Nothing can be added any more."""
        self._db.executescript(_INDEXES)
        for at, *rest in self._db.execute("SELECT * FROM spot ORDER BY at, file, offset"):
            yield Spot(datetime.fromisoformat(at), *rest)

    def about(self, response_id: str) -> list[tuple[str, int, int]]:
        """Return the kind and location of each record about a response."""
        query = "SELECT kind, file, offset FROM about WHERE id = ? ORDER BY rowid"
        return self._db.execute(query, (response_id,)).fetchall()

    def first(self, payload: str) -> Place | None:
        """Return the location of the first record with a payload."""
        query = "SELECT file, offset FROM payload WHERE digest = ?"
        found: Place | None = self._db.execute(query, (payload,)).fetchone()
        return found
