"""Counts of what the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from tracker.archive import articles, outbox
from tracker.archive.schema.core import capture
from tracker.model import Counts, DeliveryState

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive


def count_all(archive: Archive) -> Counts:
    """Count what the archive holds; *bytes* is the size of the database."""
    with archive.database.read() as connection:
        watched, versions, checks = articles.count(connection)
        states, oldest = outbox.count(connection)
        return Counts(
            articles=watched,
            versions=versions,
            captures=connection.scalar(select(func.count()).select_from(capture)) or 0,
            checks=checks,
            pending_alerts=states.get(DeliveryState.PENDING, 0),
            dead_alerts=states.get(DeliveryState.DEAD, 0),
            delivered_alerts=states.get(DeliveryState.DELIVERED, 0),
            bytes=_size(archive, connection),
            oldest_pending_at=oldest,
        )


def _size(archive: Archive, connection: Connection) -> int:
    if not archive.database.is_sqlite:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages, size = (connection.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
    return int(pages) * int(size)
