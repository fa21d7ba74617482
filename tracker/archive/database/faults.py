"""Turn the drivers' errors into messages for people, without SQL or parameters."""

from __future__ import annotations

import sqlite3
from typing import Final

from tracker.archive.encoding import BUSY_SECONDS
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable

_RESTORE: Final = (
    "restore a backup with writethru restore --force; where the file opens, writethru verify names the damage"
)
_PERMISSIONS: Final = "check the permissions of the file and its folder"
_SPACE: Final = "free some disk space; nothing already stored is lost"

_Fault = tuple[type[ArchiveError], str, str]
_DAMAGED: Final[_Fault] = (ArchiveError, "the archive is damaged", _RESTORE)
_LOCKED: Final[_Fault] = (ArchiveLocked, f"the archive has been locked for {BUSY_SECONDS} s", "try again later")
_FULL: Final[_Fault] = (ArchiveFull, "the disk is full", _SPACE)
_UNREACHED: Final[_Fault] = (ArchiveUnreachable, "the server cannot be reached", "check that it is running and the URL")
_NO_CONNECTION: Final[_Fault] = (
    ArchiveUnreachable,
    "the server has no connection left",
    "close other clients or raise max_connections; a worker needs at most five",
)
_LOGIN: Final[_Fault] = (ArchiveError, "the server refused the login", "check the user and password in the URL")
_NO_DATABASE: Final[_Fault] = (ArchiveError, "the server has no such database", "create it with createdb")
_OTHER: Final[_Fault] = (ArchiveError, "the database reported an error", "")

_SQLITE: Final[dict[int, _Fault]] = {
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
_POSTGRES: Final[dict[str, _Fault]] = {
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
# While a connection is opened, psycopg knows no SQLSTATE, only what the server says.
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
    kind, message, hint = _sqlite(error) if isinstance(error, sqlite3.Error) else _postgres(error)
    explained = kind(message, resource=resource, hint=hint)
    explained.__cause__ = _short(error)
    return explained


def damaged(how: str, resource: str) -> ArchiveError:
    """Return the error to raise for a damaged archive; `how` says what is wrong."""
    return ArchiveError(f"the archive is damaged: {how}", resource=resource, hint=_RESTORE)


def _sqlite(error: sqlite3.Error) -> _Fault:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    # Opening checked the revision, so a table or column that is missing now was lost.
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(_MISSING):
        return _DAMAGED
    # SQLite finds no room for the shared memory of its log before it finds none for the log.
    no_room = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE
    if code == sqlite3.SQLITE_IOERR and (no_room or "disk is full" in str(error)):
        return _FULL
    return _SQLITE.get(code, _OTHER)


def _postgres(error: BaseException | None) -> _Fault:
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        text = str(error).lower()
        refusals = (fault for words, fault in _REFUSALS if words in text)
        return next(refusals, _UNREACHED if "connection" in text else _OTHER)
    return _POSTGRES.get(state) or _POSTGRES.get(state[:2]) or _OTHER


def _short(error: BaseException | None) -> BaseException | None:
    """Return `error` with the first line of its message only: PostgreSQL appends the statement and its values."""
    first, _, rest = str(error).strip().partition("\n")
    if error is None or not rest:
        return error
    return type(error)(first).with_traceback(error.__traceback__)
