"""Opening an archive: the right schema, or an error that says the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.database.connection import Statement
from tracker.archive.database.engine import Database, archive_url, shown, sqlite_path
from tracker.errors import ArchiveError, SchemaMismatch

from .values import HINT, SCHEMA

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from sqlalchemy.engine import URL

_HAS_SCHEMA: Final = Statement(
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    postgresql="SELECT to_regclass('alembic_version')",
)
_SEARCHABLE: Final = "0003"
"""Since this revision versions are entered in the index of search when they are kept."""


class Archive:
    """An open archive on SQLite or PostgreSQL, which every function of this package takes first.

    Any thread may use it, one at a time. A context manager: leaving it closes.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.database.is_sqlite

    def close(self) -> None:
        """Close the database. Idempotent."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_archive(url: str | None = None, *, migrate: bool = False, readonly: bool = False) -> Archive:
    """Open the archive at *url*, a SQLAlchemy URL; None stands for $WRITETHRU_DB, else sqlite:///writethru.db.

    *migrate* makes or upgrades the schema first. Raises SchemaMismatch where the schema is behind or ahead of this
    release; ArchiveError where the database cannot be reached, or is missing and *readonly*.
    """
    where = archive_url(url)
    path = sqlite_path(where)
    if path is not None and not path.exists():
        if readonly:
            raise ArchiveError("there is no archive here", resource=str(path), hint=HINT)
        if not migrate:
            raise SchemaMismatch("there is no archive here yet", resource=str(path), hint=HINT)
    old = _migrate(where) if migrate and not readonly else None
    database = Database(where, readonly=readonly)
    try:
        _check(database, where)
        archive = Archive(database)
        if old is not None and old < _SEARCHABLE:
            from tracker.archive.search import reindex_passages

            reindex_passages(archive)
    except BaseException:
        database.close()
        raise
    return archive


def schema_of(database: Database) -> str | None:
    """Return the schema revision of a database, or None where it holds no archive."""
    with database.read() as connection:
        if connection.value(_HAS_SCHEMA) is None:
            return None
        found = connection.value("SELECT version_num FROM alembic_version")
        return None if found is None else str(found)


def _migrate(where: URL) -> str | None:
    """Bring the schema up to date and return what it was."""
    database = Database(where)
    try:
        current = schema_of(database)
    finally:
        database.close()
    if current is None or current < SCHEMA:
        from tracker.archive.database import migrations

        migrations.upgrade(where.render_as_string(hide_password=False))
    return current


def _check(database: Database, where: URL) -> None:
    current = schema_of(database)
    if current == SCHEMA:
        return
    if current is not None and current > SCHEMA:
        raise SchemaMismatch(
            f"a newer writethru wrote this archive (schema {current}, this one knows {SCHEMA})",
            resource=shown(where),
            hint="install that release or a newer one",
        )
    message = f"its schema is {current}, this release needs {SCHEMA}" if current else "there is no archive here yet"
    raise SchemaMismatch(message, resource=shown(where), hint=HINT)
