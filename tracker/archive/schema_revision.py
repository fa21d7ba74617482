"""The schema revision of a database, and whether the database is whole: asked without SQLAlchemy and Alembic."""

from __future__ import annotations

from typing import Final

from tracker.errors import SchemaMismatch

from .archive import Archive
from .database.connection import Statement
from .database.drivers import DatabaseUrl, archive_url, damaged

# The newest revision in migrations/: kept here so that opening an archive need not load Alembic.
SCHEMA: Final = "0021"
# Stands in place of the revision while `writethru db move` fills an archive.
MOVING: Final = "moving"
_HAS_SCHEMA: Final = Statement(
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    postgresql="SELECT to_regclass('alembic_version')",
)
# The tables of revision SCHEMA.
TABLES: Final = frozenset(
    (
        "address address_event article blob capture change change_count checkpoint citation delivery event habit "
        "handin host hub label layout leaf line named_url outside_job passage quarantine read_mark reader_mark reading "
        "recapture "
        "reference source state storm story story_copy story_decision story_home story_mark story_out "
        "story_reading tally threshold tombstone unwatched verdict version visit visit_day"
    ).split()
)
_FOUND: Final = Statement(
    sqlite="SELECT name FROM sqlite_master WHERE type = 'table'",
    postgresql="SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))",
)


def schema_of(archive: Archive) -> str | None:
    """Return the schema revision of a database, or None if it holds no archive."""
    with archive.read() as connection:
        if connection.value(int, _HAS_SCHEMA) is None:
            return None
        return connection.value(str, "SELECT version_num FROM alembic_version")


def current(url: str | None = None) -> str | None:
    """Return the schema revision of an archive, or None if there is no archive. Raises ArchiveError."""
    with Archive(archive_url(url)) as archive:
        return schema_of(archive)


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
            hint="upgrade writethru, or restore a backup made before the archive was upgraded",
        )


def examine(url: str | None = None) -> None:
    """Check the integrity of a SQLite file, and that all tables exist. On PostgreSQL use `pg_amcheck` as well.

    Raises ArchiveError if a database page is damaged, or a table is missing from an up-to-date archive.
    """
    with Archive(archive_url(url), readonly=True) as archive:
        with archive.read() as connection:
            output = connection.value(str, "PRAGMA quick_check(1)") if archive.is_sqlite else "ok"
            there = connection.column(str, _FOUND)
        # The first line only names the database.
        found = "" if output == "ok" else str(output).strip().rpartition("\n")[2]
        if not found and schema_of(archive) == SCHEMA:
            found = ", ".join(f"the table {name} is missing" for name in sorted(TABLES - set(there)))
    if found:
        raise damaged(found, archive.url.shown)
