"""Versions that are still to be read for their stories. A pass that finds none needs nothing else of stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .database.connection import Statement
from .versions import SELECT_VERSION, versions_of

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.version import Version

# Unread versions are searched this far behind the last one read on PostgreSQL, where rows commit out of order.
UNREAD_LOOK_BACK_ROWS: Final = 10_000

_UNREAD_TO_THE_END: Final = "AND (t.parts IS NULL OR t.parts <> 'all') ORDER BY v.id LIMIT :most"
_UNREAD: Final = Statement(
    sqlite=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) FROM story_reading) {_UNREAD_TO_THE_END}""",
    postgresql=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) - {UNREAD_LOOK_BACK_ROWS} FROM story_reading)
  AND NOT EXISTS (SELECT 1 FROM story_reading read_before WHERE read_before.version_id = v.id) {_UNREAD_TO_THE_END}""",
)


def unread_versions(archive: Archive, limit: int = 50) -> list[Version]:
    """Return versions that were not read for their stories yet, oldest first, without the changes that led to them.

    What was taken out is passed over.
    """
    with archive.read() as connection:
        return versions_of(connection, connection.all(_UNREAD, most=limit), with_changes=False)


def has_unread_versions(archive: Archive) -> bool:
    """Return whether any version was not read for its stories yet."""
    with archive.read() as connection:
        return bool(connection.all(_UNREAD, most=1))
