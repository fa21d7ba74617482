"""Open an archive with the right schema, or raise an error that names the command to run.

Which schema a database has, and whether it is whole, is asked without SQLAlchemy and Alembic.
"""

from __future__ import annotations

import signal
from contextlib import ExitStack, suppress
from typing import Final

from tracker.errors import ArchiveError, SchemaMismatch, SchemaOutdated

from .archive import Archive
from .database.connection import Statement
from .database.drivers import DatabaseUrl, archive_url, damaged
from .database.locking import ServerLock

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
NO_ARCHIVE_HINT: Final = (
    "create one with writethru init, or with writethru db upgrade if you have a configuration; "
    "to use another archive, give --db or set database in [archive]"
)


def open_archive(
    url: str | None = None,
    *,
    migrate: bool = False,
    create: bool = False,
    readonly: bool = False,
    held: ServerLock | None = None,
    in_child: bool = False,
) -> Archive:
    """Open the archive at `url`, a SQLAlchemy URL; None means $WRITETHRU_DB, or else sqlite:///writethru.db.

    `migrate` creates or upgrades the schema first. `create` makes a SQLite archive where there is none, and upgrades
    nothing. `held` is the lock from `lock`: writes are refused while it is not held. `in_child` creates or upgrades the
    schema in a child process: Alembic and SQLAlchemy take 35 MB, which a service would hold for months. Raises
    SchemaMismatch if the schema is older or newer than this release's; ArchiveError if the database cannot be reached,
    or is not there to read.
    """
    where = archive_url(url)
    create = create and where.path is not None  # processes that share a server would do it at the same time
    makes = (migrate or create) and not readonly
    require_file(where, readonly=readonly, may_be_missing=makes)
    if makes:
        _migrate(where, create_only=not migrate, in_child=in_child)
    with ExitStack() as stack:
        archive = stack.enter_context(Archive(where, readonly=readonly, held=held))
        current = schema_of(archive)
        require_no_newer(current, where)
        if current != SCHEMA:
            hint = "writethru run --migrate, or writethru db upgrade"
            if current is None:
                raise SchemaMismatch("no archive found", resource=where.shown, hint=hint)
            message = f"the archive has schema {current}; this release needs {SCHEMA}"
            raise SchemaOutdated(message, resource=where.shown, hint=hint)
        stack.pop_all()
    return archive


def require_file(where: DatabaseUrl, *, readonly: bool = False, may_be_missing: bool = False) -> None:
    """Raise ArchiveError if a SQLite archive is a folder or is missing: SchemaMismatch if it was to be written."""
    path = where.path
    if path is not None and path.is_dir():
        raise ArchiveError("this is a folder, not an archive", resource=str(path), hint=NO_ARCHIVE_HINT)
    if path is not None and not may_be_missing and not path.exists():
        missing = ArchiveError if readonly else SchemaMismatch
        raise missing("no archive found", resource=str(path), hint=NO_ARCHIVE_HINT)


def _migrate(where: DatabaseUrl, *, create_only: bool, in_child: bool) -> None:
    """Create the schema, or upgrade it unless `create_only`."""
    with Archive(where) as archive:
        old = schema_of(archive)
        if not (old is None or (old < SCHEMA and not create_only)):
            return
        if in_child:
            import multiprocessing

            child = multiprocessing.get_context("spawn").Process(target=_upgrade_in_child, args=(where.text,))
            child.start()
            child.join()
        # If the child failed, try again here, where the error can be explained.
        if schema_of(archive) != SCHEMA:
            upgrade(where.text)


def _upgrade_in_child(url: str) -> None:
    # Ctrl-C reaches every process of the terminal; the parent decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ArchiveError):
        upgrade(url)


def upgrade(url: str | None) -> None:
    """Upgrade the schema of an archive, creating the archive if needed. Raises ArchiveError."""
    require_no_newer(current(url), archive_url(url))
    from . import migrations  # brings SQLAlchemy and Alembic, which no archive of the current schema needs

    migrations.upgrade(url)


# -- the schema of a database


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
        hint = "run writethru db move again, into an empty database"
        raise SchemaMismatch("a move into this archive was not finished", resource=where.shown, hint=hint)
    if current is not None and current > SCHEMA:
        message = f"this archive was written by a newer writethru (schema {current}; this release supports {SCHEMA})"
        hint = "upgrade writethru, or restore a backup made before the archive was upgraded"
        raise SchemaMismatch(message, resource=where.shown, hint=hint)


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
