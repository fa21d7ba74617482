"""Counts of what the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.alert import DeliveryState
from tracker.model.counts import Counts

from .database.connection import Statement
from .values import to_instant

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

# From the articles' own counters: there are very many checks.
_ARTICLES: Final = "SELECT count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks FROM article"
_DELIVERIES: Final = "SELECT state, count(*) AS deliveries FROM delivery GROUP BY state"
_OLDEST_PENDING: Final = "SELECT min(created_at) FROM delivery WHERE state = 'pending'"
_SIZE: Final = Statement(
    sqlite="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database())",
)


def count_all(archive: Archive) -> Counts:
    """Count what the archive holds; *bytes* is the size of the database."""
    with archive.database.read() as connection:
        (watched,) = connection.all(_ARTICLES)
        deliveries = {row.state: row.deliveries for row in connection.all(_DELIVERIES)}
        return Counts(
            articles=watched.articles,
            versions=int(watched.versions or 0),
            captures=connection.value("SELECT count(*) FROM capture"),
            checks=int(watched.checks or 0),
            pending_alerts=deliveries.get(DeliveryState.PENDING.value, 0),
            dead_alerts=deliveries.get(DeliveryState.DEAD.value, 0),
            delivered_alerts=deliveries.get(DeliveryState.DELIVERED.value, 0),
            bytes=int(connection.value(_SIZE)),
            oldest_pending_at=to_instant(connection.value(_OLDEST_PENDING)),
        )
