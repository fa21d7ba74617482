"""What the archive needs of a driver's connection: the part of DB-API 2.0 that `sqlite3` and psycopg share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

Record = tuple[object, ...]
"""A row as the driver returns it."""


class Cursor(Protocol):
    """The result of a statement."""

    @property
    def description(self) -> Sequence[Sequence[object]] | None:
        """The columns, each with its name first; None for a statement that returns no rows."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""

    def execute(self, statement: str, values: Mapping[str, object] = ..., /) -> Cursor:
        """Run a statement."""

    def executemany(self, statement: str, rows: Iterable[Mapping[str, object]], /) -> object:
        """Run a statement once for each of *rows*."""

    def fetchone(self) -> Record | None:
        """Return the next row."""

    def fetchmany(self, size: int, /) -> list[Record]:
        """Return the next rows, at most *size*."""

    def fetchall(self) -> list[Record]:
        """Return the rows that are left."""


class Driver(Protocol):
    """A connection."""

    def cursor(self) -> Cursor:
        """Return a new cursor."""

    def execute(self, statement: str, values: Mapping[str, object] = ..., /) -> Cursor:
        """Run a statement on a new cursor."""

    def commit(self) -> None:
        """Commit the transaction."""

    def rollback(self) -> None:
        """Roll the transaction back."""

    def close(self) -> None:
        """Close the connection."""


class ServerDriver(Driver, Protocol):
    """A connection of psycopg, which has more than the standard asks for."""

    autocommit: bool

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""

    def fileno(self) -> int:
        """Return the file descriptor of the socket."""

    def pipeline(self) -> AbstractContextManager[object]:
        """Send the statements of a block without waiting for the answer to each."""
