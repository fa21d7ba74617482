"""Backups of SQLite archives: a whole copy while the service writes, and its way back.

PostgreSQL has its own means: ``pg_dump -Fc``.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from tracker.archive.database.locking import lock
from tracker.archive.database.url import archive_url
from tracker.archive.ledger.verify import verify
from tracker.errors import ArchiveError

from .opening import open_archive
from .values import BUSY_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.archive.ledger.verify import Report


def backup(url: str | None, target: Path) -> int:
    """Write a copy of the archive at *url*, as of one moment, to the new file *target* and return its bytes.

    It appears under its name only when it is whole and on the disk. Raises ArchiveError where *target* is there.
    """
    source = _file(url)
    if target.exists():
        raise ArchiveError("this file is there already", resource=str(target), hint="name another one")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with contextlib.closing(_open(source)) as file:
            file.execute("VACUUM INTO ?", (str(part),))
        _settle(part, target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise ArchiveError("the backup cannot be written", resource=str(target)) from error
    return target.stat().st_size


def restore(
    url: str | None, copy: Path, *, force: bool = False, against: str = "", public: str | None = None
) -> Report:
    """Put the backup *copy* in the place of the archive at *url*, once every version in it is verified.

    *against* is the note of a checkpoint the backup must hold. Raises ArchiveError where the backup is damaged, or the
    archive is there and not *force*; ArchiveLocked while a service works on it. A replaced archive stays beside it as
    ``NAME.replaced``.
    """
    target = _file(url)
    if not copy.is_file():
        raise ArchiveError("there is no such backup", resource=str(copy))
    if target.exists() and not force:
        raise ArchiveError("there is an archive already", resource=str(target), hint="--force replaces it")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with contextlib.closing(_open(copy)) as file:
            file.execute("VACUUM INTO ?", (str(part),))
        with open_archive(f"sqlite:///{part}") as store:
            report = verify(store, against=against, public=public)
        if not report.ok:
            first = report.damage[0]
            said = f"the backup is damaged in {len(report.damage)} places, first {first.what}: {first.how}"
            raise ArchiveError(said, resource=str(copy), hint="nothing was replaced")
        with lock(url):
            _replace(part, target)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError("the backup cannot be restored", resource=str(copy), hint="nothing was replaced") from error
    finally:
        for suffix in ("", "-wal", "-shm"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return report


def _file(url: str | None) -> Path:
    where = archive_url(url)
    if where.path is None:
        raise ArchiveError("PostgreSQL has its own backups", resource=where.shown, hint="pg_dump -Fc, pg_restore")
    return where.path


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise ArchiveError("there is no archive here", resource=str(path))
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def _replace(part: Path, target: Path) -> None:
    if target.exists():
        with contextlib.closing(_open(target)) as old:
            # The write-ahead log belongs to the old file: none may be left for the new one to take for its own.
            old.execute("PRAGMA journal_mode=DELETE")
        target.replace(target.with_name(target.name + ".replaced"))
    _settle(part, target)


def _settle(part: Path, target: Path) -> None:
    """Bring a file to the disk and to its name."""
    for path, rename in ((part, True), (target.parent, False)):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if rename:
            part.replace(target)
