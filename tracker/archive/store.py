"""The store: every part of it on one database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.archive.captures.recaptures import Recaptures
from tracker.archive.captures.takedown import Takedown
from tracker.archive.database.clock import ClockSteps
from tracker.archive.ledger.log import Ledger
from tracker.archive.reading.glances import Glances
from tracker.archive.reading.reads import Reads
from tracker.archive.search.query import Search
from tracker.archive.work.beliefs import UpdateModel
from tracker.archive.work.commits import Commits
from tracker.archive.work.due import Due
from tracker.archive.work.lines import Lines
from tracker.archive.work.outbox import Outbox
from tracker.archive.work.readings import Readings
from tracker.archive.work.stories import Stories
from tracker.archive.work.watch import Watch

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from tracker.archive.database.engine import Database


class SqlStore(
    Watch,
    Due,
    ClockSteps,
    Commits,
    UpdateModel,
    Reads,
    Glances,
    Lines,
    Outbox,
    Ledger,
    Takedown,
    Search,
    Readings,
    Recaptures,
    Stories,
):
    """`ports.Store` on SQLite or PostgreSQL.

    Any thread may call it, one at a time. A context manager: leaving it closes.
    """

    @property
    def database(self) -> Database:
        """Return the database, for what looks at the archive as a whole."""
        return self._db

    @property
    def is_sqlite(self) -> bool:
        """Say whether this is SQLite."""
        return self._db.is_sqlite

    def close(self) -> None:
        """Let go of the database. Idempotent."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
