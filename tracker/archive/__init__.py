"""Storage: SQLModel tables on SQLite or PostgreSQL, one module a noun with its questions and its writes.

Every function takes an open `Archive` first; the service hands such functions to `ArchiveThread.run`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.opening import open_archive

    from .database.locking import lock
    from .thread import ArchiveThread

__all__ = ["Archive", "ArchiveThread", "lock", "open_archive"]

# The drivers are imported when they are first asked for.
__getattr__ = lazy_names(
    __name__,
    {
        "archive": "Archive",
        "database.locking": "lock",
        "opening": "open_archive",
        "thread": "ArchiveThread",
    },
)
