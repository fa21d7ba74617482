"""The schema revision of a database."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from tracker.archive.database.connection import Statement
from tracker.archive.database.database import Database
from tracker.archive.database.url import archive_url
from tracker.archive.values import MOVING, SCHEMA
from tracker.errors import SchemaMismatch

if TYPE_CHECKING:
    from tracker.archive.database.url import DatabaseUrl

_HAS_SCHEMA: Final = Statement(
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    postgresql="SELECT to_regclass('alembic_version')",
)


def schema_of(database: Database) -> str | None:
    """Return the schema revision of a database, or None where it holds no archive."""
    with database.read() as connection:
        if connection.value(int, _HAS_SCHEMA) is None:
            return None
        found = connection.value(str, "SELECT version_num FROM alembic_version")
        return None if found is None else str(found)


def current(url: str | None = None) -> str | None:
    """Return the schema revision of an archive, or None if there is no archive. Raises ArchiveError."""
    with closing(Database(archive_url(url))) as database:
        return schema_of(database)


def require_no_newer(current: str | None, where: DatabaseUrl) -> None:
    """Raise SchemaMismatch if this release cannot work with an archive because a newer one or a move wrote it."""
    if current == MOVING:
        raise SchemaMismatch(
            "a move into this archive has not been finished", resource=where.shown, hint="run writethru db move again"
        )
    if current is not None and current > SCHEMA:
        raise SchemaMismatch(
            f"this archive was written by a newer writethru (schema {current}; this release supports {SCHEMA})",
            resource=where.shown,
            hint="upgrade writethru",
        )
