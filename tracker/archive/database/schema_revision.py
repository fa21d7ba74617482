"""The schema revision of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.database.connection import Statement

if TYPE_CHECKING:
    from tracker.archive.database.database import Database

_HAS_SCHEMA: Final = Statement(
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    postgresql="SELECT to_regclass('alembic_version')",
)


def schema_of(database: Database) -> str | None:
    """Return the schema revision of a database, or None where it holds no archive."""
    with database.read() as connection:
        if connection.value(_HAS_SCHEMA) is None:
            return None
        found = connection.value("SELECT version_num FROM alembic_version")
        return None if found is None else str(found)
