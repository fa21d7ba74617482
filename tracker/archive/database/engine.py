"""The connection to SQLite or PostgreSQL, and transactions on it."""

from __future__ import annotations

import os
import select
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from tracker.archive.values import BUSY_SECONDS, DEFAULT_URL
from tracker.errors import ArchiveError
from tracker.observe import redact

from .connection import Connection
from .faults import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection as CoreConnection
    from sqlalchemy.engine import Engine

_BEGIN: Final = "writethru_begin"
_RESTS: Final = "writethru_rests"
_FRESH: Final = 1.0
"""Seconds for which a connection to a server is trusted after it was used, where nothing is heard from there."""


def archive_url(url: str | None = None) -> URL:
    """Read a database URL; None stands for $WRITETHRU_DB, else a file in this folder. Raises ArchiveError."""
    text_ = url or os.environ.get("WRITETHRU_DB") or DEFAULT_URL
    examples = "write sqlite:///path/to/writethru.db or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(text_)
    except (ArgumentError, ValueError):
        # The cause would quote what it could not read, which may be the password.
        raise ArchiveError("this is no database URL", resource=redact.database(text_), hint=examples) from None
    if "@" in (parsed.host or ""):
        raise ArchiveError(
            "the database URL has an @ too many", resource=shown(parsed), hint="write an @ in the password as %40"
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ArchiveError(f"{parsed.drivername} is no database for archives", resource=shown(parsed), hint=examples)
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ArchiveError("an archive must be a file", resource=shown(parsed), hint=examples)
    return parsed


def shown(url: URL) -> str:
    """Return *url* for people: without its password."""
    return redact.database(url.render_as_string(hide_password=False))


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite archive, None for PostgreSQL."""
    return Path(url.database or "") if url.drivername == "sqlite" else None


def make_engine(url: URL, *, readonly: bool = False) -> Engine:
    """Return an engine whose transactions begin when told to, durable and with foreign keys. Raises ArchiveError."""
    path = sqlite_path(url)
    if path is None:
        return _postgres(url, readonly=readonly)
    if not path.parent.is_dir():
        raise ArchiveError(
            "its folder does not exist", resource=str(path), hint=f"mkdir -p {path.parent} or name another place"
        )
    file = f"file:{quote(str(path.absolute()))}?mode={'ro' if readonly else 'rwc'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
        cursor = connection.cursor()
        if not readonly:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: CoreConnection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _postgres(url: URL, *, readonly: bool) -> Engine:
    options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if readonly else "")
    try:
        from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

        engine = create_engine(url, connect_args={"options": options})
    except ModuleNotFoundError as error:
        raise ArchiveError(
            "PostgreSQL needs psycopg", resource=shown(url), hint="pip install 'writethru[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
        # One type for all numbers: psycopg prepares a statement anew for each set of types that it is given.
        for dumper in (Int8Dumper, Int8BinaryDumper):
            connection.adapters.register_dumper(int, dumper)

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own types
        record.info[_RESTS] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wake(connection: Any, record: Any, _proxy: Any) -> None:  # noqa: ANN401 - the driver's own types
        # To ask before each transaction would cost a journey. A server that ends a session says so, and that is heard.
        rested = time.monotonic() - record.info.get(_RESTS, time.monotonic())
        if rested < _FRESH and not _heard(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # The pool lets go of all, and makes a new one.
            raise InvalidatePoolError from error

    return engine


def _heard(connection: Any) -> bool:  # noqa: ANN401 - the driver's own type
    # Not select(), which takes no number above 1,024: a crawl has thousands of connections open.
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))


class Database:
    """Transactions on one archive: `read()` and `write()` give a connection and map what goes wrong to ArchiveError."""

    def __init__(self, url: URL, *, readonly: bool = False) -> None:
        self.url = url
        self.engine = make_engine(url, readonly=readonly)
        # What runs prepared runs on the driver itself.
        self._driver_error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        # Taking the write lock at once: a transaction that read first would find its reading stale, or fail at once.
        self._local = threading.local()
        self._writer = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @property
    def is_sqlite(self) -> bool:
        """Say whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection in a transaction for reading; inside another block of this thread, that one's."""
        if (current := self._current()) is not None:
            yield current
            return
        with self._told(), self.engine.begin() as core, self._held(self._connection(core)) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction for writing; what was written is durable once the block ends.

        A block inside another write of the same thread joins it: functions that write compose into one transaction.
        """
        if (current := self._current()) is not None:
            assert self._local.writes, "a transaction for reading cannot write"
            yield current
            return
        with self._told(), self._writer.begin() as core, self._held(self._connection(core), writes=True) as connection:
            yield connection

    def _current(self) -> Connection | None:
        return getattr(self._local, "connection", None)

    @contextmanager
    def _held(self, connection: Connection, *, writes: bool = False) -> Iterator[Connection]:
        self._local.connection, self._local.writes = connection, writes
        try:
            yield connection
        finally:
            self._local.connection = None

    def _connection(self, core: Any) -> Connection:  # noqa: ANN401 - SQLAlchemy's
        return Connection(core.connection.driver_connection, is_sqlite=self.is_sqlite, core=core)

    def serialise(self, connection: Connection, name: str) -> None:
        """Let no other transaction run that serialises by *name*; SQLite has one writer anyway."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"writethru:{name}"})

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # Not the whole error for a cause: it holds the statement and its values.
            told = explain(error.orig, shown(self.url))
            raise told from told.__cause__
        except self._driver_error as error:
            told = explain(error, shown(self.url))
            raise told from told.__cause__
        except SQLAlchemyError as error:
            raise ArchiveError("the database cannot do this", resource=shown(self.url)) from error
