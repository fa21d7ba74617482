"""One crawler at a time on one archive."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tracker.errors import ArchiveError, ArchiveLocked

from .database import connect
from .faults import explain
from .url import archive_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .url import DatabaseUrl

_HINT = "stop the other one, or wait for it"


@contextmanager
def lock(url: str | None = None, *, shared: bool = False) -> Iterator[None]:
    """Be the only crawler of the archive at *url* while the block runs. Raises ArchiveLocked where there is one.

    *shared* lets others that say so work beside us, on PostgreSQL. The operating system or the server ends the lock
    with its holder, however that one ends.
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
        raise ArchiveError("the lock file cannot be opened", resource=str(path), hint="see its folder") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise ArchiveLocked(
                f"another writethru works on this archive (process {holder})", resource=str(path), hint=_HINT
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        # The file stays when the lock ends: to remove it would let two holders lock two files of one name.
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
            raise ArchiveLocked("another writethru works on this archive", resource=url.shown, hint=_HINT)
        yield
        # With the session it would end, too, but only a moment after we have gone.
        with suppress(psycopg.Error):
            session.execute(f"SELECT pg_advisory_unlock{kind}({name})")
    finally:
        session.close()
