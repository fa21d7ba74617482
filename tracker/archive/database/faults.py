"""What the databases say when something goes wrong, in words for people: never SQL, never parameters.

Nothing here needs SQLAlchemy: the quick reader explains its errors with it, too.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from tracker.archive.values import BUSY_SECONDS
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked

_VERIFY: Final = "writethru verify names what is damaged; writethru restore puts a backup in its place"
_SPACE: Final = "free some space; nothing that was kept is lost"

_Told = tuple[type[ArchiveError], str, str]
_DAMAGED: Final[_Told] = (ArchiveError, "the archive is damaged", _VERIFY)
_LOCKED: Final[_Told] = (ArchiveLocked, f"another program has been writing for {BUSY_SECONDS} s", "try again later")
_FULL: Final[_Told] = (ArchiveFull, "the disk is full", _SPACE)
_UNREACHED: Final[_Told] = (ArchiveError, "the server cannot be reached", "is it running, and the URL right?")
_OTHER: Final[_Told] = (ArchiveError, "the database cannot do this", "")

_SQLITE: Final[dict[int, _Told]] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: (ArchiveError, "this is no archive, or a damaged one", _VERIFY),
    sqlite3.SQLITE_IOERR: (ArchiveError, "the disk cannot be read or written", "see the system's log for the disk"),
    sqlite3.SQLITE_CANTOPEN: (
        ArchiveError,
        "the file cannot be opened",
        "see its permissions and those of its folder",
    ),
    sqlite3.SQLITE_READONLY: (
        ArchiveError,
        "the file cannot be written",
        "see its permissions and those of its folder",
    ),
}
_POSTGRES: Final[dict[str, _Told]] = {
    "53100": _FULL,
    "55P03": _LOCKED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "28": (ArchiveError, "the server does not let this user in", "see user and password in the URL"),
    "3D": (ArchiveError, "the server has no such database", "createdb makes one"),
    "42501": (ArchiveError, "this user may not do this there", "see the rights of the user in the URL"),
    "08": _UNREACHED,
    "57": _UNREACHED,
}
"""By SQLSTATE, or by the class that its first two characters are."""
_MISSING: Final = ("no such table", "no such column", "malformed database schema")


def explain(error: BaseException | None, resource: str) -> ArchiveError:
    """Return the error to raise for one that a driver raised; its cause is what the driver said, in one line."""
    kind, message, hint = _sqlite(error) if isinstance(error, sqlite3.Error) else _postgres(error)
    told = kind(message, resource=resource, hint=hint)
    told.__cause__ = _short(error)
    return told


def damaged(how: str, resource: str) -> ArchiveError:
    """Return the error to raise for an archive that was found damaged."""
    return ArchiveError(f"the archive is damaged: {how}", resource=resource, hint=_VERIFY)


def one_line(said: object) -> str:
    """Return the last line of what `PRAGMA quick_check` says: the first only names the database."""
    return str(said).strip().rpartition("\n")[2]


def _sqlite(error: sqlite3.Error) -> _Told:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(_MISSING):
        return _DAMAGED
    if code == sqlite3.SQLITE_IOERR and "disk is full" in str(error):
        return _FULL
    return _SQLITE.get(code, _OTHER)


def _postgres(error: BaseException | None) -> _Told:
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        return _UNREACHED if "connection" in str(error).lower() else _OTHER
    return _POSTGRES.get(state) or _POSTGRES.get(state[:2]) or _OTHER


def _short(error: BaseException | None) -> BaseException | None:
    """Return *error* with the first line of what it says: PostgreSQL goes on with the statement and its values."""
    first, _, rest = str(error).strip().partition("\n")
    if error is None or not rest:
        return error
    return type(error)(first).with_traceback(error.__traceback__)
