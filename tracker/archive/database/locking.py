"""One crawler at a time on one archive."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tracker.errors import ArchiveError, ArchiveLocked

from .engine import archive_url, make_engine, shown, sqlite_path
from .faults import explain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import URL

_HINT = "stop the other one, or wait for it"


@contextmanager
def lock(url: str | None = None, *, shared: bool = False) -> Iterator[None]:
    """Be the only crawler of the archive at *url* while the block runs. Raises ArchiveLocked where there is one.

    *shared* lets others that say so work beside us, on PostgreSQL. The operating system or the server ends the lock
    with its holder, however that one ends.
    """
    where = archive_url(url)
    path = sqlite_path(where)
    held = _server_lock(where, shared=shared) if path is None else _file_lock(path.with_name(path.name + ".lock"))
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
def _server_lock(where: URL, *, shared: bool) -> Iterator[None]:
    engine = make_engine(where)
    try:
        try:
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            told = explain(error.orig, shown(where))
            raise told from told.__cause__
        with connection:
            kind, name = "_shared" if shared else "", "hashtext('writethru:crawler')"
            taken = connection.scalar(text(f"SELECT pg_try_advisory_lock{kind}({name})"))
            if not taken:
                raise ArchiveLocked("another writethru works on this archive", resource=shown(where), hint=_HINT)
            yield
            # With the session it would end, too, but only a moment after we have gone.
            with suppress(DBAPIError):
                connection.execute(text(f"SELECT pg_advisory_unlock{kind}({name})"))
    finally:
        engine.dispose()
