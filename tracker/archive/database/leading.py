"""Who leads where many processes work on one archive: the one that holds the scheduler's lock on the server."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .connecting import connect
from .url import archive_url

if TYPE_CHECKING:
    from .driver import Driver, Record


class Leadership:
    """The lead of the archive at *url*: taken by whoever comes first, and free again when that process ends.

    On SQLite there is one process and it leads. One thread at a time.
    """

    def __init__(self, url: str) -> None:
        self._url = archive_url(url)
        self._session: Driver | None = None

    def check(self) -> bool:
        """Take the lead where it is free; say whether it is ours. A server that cannot be reached has no leader."""
        if self._url.path is not None:
            return True
        import psycopg

        try:
            if self._session is None:
                self._session = self._try()
            else:
                # The server ended the lock with the session: where that is gone, so is the lead.
                self._session.execute("SELECT 1")
        except psycopg.Error:
            self.close()
        return self._session is not None

    def close(self) -> None:
        """Give the lead to whoever takes it next. Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _try(self) -> Driver | None:
        session = connect(self._url, autocommit=True)
        taken: Record | None = None
        try:
            statement = "SELECT pg_try_advisory_lock(hashtext('writethru:scheduler'))"
            taken = session.execute(statement).fetchone()
        finally:
            if not (taken and taken[0]):
                with suppress(Exception):
                    session.close()
        return session if taken and taken[0] else None
