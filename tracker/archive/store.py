"""The store: every part of it on one database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .beliefs import Beliefs
from .clock import ClockSteps
from .commits import Commits
from .due import Due
from .glances import Glances
from .ledger import Ledger
from .lines import Lines
from .outbox import Outbox
from .readings import Readings
from .reads import Reads
from .recaptures import Recaptures
from .search import Search
from .stories import Stories
from .takedown import Takedown
from .watch import Watch

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from .engine import Database


class SqlStore(
    Watch,
    Due,
    ClockSteps,
    Commits,
    Beliefs,
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
