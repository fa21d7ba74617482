"""The schema of a database: its revision, its creation and upgrade with Alembic, and whether the database is whole.

SQLAlchemy and Alembic, which no archive of the current schema needs, are imported by the functions that use them.
Everything else runs on the drivers themselves.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, cast

from tracker.errors import ArchiveError, SchemaMismatch
from tracker.files import shipped_folder

from .archive import Archive
from .database.connection import Statement
from .database.drivers import DatabaseUrl, archive_url, connect, damaged, explain

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection

# The newest revision in migrations/: kept here so that opening an archive need not load Alembic.
SCHEMA: Final = "0017"
# Stands in place of the revision while `writethru db move` fills an archive.
MOVING: Final = "moving"
_HAS_SCHEMA: Final = Statement(
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    postgresql="SELECT to_regclass('alembic_version')",
)
# The tables of revision SCHEMA.
TABLES: Final = frozenset(
    (
        "address address_event article blob capture change change_count checkpoint delivery event habit host "
        "hub label layout leaf line named_url outside_job passage quarantine reader_mark reading recapture "
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
        found = connection.value(str, "SELECT version_num FROM alembic_version")
        return None if found is None else str(found)


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
            hint="upgrade writethru",
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


# -- with SQLAlchemy and Alembic


def config(url: str | None = None) -> Config:
    """Return Alembic's configuration. The URL is passed as an attribute because an ini value would interpolate %."""
    from alembic.config import Config

    # Alembic's messages go to the log: stdout is for data.
    made = Config(stdout=sys.stderr)
    made.set_main_option(
        "script_location", str(shipped_folder("_migrations", "migrations", "env.py")).replace("%", "%%")
    )
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = archive_url(url).text
    return made


def upgrade(url: str | None = None, revision: str = "head") -> None:
    """Upgrade the schema of an archive to `revision`, creating the archive if needed. Raises ArchiveError."""
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    where = archive_url(url)
    require_no_newer(current(url), where)
    try:
        command.upgrade(config(where.text), revision)
    except CommandError as error:
        raise ArchiveError("the migration cannot be run", resource=where.shown) from error
    except DBAPIError as error:
        explained = explain(error.orig, where.shown)
        raise type(explained)(
            f"the migration failed and was rolled back: {explained.message}",
            resource=explained.resource,
            hint=explained.hint or "if in doubt, restore a backup",
        ) from explained.__cause__


def make_engine(url: str) -> Engine:
    """Return an engine whose transactions begin when told to, on connections as `connect` opens them."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    where = archive_url(url)

    def creator() -> DBAPIConnection:
        return cast("DBAPIConnection", connect(where))

    if where.path is None:
        return create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is in autocommit mode; without it a failed migration would leave half of its tables.
        connection.exec_driver_sql("BEGIN")

    return engine
