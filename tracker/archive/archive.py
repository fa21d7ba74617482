"""An open archive: transactions on SQLite or PostgreSQL, on the drivers themselves: `sqlite3` and psycopg."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from tracker.errors import ArchiveError

from .database.connection import Connection
from .database.drivers import DatabaseUrl, begin, connect, explain, is_alive, is_sealed, server_error
from .database.locking import ServerLock

if TYPE_CHECKING:
    from .database.drivers import Driver

# Seconds a pooled server connection may be idle before it is pinged, unless the server sent something meanwhile.
TRUSTED_SECONDS: Final = 1.0


class Archive(AbstractContextManager["Archive"]):
    """Transactions on one archive: `read()` and `write()` yield a connection and map driver errors to ArchiveError.

    Any thread may use it. Connections are reused. Unlike a pool it has no size limit and no thread that opens
    connections, so that an unreachable server is reported at once with the reason.
    """

    def __init__(self, url: DatabaseUrl, *, readonly: bool = False, held: ServerLock | None = None) -> None:
        self.url = url
        self._held = held
        self.is_sqlite = url.path is not None
        self._readonly = readonly
        self._sealed = False
        # A stack without a lock: `append` and `pop` of a list are atomic, and the connection used last is the warmest.
        self._idle: list[tuple[Driver, float]] = []
        # The block that this thread is in: a transaction belongs to one thread.
        self._local = threading.local()
        self._closed = False
        if url.path is not None and not url.path.parent.is_dir():
            hint = f"mkdir -p {url.path.parent} or choose another path"
            raise ArchiveError("the folder of the archive does not exist", resource=str(url.path), hint=hint)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection in a read transaction: all reads of the block see the same state of the archive.

        Inside another block of the same thread it is that block's connection.
        """
        current: Connection | None = getattr(self._local, "connection", None)
        if current is not None:
            yield current
            return
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a write transaction; its writes are durable once the block ends.

        A block inside another write block of the same thread joins it, so functions that write compose into one
        transaction.
        """
        current: Connection | None = getattr(self._local, "connection", None)
        if current is not None:
            assert self._local.writes, "cannot write inside a read transaction"
            yield current
            return
        self.require_lock()
        with self._transaction(writes=True) as connection:
            yield connection

    def require_lock(self, *, ping: bool = False) -> None:
        """Make sure that this process still holds the crawler lock, if it was opened with one; see `ServerLock`."""
        if self._held is not None:
            with self._explained():
                self._held.require(ping=ping)

    def serialise(self, connection: Connection, name: str) -> None:
        """Keep out other transactions that serialise by `name` until this one ends.

        Does nothing on SQLite, which has only one writer anyway.
        """
        if not self.is_sqlite:
            # The server releases it with the transaction, even if this process dies before it ends.
            connection.run("SELECT pg_advisory_xact_lock(hashtext(:name))", name=f"writethru:{name}")

    def maintain(self, *statements: str) -> None:
        """Run statements that cannot be part of a transaction, such as VACUUM."""
        self.require_lock()
        with self._explained():
            driver = self._take()
            try:
                if isinstance(driver, sqlite3.Connection):
                    for statement in statements:
                        # As a script: `execute` would stop after the first page that incremental_vacuum frees.
                        driver.executescript(statement)
                else:
                    # psycopg begins a transaction automatically, in which VACUUM is refused.
                    driver.autocommit = True
                    try:
                        for statement in statements:
                            driver.execute(statement)
                    finally:
                        driver.autocommit = False
            finally:
                self._give_back(driver)

    def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, which may still hold deleted data; does nothing on PostgreSQL."""
        if self.is_sqlite:
            self.maintain("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections. Idempotent."""
        self._closed = True
        while self._idle:
            self._idle.pop()[0].close()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with self._explained():
            driver = self._take()
            try:
                begin(driver, writes=writes)
                connection = Connection(driver, is_sqlite=self.is_sqlite)
                self._local.connection, self._local.writes = connection, writes
                try:
                    yield connection
                finally:
                    self._local.connection = None
                # Reads are committed too: on PostgreSQL an open transaction keeps VACUUM from removing old rows.
                driver.commit()
            except BaseException:
                # A connection that cannot be rolled back is closed when it is returned.
                with suppress(self.driver_error):
                    driver.rollback()
                raise
            finally:
                self._give_back(driver)

    def _take(self) -> Driver:
        while self._idle:
            driver, since = self._idle.pop()
            if isinstance(driver, sqlite3.Connection):
                return driver
            if is_alive(driver, ping=time.monotonic() - since >= TRUSTED_SECONDS):
                return driver
            driver.close()
        self._sealed = self._readonly and self.url.path is not None and is_sealed(self.url.path)
        return connect(self.url, readonly=self._readonly, sealed=self._sealed)

    def _give_back(self, driver: Driver) -> None:
        unusable = driver.in_transaction if isinstance(driver, sqlite3.Connection) else driver.closed
        # A sealed file is opened again each time: a user with more rights may have begun to write.
        if self._closed or unusable or self._sealed:
            driver.close()
        else:
            self._idle.append((driver, time.monotonic()))

    @property
    def driver_error(self) -> type[Exception]:
        """The base class of the driver's errors."""
        return sqlite3.Error if self.is_sqlite else server_error()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ArchiveError:
            raise  # Already explained; and if psycopg is missing, the next line could not name its errors.
        except self.driver_error as error:
            explained = explain(error, self.url.shown)
            raise explained from explained.__cause__


# Source: https://sqlite.org/pragma.html#pragma_auto_vacuum (0 is none, 1 full).
_INCREMENTAL: Final = 2
# Pages of the file that `shrink` moves in one transaction.
MAX_PAGES_CUT_OFF: Final = 1000


def free_bytes(archive: Archive) -> int:
    """Return how many bytes of a SQLite file are unused; 0 on PostgreSQL, which reuses such space automatically."""
    if not archive.is_sqlite:
        return 0
    with archive.read() as connection:
        return connection.number("PRAGMA freelist_count") * connection.number("PRAGMA page_size")


def shrink(archive: Archive) -> Iterator[int]:
    """Cut unused space off a SQLite file that `compact` has prepared for it; otherwise do nothing.

    Each step is one short transaction, and yields how many pages of the file it cut off.
    """
    if not archive.is_sqlite:
        return
    unused = -1
    while True:
        with archive.read() as connection:
            is_prepared = connection.value(int, "PRAGMA auto_vacuum") == _INCREMENTAL
            before, unused = unused, connection.number("PRAGMA freelist_count") if is_prepared else 0
        if unused in {0, before}:
            break
        archive.maintain(f"PRAGMA incremental_vacuum({MAX_PAGES_CUT_OFF})")
        yield min(unused, MAX_PAGES_CUT_OFF)
    # The pages go at the end of the file, which gets shorter once the log is written back.
    archive.truncate_log()


def compact(archive: Archive, *, full: bool = False) -> None:
    """Rewrite a SQLite file without unused space, and prepare it for `shrink`; on PostgreSQL run VACUUM.

    SQLite needs as much free disk space as the file is large. VACUUM lets PostgreSQL use the space again; with `full`
    it is given back to the disk, and all tables are locked meanwhile.
    """
    if archive.is_sqlite:
        archive.maintain(f"PRAGMA auto_vacuum={_INCREMENTAL}", "VACUUM")
        archive.truncate_log()
    else:
        archive.maintain("VACUUM (FULL, ANALYZE)" if full else "VACUUM (ANALYZE)")
