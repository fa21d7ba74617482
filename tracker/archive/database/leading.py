"""Who leads where many processes work on one archive: the one that holds the scheduler's lock on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from .engine import archive_url, make_engine, sqlite_path

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine


class Leadership:
    """The lead of the archive at *url*: taken by whoever comes first, and free again when that process ends.

    On SQLite there is one process and it leads. One thread at a time.
    """

    def __init__(self, url: str) -> None:
        where = archive_url(url)
        self._engine: Engine | None = make_engine(where) if sqlite_path(where) is None else None
        self._held: Connection | None = None

    def check(self) -> bool:
        """Take the lead where it is free; say whether it is ours. A server that cannot be reached has no leader."""
        if self._engine is None:
            return True
        try:
            if self._held is None:
                self._held = self._try(self._engine)
            else:
                # The server ended the lock with the session: where that is gone, so is the lead.
                self._held.execute(text("SELECT 1"))
        except DBAPIError:
            self._drop()
        return self._held is not None

    def close(self) -> None:
        """Give the lead to whoever takes it next. Idempotent."""
        self._drop()
        if self._engine is not None:
            self._engine.dispose()

    def _try(self, engine: Engine) -> Connection | None:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken = connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('writethru:scheduler'))"))
        except DBAPIError:
            connection.invalidate()
            connection.close()
            raise
        if taken:
            return connection
        connection.close()
        return None

    def _drop(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            # A session kept in the pool would keep the lock.
            held.invalidate()
            held.close()
