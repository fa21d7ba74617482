"""The archive, opened to write while no service does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tracker.archive.archive import Archive
from tracker.archive.database.drivers import archive_url
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive, require_file

from .app import App


@contextmanager
def locked_archive(app: App, *, shared: bool = False) -> Iterator[Archive]:
    """Open the archive to write, under the crawler lock. Raises ArchiveLocked if another process holds it.

    With `shared`, other processes that share the lock may write too; see `lock`.
    """
    # Before the lock, which would leave a file of its own behind.
    require_file(archive_url(app.database))
    with lock(app.database, shared=shared) as held, open_archive(app.database, held=held) as opened:
        yield opened
