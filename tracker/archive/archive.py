"""An open archive."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from tracker.archive.database.database import Database


class Archive(AbstractContextManager["Archive"]):
    """An open archive on SQLite or PostgreSQL, which every function of this package takes first.

    Any thread may use it, one at a time. A context manager: leaving it closes.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.database.is_sqlite

    def close(self) -> None:
        """Close the database. Idempotent."""
        self.database.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
