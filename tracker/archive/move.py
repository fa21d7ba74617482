"""Move an archive to another database: every row of every table, compared at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

from tracker.archive.schema.core import StoredTable
from tracker.errors import ArchiveError

from . import search
from .archive import Archive
from .database.connection import Row, insert_into
from .database.drivers import archive_url
from .database.locking import ServerLock
from .ledger.verify import Report, verify
from .opening import MOVING, SCHEMA, upgrade
from .schema import METADATA

# Rows in one transaction.
MAX_MOVED_TOGETHER: Final = 200
# Called with a table, the rows of it that are done, and how many it has.
Tell = Callable[[str, int, int], None]


def move(source: Archive, target: Archive, tell: Tell) -> Report:
    """Copy everything from `source` to `target`, which `open_target` opened, and return the verification of the copy.

    Both must be locked. A move that was interrupted is begun again, into an empty database. Raises ArchiveError if any
    row of the copy differs, as where `source` was changed meanwhile.
    """
    tables = METADATA.sorted_tables
    for table in tables:
        total, done = _count(source, table.name), 0
        insert = insert_into(table.name, tuple(table.columns.keys()))
        for rows in _pages(source, table):
            with target.write() as connection:
                connection.run_many(insert, [_plain(table, row) for row in rows])
            done += len(rows)
            tell(table.name, done, total)
    # The words of all passages, which each database keeps in a search index of its own form.
    with target.read() as connection:
        articles = connection.column(int, "SELECT DISTINCT article_id FROM passage ORDER BY article_id")
    for done, key in enumerate(articles, 1):
        with target.write() as connection:
            search.index(connection, key)
        tell("fts_passage", done, len(articles))
    for table in tables:
        total = _count(source, table.name)
        tell(f"compare {table.name}", total, total)
        if _digest(source, table) != _digest(target, table):
            hint = "stop every service and command that writes to either archive, empty the target, and repeat the move"
            raise ArchiveError(f"the copy of table {table.name} differs", resource=target.url.shown, hint=hint)
    with source.read() as connection:
        note = connection.value(str, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") or ""
    with target.write() as connection:
        # On PostgreSQL the next row numbers come from sequences, which know nothing of the copied rows.
        for table in tables if not target.is_sqlite else ():
            if "id" in table.columns:
                connection.all(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                    " HAVING max(id) IS NOT NULL"
                )
        connection.run("UPDATE alembic_version SET version_num = :schema", schema=SCHEMA)
    return verify(target, against=note)


def open_target(url: str, held: ServerLock | None = None) -> Archive:
    """Open the archive to move into, which must be new or empty. Raises ArchiveError if it holds anything."""
    where = archive_url(url)
    upgrade(where.text)
    with ExitStack() as stack:
        archive = stack.enter_context(Archive(where, held=held))
        with archive.write() as connection:
            if any(connection.value(int, f"SELECT 1 FROM {name} LIMIT 1") for name in METADATA.tables):
                hint = "move into a new database, or a new file"
                raise ArchiveError("the target is not empty", resource=where.shown, hint=hint)
            # Until everything is there, no command may take this for an archive.
            connection.run("UPDATE alembic_version SET version_num = :moving", moving=MOVING)
        stack.pop_all()
    return archive


def _pages(archive: Archive, table: StoredTable) -> Iterator[list[Row]]:
    """Yield the rows of a table by primary key, MAX_MOVED_TOGETHER at a time; the last page may be empty."""
    keys = table.primary_key.columns.keys()
    order, names = ", ".join(keys), ", ".join(f":after_{key}" for key in keys)
    statement = f"SELECT {', '.join(table.columns.keys())} FROM {table.name} {{}} ORDER BY {order} LIMIT :most"
    after: dict[str, Any] = {}
    where, rows = "", None
    while rows is None or len(rows) == MAX_MOVED_TOGETHER:
        with archive.read() as connection:
            rows = connection.all(statement.format(where), **after, most=MAX_MOVED_TOGETHER)
        yield rows
        if rows:
            where, after = f"WHERE ({order}) > ({names})", {f"after_{key}": getattr(rows[-1], key) for key in keys}


def _plain(table: StoredTable, row: Row) -> dict[str, Any]:
    """Return the values of a row as both databases give and take them."""
    return {
        column.name: bool(value) if value is not None and column.type.python_type is bool else value
        for column, value in zip(table.columns, row, strict=True)
    }


def _count(archive: Archive, table: str) -> int:
    with archive.read() as connection:
        return connection.number(f"SELECT count(*) FROM {table}")


def _digest(archive: Archive, table: StoredTable) -> tuple[int, int]:
    """Return the number of rows and the sum of their hashes: the databases sort texts in different orders."""
    count = total = 0
    for rows in _pages(archive, table):
        for row in rows:
            # A sum does not depend on the order, and unlike XOR it does not cancel out a row that is there twice.
            total += int.from_bytes(hashlib.sha256(repr(list(_plain(table, row).values())).encode()).digest(), "big")
        count += len(rows)
    return count, total % (1 << 256)
