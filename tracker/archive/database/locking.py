"""The lock that lets only one crawler at a time use an archive, and the lead among several on PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from tracker.errors import ArchiveError, ArchiveLocked, LockedByCommand
from tracker.files import keep_owner, permission_hint

from .drivers import archive_url, connect_server, explain, is_alive, server_error

if TYPE_CHECKING:
    from pathlib import Path

    from .drivers import DatabaseUrl, ServerDriver

_HINT: Final = (
    "stop the other process, or wait for it to finish; to check articles, leave the service running: it checks them "
    "when they are due, and `writethru check ID` makes an article due now"
)


# The sessions of the process that holds a lock, if it has sent nothing for a while: a transaction that it left open
# would keep others waiting. By the server's clock, which is the only one that all processes share.
_END_SILENT: Final = """
SELECT count(pg_terminate_backend(other.pid)) FROM pg_locks held
JOIN pg_stat_activity holder ON holder.pid = held.pid
JOIN pg_stat_activity other ON other.datid = holder.datid AND other.application_name = holder.application_name
WHERE held.locktype = 'advisory' AND held.granted AND holder.datname = current_database()
  AND (held.classid::bigint << 32 | held.objid::bigint) = {key} AND starts_with(holder.application_name, 'writethru ')
  AND holder.state_change < clock_timestamp() - make_interval(secs => {seconds})
"""


class ServerLock:
    """A lock on a PostgreSQL server, by default the crawler's; it ends with the session that holds it.

    A restart of the server ends all sessions. Writers call `require` first, which takes the lock again. With `lease`, a
    process that wants the lock ends all sessions of a holder that has not called `require` with a ping for so many
    seconds: `ended` counts them, and the next call takes the lock.
    """

    def __init__(
        self, url: DatabaseUrl, *, shared: bool = False, name: str = "crawler", lease: float | None = None
    ) -> None:
        self._url = url
        self._kind = "_shared" if shared else ""
        self._key = f"hashtext('writethru:{name}')"
        self._lease = lease
        self._session: ServerDriver | None = None
        self._mutex = Lock()
        self.ended = 0

    def require(self, *, ping: bool = False) -> None:
        """Make sure that the lock is held, taking it again if its session has ended; `ping` asks the server.

        Raises ArchiveLocked if another process has taken it meanwhile, and psycopg's errors.
        """
        with self._mutex:
            if self._session is not None and not is_alive(self._session, ping=ping):
                self._session.close()
                self._session = None
            if self._session is None:
                session = connect_server(self._url, autocommit=True)
                # Of the session, not of a transaction: a transaction open for weeks would keep VACUUM from its work.
                taken = session.execute(f"SELECT pg_try_advisory_lock{self._kind}({self._key})").fetchone()
                if not (taken and taken[0]):
                    if self._lease is not None:
                        ended = session.execute(_END_SILENT.format(key=self._key, seconds=self._lease).encode())
                        self.ended = cast("tuple[int]", ended.fetchone())[0]
                    session.close()
                    message = "another writethru process is using this archive"
                    # Only a command locks out those that share the lock.
                    kind = LockedByCommand if self._kind else ArchiveLocked
                    raise kind(message, resource=self._url.shown, hint=_HINT)
                self._session = session

    def release(self) -> None:
        """Release the lock at once: after a session is closed, the server takes some time to release it."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(server_error()):
                session.execute(f"SELECT pg_advisory_unlock{self._kind}({self._key})")
            session.close()


@contextmanager
def lock(url: str | None = None, *, shared: bool = False, service: bool = False) -> Iterator[ServerLock | None]:
    """Hold the crawler lock of the archive at `url` while the block runs. Raises ArchiveLocked if it is taken.

    `service` is whether a service holds it, not a command, which ends by itself. With `shared`, on PostgreSQL, other
    processes that also pass it may run at the same time. The operating system or the server releases the lock when its
    holder ends, even after a crash. On PostgreSQL, pass the yielded lock to `open_archive`, so that nothing is written
    after a restart of the server until the lock is held again.
    """
    where = archive_url(url)
    if where.path is not None:
        with _file_lock(where.path.with_name(where.path.name + ".lock"), "" if service else " command"):
            remove_leftover(where.path)
            yield None
        return
    held = ServerLock(where, shared=shared)
    try:
        held.require()
    except server_error() as error:
        explained = explain(error, where.shown)
        raise explained from explained.__cause__
    try:
        yield held
    finally:
        held.release()


def copy_of(path: Path) -> Path:
    """Return the file that a restore writes before it gets the name of the archive `path`."""
    return path.with_name(path.name + ".part")


def remove_leftover(path: Path) -> None:
    """Delete the copy that a killed restore of the archive `path` left, unless a restore is running."""
    # A running restore holds a lock on its copy, which the system releases even if it is killed.
    with suppress(OSError), copy_of(path).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_copy(copy_of(path))


def remove_copy(part: Path) -> None:
    """Delete the copy of a restore, and the files of SQLite next to it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


@contextmanager
def _file_lock(path: Path, kind: str) -> Iterator[None]:
    try:
        # Closed in child processes: one that outlived this process would still hold the lock.
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = permission_hint(error, path.parent)
        hint = hint and f"{hint}, or name an archive in another folder with --db"
        raise ArchiveError("the lock file of the archive cannot be written", resource=str(path), hint=hint) from error
    try:
        try:
            # Not lockf: such a lock ends as soon as this process closes any descriptor of the file.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder, _, held = os.pread(handle, 30, 0).decode("ascii", "replace").strip().partition(" ")
            message = f"another writethru process is using this archive (process {holder or 'unknown'})"
            locked = LockedByCommand if held else ArchiveLocked
            raise locked(message, resource=str(path), hint=_HINT) from None
        if os.geteuid() == 0:
            # Otherwise the service's user could not take the lock that root left.
            keep_owner(path, path.parent)
        # The process id is only for the message of a process that finds the file locked. A full disk has no room for
        # it, and must not stop a command that frees space.
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}{kind}\n".encode(), 0)
        # The file stays when the lock is released: otherwise two processes could lock two files of one name.
        yield
    finally:
        os.close(handle)


LEASE_SECONDS: Final = 30.0
# A clock that goes on while the machine sleeps, if there is one.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Leadership:
    """The lead among the processes of an archive: the first process takes it, and its end makes it free again.

    On SQLite there is one process and it leads. On PostgreSQL, a leader that has not called `check` for `lease` seconds
    is replaced, because it is frozen or its machine has vanished; `ended` is how many connections were closed for that.
    One thread at a time.
    """

    def __init__(self, url: str, *, lease: float = LEASE_SECONDS) -> None:
        where = archive_url(url)
        self._lock = None if where.path is not None else ServerLock(where, name="scheduler", lease=lease)
        # Shorter than the lease, so that this process stops before another begins.
        self._trusted = lease * 2 / 3
        self._confirmed, self.ended = float("-inf"), 0

    @property
    def is_current(self) -> bool:
        """Whether the lead was confirmed so recently that nobody else can have taken it; any thread may ask."""
        return self._lock is None or time.clock_gettime(_CLOCK) - self._confirmed < self._trusted

    def check(self) -> bool:
        """Take the lead if it is free; return whether this process leads, never while the server is unreachable."""
        if self._lock is None:
            return True
        asked = time.clock_gettime(_CLOCK)
        try:
            self._lock.require(ping=True)
        except (server_error(), ArchiveLocked):
            self._confirmed, self.ended = float("-inf"), self._lock.ended
            return False
        self._confirmed = asked
        return True

    def close(self) -> None:
        """Give up the lead. Idempotent."""
        self._confirmed = float("-inf")
        if self._lock is not None:
            self._lock.release()
