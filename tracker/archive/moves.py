"""Moves of articles to another address or outlet, on record: leaves of the log name where each version was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .ledger import events
from .ledger.events import EventKind

if TYPE_CHECKING:
    from .database.connection import Connection, Row

PLACE: Final = """
SELECT a.id, a.ident, a.url, a.versions, s.name AS source FROM article a JOIN source s ON s.id = a.source_id
"""


def enter_move(connection: Connection, before: Row) -> None:
    """Enter where an article with versions was, if it is elsewhere now. *before* is its row of PLACE."""
    (after,) = connection.all(f"{PLACE} WHERE a.id = :id", id=before.id)
    if before.versions and (before.url, before.source) != (after.url, after.source):
        events.enter(
            connection,
            (before.id, before.ident),
            EventKind.MOVE,
            n=before.versions,
            url=before.url,
            source=before.source,
            new_url=after.url,
            new_source=after.source,
        )
