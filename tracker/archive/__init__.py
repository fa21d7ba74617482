"""Storage: SQLModel tables on SQLite or PostgreSQL, one module a noun with its questions and its writes.

Every function takes an open `Archive` first; the service hands such functions to `ArchiveThread.run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.opening import open_archive

    from .database import migrations
    from .database.locking import lock
    from .thread import ArchiveThread

__all__ = ["Archive", "ArchiveThread", "lock", "migrations", "open_archive"]

_MODULES = {
    "Archive": "archive",
    "ArchiveThread": "thread",
    "lock": "database.locking",
    "open_archive": "opening",
}


def __getattr__(name: str) -> object:  # PEP 562: the drivers and Alembic are imported when first asked for
    if name == "migrations":
        return import_module(".database.migrations", __name__)
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
