"""The rows of one check: entered one after the other on SQLite, those of a version with one statement on PostgreSQL."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, literal_column, select, update

from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import article, blob, capture, change, version, visit
from tracker.archive.schema.proofs import leaf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.sql.dml import Insert, Update

    from tracker.archive.database.connection import Connection

CHECKED: Final = (
    "last_check_at", "next_check_at", "last_seen_at", "state", "checks", "failures", "etag", "last_modified",
    "signature", "touched_at",
)  # fmt: skip
"""What a check sets of its article."""
_GROWN: Final = (*CHECKED, "versions", "last_change_at", "title", "published_at")
"""What a check that found a version sets of it."""
_VISITED: Final = ("article_id", "at", "outcome", "status", "elapsed", "detail")
_TABLES: Final = {
    "article": article,
    "visit": visit,
    "content": blob,
    "head": blob,
    "body": blob,
    "version": version,
    "capture": capture,
    "leaf": leaf,
    "change": change,
}
"""By the name of the row, in the order that references need."""
_GIVEN_LATER: Final = {"position"}
"""Columns that are empty at first."""


def enter(connection: Connection, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Enter rows by their names, in this order: what changes of the "article" in "row", the "visit", then what is kept.

    That is "content", "head", "body", "version", "capture", "leaf" and, where there is one, "change"; these bring their
    numbers with them.
    """
    if connection.dialect.name == "sqlite":
        for table, some in groupby(rows.items(), key=lambda pair: _TABLES[pair[0]].name):
            _ONE[table].run_many(connection, [row for _, row in some])
        return
    given = {f"{name}_{key}": value for name, row in rows.items() for key, value in row.items()}
    _ALL["change" in rows].run(connection, given)


def check(connection: Connection, changed: Mapping[str, Any], visited: Mapping[str, Any]) -> None:
    """Enter a check that found no version: what changes of the article in "row", and the visit."""
    _CHECK.run(connection, changed)
    _ONE["visit"].run(connection, visited)


def _columns(table: Table) -> Sequence[str]:
    if table is article:
        return _GROWN
    return _VISITED if table is visit else [column.name for column in table.c if column.name not in _GIVEN_LATER]


def _statement(table: Table, prefix: str = "") -> Insert | Update:
    values = {key: bindparam(f"{prefix}{key}", type_=table.c[key].type) for key in _columns(table)}
    if table is article:
        return update(article).where(article.c.id == bindparam(f"{prefix}row")).values(values)
    return insert(table).inline().values(values)


def _all(names: Sequence[str]) -> Prepared:
    made = [_statement(_TABLES[name], f"{name}_").cte(f"new_{name}") for name in names]
    return Prepared(select(literal_column("1").label("one")).add_cte(*made))


_CHECK: Final = Prepared(update(article).where(article.c.id == bindparam("row")), CHECKED)
_ONE: Final = {table.name: Prepared(_statement(table)) for table in _TABLES.values()}
_ALL: Final = {True: _all(list(_TABLES)), False: _all([name for name in _TABLES if name != "change"])}
