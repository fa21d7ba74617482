"""Opening an archive: the right schema, or an error that says the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.archive import Archive
from tracker.archive.database.database import Database
from tracker.archive.database.schema_revision import schema_of
from tracker.archive.database.url import archive_url
from tracker.errors import ArchiveError, SchemaMismatch

from .values import HINT, SCHEMA

if TYPE_CHECKING:
    from tracker.archive.database.url import DatabaseUrl

_SEARCHABLE: Final = "0003"
"""Since this revision versions are entered in the index of search when they are kept."""


def open_archive(url: str | None = None, *, migrate: bool = False, readonly: bool = False) -> Archive:
    """Open the archive at *url*, a SQLAlchemy URL; None stands for $WRITETHRU_DB, else sqlite:///writethru.db.

    *migrate* makes or upgrades the schema first. Raises SchemaMismatch where the schema is behind or ahead of this
    release; ArchiveError where the database cannot be reached, or is missing and *readonly*.
    """
    where = archive_url(url)
    if where.path is not None and not where.path.exists():
        if readonly:
            raise ArchiveError("there is no archive here", resource=str(where.path), hint=HINT)
        if not migrate:
            raise SchemaMismatch("there is no archive here yet", resource=str(where.path), hint=HINT)
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


def _migrate(where: DatabaseUrl) -> str | None:
    """Bring the schema up to date and return what it was."""
    database = Database(where)
    try:
        current = schema_of(database)
    finally:
        database.close()
    if current is None or current < SCHEMA:
        from tracker.archive.database import migrations

        migrations.upgrade(where.text)
    return current


def _check(database: Database, where: DatabaseUrl) -> None:
    current = schema_of(database)
    if current == SCHEMA:
        return
    if current is not None and current > SCHEMA:
        raise SchemaMismatch(
            f"a newer writethru wrote this archive (schema {current}, this one knows {SCHEMA})",
            resource=where.shown,
            hint="install that release or a newer one",
        )
    message = f"its schema is {current}, this release needs {SCHEMA}" if current else "there is no archive here yet"
    raise SchemaMismatch(message, resource=where.shown, hint=HINT)
