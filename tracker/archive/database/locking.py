"""The lock that lets only one crawler at a time use an archive."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tracker.errors import ArchiveError, ArchiveLocked

from .database import connect
from .faults import explain
from .url import archive_url

if TYPE_CHECKING:
    from pathlib import Path

    from .url import DatabaseUrl

_HINT = "stop the other process, or wait for it to finish"


@contextmanager
def lock(url: str | None = None, *, shared: bool = False) -> Iterator[None]:
    """Hold the crawler lock of the archive at *url* while the block runs. Raises ArchiveLocked if it is taken.

    With *shared*, on PostgreSQL, other processes that also pass it may run at the same time. The operating system or
    the server releases the lock when its holder ends, even after a crash.
    """
    where = archive_url(url)
    if where.path is None:
        held = _server_lock(where, shared=shared)
    else:
        held = _file_lock(where.path.with_name(where.path.name + ".lock"))
    with held:
        yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ArchiveError(
            "the lock file cannot be opened", resource=str(path), hint="check the permissions of its folder"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise ArchiveLocked(
                f"another writethru process is using this archive (process {holder})", resource=str(path), hint=_HINT
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        # The file is not removed when the lock is released: otherwise two processes could lock two files of one
        # name.
        yield
    finally:
        os.close(handle)


@contextmanager
def _server_lock(url: DatabaseUrl, *, shared: bool) -> Iterator[None]:
    import psycopg

    kind, name = "_shared" if shared else "", "hashtext('writethru:crawler')"
    try:
        session = connect(url, autocommit=True)
    except psycopg.Error as error:
        explained = explain(error, url.shown)
        raise explained from explained.__cause__
    try:
        if not session.execute(f"SELECT pg_try_advisory_lock{kind}({name})").fetchone()[0]:
            raise ArchiveLocked("another writethru process is using this archive", resource=url.shown, hint=_HINT)
        yield
        # Closing the session releases the lock too, but only some time after this process has gone on.
        with suppress(psycopg.Error):
            session.execute(f"SELECT pg_advisory_unlock{kind}({name})")
    finally:
        session.close()
