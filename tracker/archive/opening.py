"""Open an archive with the right schema, or raise an error that names the command to run."""

from __future__ import annotations

import signal
from contextlib import ExitStack, suppress
from typing import Final

from tracker.errors import ArchiveError, SchemaMismatch, SchemaOutdated

from .archive import Archive
from .database.drivers import DatabaseUrl, archive_url
from .database.locking import ServerLock
from .schema_revision import SCHEMA, require_no_newer, schema_of

NO_ARCHIVE_HINT: Final = (
    "writethru init creates one; where there is a configuration already, writethru db upgrade does; "
    "to use another, give --db or set database in [archive]"
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
    nothing. `held` is what `lock` gave: writes are refused while it is not held. `in_child` creates or upgrades the
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
        # What failed in the child is tried again here, where it can be explained.
        if schema_of(archive) != SCHEMA:
            _upgrade(where.text)


def _upgrade_in_child(url: str) -> None:
    # Ctrl-C reaches every process of the terminal; the parent decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ArchiveError):
        _upgrade(url)


def _upgrade(url: str) -> None:
    from . import migrations  # brings SQLAlchemy and Alembic, which no archive of the current schema needs

    migrations.upgrade(url)
