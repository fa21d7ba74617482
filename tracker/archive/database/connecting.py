"""Open driver connections with durable commits, and ask whether one still works."""

from __future__ import annotations

import select
import sqlite3
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from tracker.archive.values import BUSY_SECONDS
from tracker.errors import ArchiveError

from .file_owner import keep_owner

if TYPE_CHECKING:
    from .driver import Driver, ServerDriver
    from .url import DatabaseUrl

_KEEPALIVES: Final[dict[str, Any]] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server that vanished without a word is noticed after a minute, not after two hours."""


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
            driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
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
