"""All that is kept: SQLModel tables on SQLite or PostgreSQL, behind `ports.Store`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.archive.database import migrations
    from tracker.archive.database.locking import lock
    from tracker.archive.quick.reader import QuickReader, open_reader

    from .opening import open_archive
    from .store import SqlStore

__all__ = ["QuickReader", "SqlStore", "lock", "migrations", "open_archive", "open_reader"]

_HOMES = {
    "QuickReader": "quick.reader",
    "SqlStore": "store",
    "lock": "database.locking",
    "open_archive": "opening",
    "open_reader": "quick.reader",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: SQLAlchemy and Alembic are imported when first asked for
    if name == "migrations":
        return import_module(".database.migrations", __name__)
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
