"""Open driver connections with durable commits, and ask whether one still works.

`Driver` is what the archive needs of a connection: the part of DB-API 2.0 that `sqlite3` and psycopg share.
"""

from __future__ import annotations

import os
import select
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import quote

from tracker.archive.values import BUSY_SECONDS
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from .url import DatabaseUrl

# A server that vanished without a word is noticed after a minute, not after two hours.
_KEEPALIVES: Final[dict[str, Any]] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# A row as the driver returns it.
Record = tuple[object, ...]


def connect(url: DatabaseUrl, *, readonly: bool = False, autocommit: bool = False) -> Driver:
    """Open a driver connection with durable commits and foreign keys.

    Raises the driver's errors, and ArchiveError if psycopg is missing.
    """
    if url.path is not None:
        return _connect_sqlite(url, readonly=readonly)
    try:
        import psycopg
        from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
    except ModuleNotFoundError as error:
        raise ArchiveError(
            "PostgreSQL needs psycopg", resource=url.shown, hint="pip install 'writethru[postgres]'"
        ) from error
    options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if readonly else "")
    driver = psycopg.connect(url.conninfo, options=options, autocommit=autocommit, **_KEEPALIVES)
    # One type for all integers: psycopg prepares a statement again for each combination of parameter types.
    for dumper in (Int8Dumper, Int8BinaryDumper):
        driver.adapters.register_dumper(int, dumper)
    return cast("Driver", driver)


def _connect_sqlite(url: DatabaseUrl, *, readonly: bool) -> sqlite3.Connection:
    assert url.path is not None
    file = f"file:{quote(str(url.path.absolute()))}?mode={'ro' if readonly else 'rwc'}"
    if not readonly and not url.path.exists():
        # Before SQLite makes its log beside it, which gets the same owner and mode: nobody else can read an archive.
        url.path.touch(0o600)
        keep_owner(url.path, url.path.parent)
    driver = sqlite3.connect(file, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if not readonly:
            driver.execute("PRAGMA journal_mode=WAL")
            # In WAL mode, NORMAL would lose the last commits at a power cut: an alert may be out by then.
            driver.execute("PRAGMA synchronous=FULL")
        # Off by default, and only for this connection.
        driver.execute("PRAGMA foreign_keys=ON")
        # In KiB, because it is negative: 16 MB in place of SQLite's 2 MB.
        driver.execute("PRAGMA cache_size=-16000")
    except BaseException:
        driver.close()
        raise
    return driver


def is_alive(driver: ServerDriver, *, ping: bool = False) -> bool:
    """Return whether a connection to a server still works.

    A ping before each transaction would cost a round trip; a server that ends a session sends a message, which is
    checked for instead unless *ping*.
    """
    import psycopg

    # Not select(), which cannot handle file descriptors above 1,023: a crawl has thousands of connections open.
    ready = select.poll()
    try:
        ready.register(driver.fileno(), select.POLLIN)
        if not ping and not ready.poll(0):
            return True
        driver.execute("SELECT 1")
        driver.rollback()
    except psycopg.Error:
        return False
    return True


def keep_owner(path: Path, like: Path) -> None:
    """Give *path* the mode of the file *like* and, if this is root, its owner; a folder gives its owner alone.

    Without it, the service could not write what an administrator restored.
    """
    found = like.stat()
    if like.is_file():
        path.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, found.st_uid, found.st_gid)


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
