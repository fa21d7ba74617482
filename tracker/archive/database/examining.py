"""Whether the database of an archive is whole, asked without SQLAlchemy and Alembic."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from tracker.archive.values import SCHEMA

from .connection import Statement
from .database import Database
from .faults import damaged, last_line
from .schema_revision import schema_of
from .url import archive_url

TABLES: Final = frozenset(
    (
        "address article blob capture change checkpoint delivery event habit host hub label leaf line memo "
        "passage reading recapture reference source story story_copy story_decision story_home story_mark "
        "story_out story_reading tally tombstone verdict version visit visit_day"
    ).split()
)
"""The tables of revision SCHEMA."""
_FOUND: Final = Statement(
    sqlite="SELECT name FROM sqlite_master WHERE type = 'table'",
    postgresql="SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))",
)


def examine(url: str | None = None) -> None:
    """Check the integrity of a SQLite file, and that all tables exist. On PostgreSQL use `pg_amcheck` as well.

    Raises ArchiveError if a database page is damaged, or a table is missing from an up-to-date archive.
    """
    with closing(Database(archive_url(url), readonly=True)) as database:
        with database.read() as connection:
            output = connection.value(str, "PRAGMA quick_check(1)") if database.is_sqlite else "ok"
            there = connection.column(str, _FOUND)
        found = "" if output == "ok" else last_line(output)
        if not found and schema_of(database) == SCHEMA:
            found = ", ".join(f"the table {name} is missing" for name in sorted(TABLES - set(there)))
    if found:
        raise damaged(found, database.url.shown)
