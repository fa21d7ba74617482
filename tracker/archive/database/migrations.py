"""The schema's history: the Alembic scripts that stand beside the package or above it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from tracker.archive.database.schema_revision import schema_of
from tracker.archive.schema.metadata import METADATA
from tracker.archive.values import SCHEMA
from tracker.errors import ArchiveError

from .connection import Statement
from .database import Database
from .faults import damaged, explain, one_line
from .url import archive_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .url import DatabaseUrl

_TABLES = Statement(
    sqlite="SELECT name FROM sqlite_master WHERE type = 'table'",
    postgresql="SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))",
)


def location() -> Path:
    """Return the folder of the migration scripts: `_migrations` in the package, else `migrations` above it."""
    package = Path(__file__).resolve().parents[2]
    for folder in _places(package):
        if (folder / "env.py").is_file():
            return folder
    raise ArchiveError("the migration scripts are missing", resource=str(package), hint="install writethru again")


def config(url: str | None = None) -> Config:
    """Return what Alembic needs; the URL goes by attribute, for an ini file would read % in it as its own."""
    # What Alembic says goes where logs go: stdout is for data.
    made = Config(stdout=sys.stderr)
    made.set_main_option("script_location", str(location()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = archive_url(url).text
    return made


def head() -> str:
    """Return the newest revision there is."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def current(url: str | None = None) -> str | None:
    """Return the revision of an archive, None where there is none."""
    database = Database(archive_url(url))
    try:
        return schema_of(database)
    finally:
        database.close()


def upgrade(url: str | None = None, revision: str = "head") -> None:
    """Bring the schema of an archive to *revision*, and make the archive where there is none. Raises ArchiveError."""
    where = archive_url(url)
    with _told(where):
        command.upgrade(config(where.text), revision)


def downgrade(url: str | None, revision: str) -> None:
    """Take the schema of an archive back to *revision*; "base" removes all tables. Raises ArchiveError."""
    where = archive_url(url)
    with _told(where):
        command.downgrade(config(where.text), revision)


def examine(url: str | None = None) -> None:
    """Look at all pages of an archive (PostgreSQL has `pg_amcheck` for that) and for the tables it should have.

    Raises ArchiveError where a page is damaged, or a table missing from an archive that is up to date.
    """
    database = Database(archive_url(url), readonly=True)
    try:
        with database.read() as connection:
            said = connection.value("PRAGMA quick_check(1)") if database.is_sqlite else "ok"
            there = connection.column(_TABLES)
        found = "" if said == "ok" else one_line(said)
        if not found and schema_of(database) == SCHEMA:
            found = ", ".join(f"the table {name} is missing" for name in sorted(set(METADATA.tables) - set(there)))
    finally:
        database.close()
    if found:
        raise damaged(found, database.url.shown)


def check(url: str | None = None) -> None:
    """Compare an archive with the tables this release describes. Raises ArchiveError, which names the differences."""
    where = archive_url(url)
    with _told(where):
        command.check(config(where.text))


def _places(package: Path) -> tuple[Path, Path]:
    return package / "_migrations", package.parent / "migrations"


@contextmanager
def _told(where: DatabaseUrl) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise ArchiveError("the migration cannot be run", resource=where.shown) from error
    except DBAPIError as error:
        told = explain(error.orig, where.shown)
        raise type(told)(
            f"the migration failed, the archive is as it was: {told.message}",
            resource=told.resource,
            hint=told.hint or "restore a backup if in doubt",
        ) from told.__cause__
