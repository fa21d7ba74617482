"""Move an archive to another database: every row of every table, in steps that can be resumed, compared at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

import orjson

from tracker.archive.schema.core import StoredTable
from tracker.errors import ArchiveError

from . import search
from .archive import Archive
from .database.connection import Connection, Row, insert_into
from .database.drivers import archive_url
from .database.locking import ServerLock
from .ledger.verify import Report, verify
from .opening import MOVING, SCHEMA, schema_of, upgrade
from .schema import METADATA

# Rows in one transaction: an interrupted move repeats at most these.
MAX_MOVED_TOGETHER: Final = 200
_INDEX: Final = "fts_passage"
_STEPS: Final = (
    "CREATE TABLE IF NOT EXISTS move_step (name TEXT PRIMARY KEY, after TEXT NOT NULL, finished INTEGER NOT NULL)"
)
_STATE: Final = "SELECT count(*) AS articles, sum(checks) AS checks, sum(versions) AS versions FROM article"
# Called with a table, the rows of it that are done, and how many it has.
Tell = Callable[[str, int, int], None]


def move(source: Archive, target: Archive, tell: Tell) -> Report:
    """Copy everything from `source` to `target`, which `open_target` opened, and return the verification of the copy.

    Both must be locked. Each step is committed with its place, so a move that was interrupted goes on when it is
    called again. Raises ArchiveError if `source` was changed meanwhile, or if any row of the copy differs.
    """
    tables = METADATA.sorted_tables
    _begin(source, target)
    for table in tables:
        _copy(source, target, table, tell)
    # The words of all passages, which each database keeps in a search index of its own form.
    with target.read() as connection:
        articles = connection.column(int, "SELECT DISTINCT article_id FROM passage ORDER BY article_id")
    after, finished = _step(target, _INDEX)
    for done, key in enumerate(articles, 1):
        if not finished and not (after and key <= after[0]):
            with target.write() as connection:
                search.index(connection, key)
                _save_step(connection, _INDEX, [key], finished=done == len(articles))
            tell(_INDEX, done, len(articles))
    for table in tables:
        total = _count(source, table.name)
        tell(f"compare {table.name}", total, total)
        if _digest(source, table) != _digest(target, table):
            hint = "stop every service and command that writes to either archive, empty the target, and move again"
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
        connection.run("DROP TABLE move_step")
        connection.run("UPDATE alembic_version SET version_num = :schema", schema=SCHEMA)
    return verify(target, against=note)


def open_target(url: str, held: ServerLock | None = None) -> Archive:
    """Open the archive to move into: a new or empty one, or one whose move was interrupted.

    Raises ArchiveError if it holds anything else.
    """
    where = archive_url(url)
    with ExitStack() as stack:
        archive = stack.enter_context(Archive(where, held=held))
        if schema_of(archive) != MOVING:
            upgrade(where.text)
            with archive.write() as connection:
                if any(connection.value(int, f"SELECT 1 FROM {name} LIMIT 1") for name in METADATA.tables):
                    hint = "move into a new database, or a new file"
                    raise ArchiveError("the target is not empty", resource=where.shown, hint=hint)
                connection.run(_STEPS)
                # Until everything is there, no command may take this for an archive.
                connection.run("UPDATE alembic_version SET version_num = :moving", moving=MOVING)
        stack.pop_all()
    return archive


def _begin(source: Archive, target: Archive) -> None:
    """Note the state of the source, or compare it with the one that an interrupted move began with."""
    with source.read() as connection:
        state = orjson.dumps([int(value or 0) for value in connection.all(_STATE)[0]]).decode()
    with target.write() as connection:
        before = connection.value(str, "SELECT after FROM move_step WHERE name = ''")
        if before is None:
            connection.replace("move_step", "name", name="", after=state, finished=0)
        elif before != state:
            raise ArchiveError(
                "the source was changed since this move began",
                resource=source.url.shown,
                hint="empty the target and move again",
            )


def _copy(source: Archive, target: Archive, table: StoredTable, tell: Tell) -> None:
    total, done = _count(source, table.name), _count(target, table.name)
    after, finished = _step(target, table.name)
    insert = insert_into(table.name, tuple(table.columns.keys()))
    while not finished:
        with source.read() as connection:
            rows = _page(connection, table, after)
        finished = len(rows) < MAX_MOVED_TOGETHER
        after = _key(table, rows[-1]) if rows else after
        with target.write() as connection:
            connection.run_many(insert, [_plain(table, row) for row in rows])
            _save_step(connection, table.name, after, finished=finished)
        done += len(rows)
        tell(table.name, done, total)


def _page(connection: Connection, table: StoredTable, after: Sequence[Any]) -> list[Row]:
    """Return the next rows by primary key after the one whose key is `after`, or the first."""
    order = ", ".join(table.primary_key.columns.keys())
    names = [f"after_{place}" for place in range(len(after))]
    where = f"WHERE ({order}) > ({', '.join(f':{name}' for name in names)})" if after else ""
    statement = f"SELECT {', '.join(table.columns.keys())} FROM {table.name} {where} ORDER BY {order} LIMIT :most"
    return connection.all(statement, **dict(zip(names, after, strict=True)), most=MAX_MOVED_TOGETHER)


def _key(table: StoredTable, row: Row) -> list[Any]:
    return [getattr(row, name) for name in table.primary_key.columns.keys()]  # noqa: SIM118 - a collection of columns


def _plain(table: StoredTable, row: Row) -> dict[str, Any]:
    """Return the values of a row as both databases give and take them."""
    return {
        column.name: bool(value) if value is not None and column.type.python_type is bool else value
        for column, value in zip(table.columns, row, strict=True)
    }


def _count(archive: Archive, table: str) -> int:
    with archive.read() as connection:
        return connection.number(f"SELECT count(*) FROM {table}")


def _step(target: Archive, name: str) -> tuple[list[Any], bool]:
    """Return the key after which a step goes on, empty if it has not begun, and whether it is finished."""
    with target.read() as connection:
        row = connection.first("SELECT after, finished FROM move_step WHERE name = :name", name=name)
    if row is None:
        return [], False
    key = orjson.loads(row.after)
    return [bytes.fromhex(part["hex"]) if isinstance(part, Mapping) else part for part in key], bool(row.finished)


def _save_step(connection: Connection, name: str, after: Sequence[Any], *, finished: bool) -> None:
    key = orjson.dumps([{"hex": part.hex()} if isinstance(part, bytes) else part for part in after]).decode()
    connection.replace("move_step", "name", name=name, after=key, finished=int(finished))


def _digest(archive: Archive, table: StoredTable) -> tuple[int, int]:
    """Return the number of rows and the sum of their hashes: the databases sort texts in different orders."""
    count = total = 0
    after: list[Any] = []
    while True:
        with archive.read() as connection:
            rows = _page(connection, table, after)
        for row in rows:
            # A sum does not depend on the order, and unlike XOR it does not cancel out a row that is there twice.
            total += int.from_bytes(hashlib.sha256(repr(list(_plain(table, row).values())).encode()).digest(), "big")
        count += len(rows)
        if len(rows) < MAX_MOVED_TOGETHER:
            return count, total % (1 << 256)
        after = _key(table, rows[-1])
