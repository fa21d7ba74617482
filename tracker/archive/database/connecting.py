"""Open driver connections with durable commits, and ask whether one still works."""

from __future__ import annotations

import os
import select
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tracker.archive.encoding import BUSY_SECONDS
from tracker.errors import ArchiveError
from tracker.files import keep_owner

if TYPE_CHECKING:
    import psycopg

    from .url import DatabaseUrl

    # psycopg is imported only by who uses PostgreSQL.
    ServerDriver = psycopg.Connection[tuple[object, ...]]
    Driver = sqlite3.Connection | ServerDriver
    Cursor = sqlite3.Cursor | psycopg.Cursor[tuple[object, ...]]

# A server that vanished without a word is noticed after a minute, not after two hours.
_KEEPALIVES: Final[dict[str, Any]] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def connect(url: DatabaseUrl, *, readonly: bool = False, sealed: bool = False) -> Driver:
    """Open a driver connection with durable commits and foreign keys; `sealed` is what `is_sealed` says.

    Raises the driver's errors, and ArchiveError if psycopg is missing.
    """
    if url.path is None:
        return connect_server(url, readonly=readonly)
    return _connect_sqlite(url.path, readonly=readonly, sealed=sealed)


def is_sealed(path: Path) -> bool:
    """Return whether a SQLite file can be read only as one that nobody changes.

    In WAL mode even a reader needs shared memory next to the file, which cannot be made in a folder that is not
    writable. Where a writer is at work, it has made it; what another user left there and nobody else may read is of no
    use. Raises ArchiveError if a writer left changes in its log.
    """
    shared, log = (Path(f"{path}{end}") for end in ("-shm", "-wal"))
    if os.access(path.parent, os.W_OK) or os.access(shared, os.R_OK):
        return False
    if log.exists() and log.stat().st_size:
        hint = "run it as a user who can write to the folder, or read a copy made with writethru backup"
        raise ArchiveError(
            f"its newest changes are in {log.name}, which SQLite reads only in a writable folder",
            resource=str(path),
            hint=hint,
        )
    return True


def connect_server(url: DatabaseUrl, *, readonly: bool = False, autocommit: bool = False) -> ServerDriver:
    """Do as `connect` for PostgreSQL."""
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
    return driver


def _connect_sqlite(path: Path, *, readonly: bool, sealed: bool) -> sqlite3.Connection:
    file = f"file:{quote(str(path.absolute()))}?mode={'ro' if readonly else 'rwc'}{'&immutable=1' if sealed else ''}"
    if not readonly and not path.exists():
        # Before SQLite creates its log next to it with the same owner and mode: nobody else can read an archive.
        path.touch(0o600)
        keep_owner(path, path.parent)
    driver = sqlite3.connect(file, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if not readonly:
            driver.execute("PRAGMA journal_mode=WAL")
            # In WAL mode, NORMAL would lose the last commits at a power cut: an alert may be out by then.
            driver.execute("PRAGMA synchronous=FULL")
        # Off by default, and only for this connection.
        driver.execute("PRAGMA foreign_keys=ON")
        # In KiB, because it is negative; SQLite's own is 2 MB. Lists and searches read more pages than a check writes.
        driver.execute(f"PRAGMA cache_size=-{16_000 if readonly else 8_000}")
    except BaseException:
        driver.close()
        raise
    return driver


def begin(driver: Driver, *, writes: bool) -> None:
    """Begin a transaction; unless it `writes`, all that it reads is of one moment."""
    if isinstance(driver, sqlite3.Connection):
        # Take the write lock at once: a transaction that reads first and then writes would fail if another wrote
        # between.
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        return
    import psycopg

    # psycopg sends it with the first statement. Who writes must see what was committed before a lock was granted.
    driver.isolation_level = None if writes else psycopg.IsolationLevel.REPEATABLE_READ


def is_alive(driver: ServerDriver, *, ping: bool = False) -> bool:
    """Return whether a connection to a server still works.

    A ping before each transaction would cost a round trip; a server that ends a session sends a message, which is
    checked for instead unless `ping`.
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
