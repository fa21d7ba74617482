"""The two drivers, `sqlite3` and psycopg: database URLs, durable connections, and messages for their errors.

URLs have the form of SQLAlchemy and are parsed without it, because importing it is slow.
"""

from __future__ import annotations

import os
import select
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from tracker.config.file import DEFAULT_DATABASE
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable
from tracker.files import keep_owner

if TYPE_CHECKING:
    import psycopg

    # psycopg is imported only for archives on PostgreSQL.
    ServerDriver = psycopg.Connection[tuple[object, ...]]
    Driver = sqlite3.Connection | ServerDriver
    Cursor = sqlite3.Cursor | psycopg.Cursor[tuple[object, ...]]

_SQLITE: Final = "sqlite:///"
# SQLAlchemy's name of the driver may be left out: there is no other.
_POSTGRESQL: Final = ("postgresql", "postgresql+psycopg")
_EXAMPLES: Final = "write sqlite:///path/to/writethru.db or postgresql+psycopg://user@host/name"


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The URL of an archive; `path` is the file of a SQLite archive, None for PostgreSQL."""

    text: str
    path: Path | None = None

    @property
    def shown(self) -> str:
        """The URL without its password, for messages and logs."""
        from tracker.observe.redact import database  # its patterns take milliseconds to compile

        return database(self.text)

    @property
    def conninfo(self) -> str:
        """The URL as libpq takes it (PostgreSQL manual, 34.1.1.2)."""
        return f"postgresql://{self.text.partition('://')[2]}"


def archive_url(url: str | None = None) -> DatabaseUrl:
    """Parse a database URL. Raises ArchiveError for an invalid or unsupported one.

    None means $WRITETHRU_DB, or else `writethru.db` in the current folder.
    """
    text = url or os.environ.get("WRITETHRU_DB") or DEFAULT_DATABASE
    scheme, separator, rest = text.partition("://")
    found = DatabaseUrl(text)
    if not separator or not scheme:
        raise ArchiveError("not a valid database URL", resource=found.shown, hint=_EXAMPLES)
    if scheme == "sqlite":
        path = text.removeprefix(_SQLITE).partition("?")[0]
        if not text.startswith(_SQLITE) or path in {"", ":memory:"}:
            raise ArchiveError("a SQLite archive must be a file", resource=found.shown, hint=_EXAMPLES)
        return DatabaseUrl(text, Path(path))
    if scheme not in _POSTGRESQL:
        raise ArchiveError(f"{scheme} is not a supported database", resource=found.shown, hint=_EXAMPLES)
    found = DatabaseUrl(f"postgresql+psycopg://{rest}")
    try:
        parts = urlsplit(found.conninfo)
        _ = parts.port
    except ValueError:
        # The cause would quote the part that could not be parsed, which may be the password.
        raise ArchiveError("not a valid database URL", resource=found.shown, hint=_EXAMPLES) from None
    # libpq takes what follows the first @ for the host, and its errors would show that part of the password.
    if parts.netloc.count("@") > 1:
        hint = "write each @ in the password as %40"
        raise ArchiveError("the database URL has more than one @", resource=found.shown, hint=hint)
    return found


# -- connections

# How long to wait for SQLite's write lock: a takedown or a compaction of many pages holds it for seconds.
BUSY_SECONDS: Final = 30
# A server that vanished without closing the connection is noticed after half a minute, not after two hours.
TCP: Final[Any] = {"keepalives_idle": 15, "keepalives_interval": 5, "tcp_user_timeout": 30_000, "connect_timeout": 10}
# The server ends the sessions of a machine that vanished just as soon, with the locks that they hold.
_SERVER_TCP: Final = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
SERVER_OPTIONS: Final = f"-c timezone=UTC {_SERVER_TCP} -c tcp_user_timeout=30000"
# The name of all sessions of this process, and of no others: see `locking.Leadership`.
PROCESS: Final = f"writethru {os.uname().nodename[:30]} {os.getpid()} {os.urandom(4).hex()}"


def connect(url: DatabaseUrl, *, readonly: bool = False, sealed: bool = False) -> Driver:
    """Open a driver connection with durable commits and foreign keys; `sealed` is the answer of `is_sealed`.

    Raises the driver's errors, and ArchiveError if psycopg is missing.
    """
    if url.path is None:
        return connect_server(url, readonly=readonly)
    path = url.path
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


def is_sealed(path: Path) -> bool:
    """Return whether a SQLite file must be opened as immutable.

    In WAL mode even a reader needs shared memory next to the file, which cannot be made in a folder that is not
    writable. A running writer has made it already; memory that this user may not read does not help.
    Raises ArchiveError if a writer left changes in its log.
    """
    shared, log = (Path(f"{path}{end}") for end in ("-shm", "-wal"))
    if os.access(path.parent, os.W_OK) or os.access(shared, os.R_OK):
        return False
    if log.exists() and log.stat().st_size:
        message = f"the newest changes are in {log.name}, which SQLite reads only in a writable folder"
        hint = "run it as a user who can write to the folder, or read a copy made with writethru backup"
        raise ArchiveError(message, resource=str(path), hint=hint)
    return True


def connect_server(url: DatabaseUrl, *, readonly: bool = False, autocommit: bool = False) -> ServerDriver:
    """Do as `connect` for PostgreSQL. Raises ArchiveError, as all functions for it do, if psycopg is missing."""
    server_error()
    import psycopg
    from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

    options = SERVER_OPTIONS + (" -c default_transaction_read_only=on" if readonly else "")
    driver = psycopg.connect(url.conninfo, options=options, application_name=PROCESS, autocommit=autocommit, **TCP)
    # One type for all integers: psycopg prepares a statement again for each combination of parameter types.
    for dumper in (Int8Dumper, Int8BinaryDumper):
        driver.adapters.register_dumper(int, dumper)
    return driver


def server_error() -> type[Exception]:
    """Return the base class of psycopg's errors. Raises ArchiveError if psycopg is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise ArchiveError("PostgreSQL needs psycopg", hint="pip install 'writethru[postgres]'") from error
    return psycopg.Error


def begin(driver: Driver, *, writes: bool) -> None:
    """Begin a transaction. If it only reads, all its reads see the database as it was at the first one."""
    if isinstance(driver, sqlite3.Connection):
        # Take the write lock at once: a transaction that reads before it writes fails if another one writes between.
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        return
    import psycopg

    # psycopg sends it with the first statement. A writer must see all commits made before it was granted a lock.
    driver.isolation_level = None if writes else psycopg.IsolationLevel.REPEATABLE_READ


def is_alive(driver: ServerDriver, *, ping: bool = False) -> bool:
    """Return whether a connection to a server still works.

    A ping before each transaction would cost a round trip; a server that ends a session sends a message, which is
    checked for instead unless `ping`.
    """
    # Not select(), which cannot handle file descriptors above 1,023: a crawl has thousands of connections open.
    ready = select.poll()
    try:
        ready.register(driver.fileno(), select.POLLIN)
        if not ping and not ready.poll(0):
            return True
        driver.execute("SELECT 1")
        driver.rollback()
    except server_error():
        return False
    return True


# -- errors of the drivers

_RESTORE: Final = (
    "restore a backup with writethru restore --force; if the file still opens, writethru verify lists the damage"
)
_PERMISSIONS: Final = (
    "run it as a user who may write to the file and its folder, or name an archive in another folder with --db"
)
_SPACE: Final = "free some disk space; nothing already stored is lost"

_Fault = tuple[type[ArchiveError], str, str]
_DAMAGED: Final[_Fault] = (ArchiveError, "the archive is damaged", _RESTORE)
_LOCKED: Final[_Fault] = (ArchiveLocked, f"the archive has been locked for {BUSY_SECONDS} s", "try again later")
_FULL: Final[_Fault] = (ArchiveFull, "the disk is full", _SPACE)
_UNREACHED: Final[_Fault] = (ArchiveUnreachable, "the server cannot be reached", "check the URL and that it is running")
_NO_CONNECTION: Final[_Fault] = (
    ArchiveUnreachable,
    "the server has no connection left",
    "close other clients, or raise max_connections; a worker needs at most five connections",
)
_LOGIN: Final[_Fault] = (ArchiveError, "the server refused the login", "check the user and password in the URL")
_NO_DATABASE: Final[_Fault] = (ArchiveError, "the server has no such database", "create it with createdb")
_OTHER: Final[_Fault] = (ArchiveError, "the database reported an error", "")

_SQLITE_FAULTS: Final[dict[int, _Fault]] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: (
        ArchiveError,
        "not an archive, or its beginning is damaged",
        "check the path, or restore a backup with writethru restore --force",
    ),
    sqlite3.SQLITE_IOERR: (ArchiveError, "the disk cannot be read or written", "check the disk and the system log"),
    sqlite3.SQLITE_CANTOPEN: (ArchiveError, "the file cannot be opened", _PERMISSIONS),
    sqlite3.SQLITE_READONLY: (ArchiveError, "the file cannot be written", _PERMISSIONS),
}
# By SQLSTATE, or by its class, the first two characters.
_POSTGRES_FAULTS: Final[dict[str, _Fault]] = {
    "53100": _FULL,
    "55P03": _LOCKED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "53300": _NO_CONNECTION,
    "28": _LOGIN,
    "3D": _NO_DATABASE,
    "42501": (ArchiveError, "the user lacks the necessary permission", "check the privileges of the user in the URL"),
    "08": _UNREACHED,
    "57": _UNREACHED,
}
# An error while a connection is opened has no SQLSTATE, only the server's message.
_REFUSALS: Final = (
    ("too many clients", _NO_CONNECTION),
    ("connection slots are reserved", _NO_CONNECTION),
    ("too many connections", _NO_CONNECTION),
    ("password", _LOGIN),
    ("no pg_hba.conf entry", _LOGIN),
    ('role "', _LOGIN),
    ('database "', _NO_DATABASE),
)
_MISSING: Final = ("no such table", "no such column", "malformed database schema")


def explain(error: BaseException | None, resource: str) -> ArchiveError:
    """Return the ArchiveError for an error a driver raised; its cause is the first line of the driver's message."""
    if isinstance(error, sqlite3.Error):
        extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        code = extended & 0xFF
        fault = _SQLITE_FAULTS.get(code, _OTHER)
        # Opening checked the revision, so a table or column that is missing now was lost.
        if code == sqlite3.SQLITE_ERROR and str(error).startswith(_MISSING):
            fault = _DAMAGED
        # SQLite finds no room for the shared memory of its log before it finds none for the log.
        no_room = extended == sqlite3.SQLITE_IOERR_SHMSIZE or "disk is full" in str(error)
        if code == sqlite3.SQLITE_IOERR and no_room:
            fault = _FULL
    elif (state := getattr(error, "sqlstate", None)) is not None:
        fault = _POSTGRES_FAULTS.get(state) or _POSTGRES_FAULTS.get(state[:2]) or _OTHER
    else:
        text = str(error).lower()
        refusals = (refusal for words, refusal in _REFUSALS if words in text)
        fault = next(refusals, _UNREACHED if "connection" in text else _OTHER)
    kind, message, hint = fault
    explained = kind(message, resource=resource, hint=hint)
    # The first line only: PostgreSQL appends the statement and its values.
    first, _, rest = str(error).strip().partition("\n")
    explained.__cause__ = error
    if error is not None and rest:
        explained.__cause__ = type(error)(first).with_traceback(error.__traceback__)
    return explained


def damaged(how: str, resource: str) -> ArchiveError:
    """Return the error to raise for a damaged archive; `how` describes the damage."""
    return ArchiveError(f"the archive is damaged: {how}", resource=resource, hint=_RESTORE)
