"""Back up a SQLite archive while the service is running, and restore it.

For PostgreSQL use ``pg_dump -Fc``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final

from tracker.errors import ArchiveError, ArchiveLocked, SchemaMismatch, SchemaOutdated, SigningRefused
from tracker.files import keep_owner, settle

from .database.drivers import BUSY_SECONDS, archive_url, explain
from .database.locking import copy_of, lock, remove_copy, remove_leftover
from .ledger.checkpoints import CheckpointFolder
from .ledger.log import signing_problems
from .ledger.logcheck import Damage
from .ledger.verify import Progress, Report, verify
from .opening import NO_ARCHIVE_HINT, open_archive

# SQLite's instructions between two reports of a backup.
PROGRESS_STEPS: Final = 100_000


def backup(url: str | None, target: Path, progress: Progress | None = None) -> int:
    """Write a consistent copy of the archive at `url` to the new file `target` and return its size in bytes.

    The file appears under its name only once it is complete and flushed to disk, and only its owner can read it.
    `progress` is called with the bytes written and the size of the archive, now and then. Raises ArchiveError if
    `target` exists or cannot be written, or there is no archive in the file at `url`.
    """
    source = _file(url)
    if target.exists():
        raise ArchiveError("the file already exists", resource=str(target), hint="choose another name")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        _copy(source, part, progress)
        keep_owner(part, source)
        # Before it gets its name: an archive may hold texts that their outlet has since withdrawn.
        part.chmod(0o600)
        settle(part, target)
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        # The copy is begun once the archive could be read.
        unread = code and not part.exists()
        part.unlink(missing_ok=True)
        if unread or code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            explained = explain(error, str(source))
            raise explained from explained.__cause__
        raise ArchiveError("the backup cannot be written", resource=str(target)) from error
    return target.stat().st_size


def restore(
    url: str | None,
    copy: Path,
    *,
    force: bool = False,
    against: str = "",
    public: str | None = None,
    folder: CheckpointFolder | None = None,
    progress: Progress | None = None,
) -> Report:
    """Replace the archive at `url` by the backup `copy`, after verifying every version in the backup.

    `against` is the note of a checkpoint that the backup must contain. Raises ArchiveError if the backup is damaged,
    or contradicts a note in `folder`, or the archive exists and not `force`; ArchiveLocked while the service or another
    restore is running. A replaced archive is kept next to it as ``NAME.replaced``. `progress` is that of `verify`. The
    report lists findings that do not prevent a restore: versions that a wrong clock may have made late, and a backup
    older than a note.
    """
    target = _file(url)
    if not copy.is_file():
        raise ArchiveError("no such backup", resource=str(copy))
    if target.exists() and not force:
        hint = f"use --force to replace it; the old archive is kept as {target.name}.replaced"
        raise ArchiveError("the archive already exists", resource=str(target), hint=hint)
    part = copy_of(target)
    remove_leftover(target)
    held = _create(part)
    try:
        _require_sound(copy)
        _copy(copy, part)
        with open_archive(f"sqlite:///{part}") as archive:
            keys = [*(folder.public_keys() if folder else ()), *([public] if public else [])]
            report = verify(archive, against=against, public=public, keys=keys, progress=progress)
            for problem in signing_problems(archive, folder) if folder else ():
                is_forked = isinstance(problem, SigningRefused) and problem.is_forked
                how = f"{problem.message}; {problem.hint}"
                report.damage.append(Damage(problem.resource, how, late=not is_forked))
        if damage := [each for each in report.damage if not each.late]:
            first = damage[0]
            places = f"{len(damage)} place{'s' if len(damage) > 1 else ''}"
            message = f"the backup is damaged in {places}; the first is {first.what}: {first.how}"
            raise ArchiveError(message, resource=str(copy), hint="nothing was replaced")
        # Verified before the lock is taken: the service cannot use its archive for the time of a rename only.
        with lock(url):
            _replace(part, target)
    except SchemaMismatch as error:
        # The user knows the backup, not the file it was copied to. An older backup is upgraded in its place.
        hint = f"run: writethru --db {copy} db upgrade" if isinstance(error, SchemaOutdated) else error.hint
        raise SchemaMismatch(error.message, resource=str(copy), hint=hint) from None
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError("the backup cannot be restored", resource=str(copy), hint="nothing was replaced") from error
    finally:
        remove_copy(part)
        os.close(held)
    return report


def _create(part: Path) -> int:
    """Create the file of a restore, and return a descriptor that holds a lock on it."""
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        hint = "wait until it has finished"
        raise ArchiveLocked("another restore is writing this file", resource=str(part), hint=hint) from None
    except OSError as error:
        raise ArchiveError("the backup cannot be restored", resource=str(part), hint="nothing was replaced") from error
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _require_sound(copy: Path) -> None:
    """Raise ArchiveError unless the pages, indexes and references of a database fit together."""
    with contextlib.closing(_open(copy)) as file:
        found = file.execute("PRAGMA integrity_check(1)").fetchone()[0]
        lost = file.execute("PRAGMA foreign_key_check").fetchone()
    if found == "ok" and lost is not None:
        found = f"row {lost[1]} of the table {lost[0]} refers to a row of {lost[2]} that is missing"
    if found != "ok":
        raise ArchiveError(f"the backup is damaged: {found}", resource=str(copy), hint="nothing was replaced")


def _file(url: str | None) -> Path:
    where = archive_url(url)
    if where.path is None:
        hint = "use pg_dump -Fc and pg_restore"
        raise ArchiveError("this command works on SQLite archives only", resource=where.shown, hint=hint)
    return where.path


def _copy(source: Path, part: Path, progress: Progress | None = None) -> None:
    """Copy a database into the new file `part`."""
    with contextlib.closing(_open(source)) as file:
        # A start that was interrupted leaves a database without tables. Older schemas are copied: people back up first.
        if not file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]:
            raise ArchiveError("no archive found", resource=str(source), hint=NO_ARCHIVE_HINT)
        if progress is not None:
            size = source.stat().st_size
            file.set_progress_handler(lambda: progress(part.stat().st_size, size), PROGRESS_STEPS)
        # SQLite would create the file for everybody to read; it fills an empty one as it is.
        part.touch(0o600)
        # Unlike a copy of the file, this is consistent while the service goes on writing.
        file.execute("VACUUM INTO ?", (str(part),))


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise ArchiveError("no archive found", resource=str(path), hint=NO_ARCHIVE_HINT)
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def _replace(part: Path, target: Path) -> None:
    if target.exists():
        keep_owner(part, target)
        replaced = target.with_name(target.name + ".replaced")
        try:
            with contextlib.closing(_open(target)) as old:
                # The write-ahead log belongs to the old file. If it stayed, SQLite would apply it to the new one.
                old.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError:  # a damaged archive can be replaced, too
            for suffix in ("-wal", "-shm"):
                log = target.with_name(target.name + suffix)
                if log.exists():
                    log.replace(replaced.with_name(replaced.name + suffix))
        target.replace(replaced)
    settle(part, target)
