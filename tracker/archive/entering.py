"""The rows that keep one version: entered one after the other on SQLite, all with one statement on PostgreSQL."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, literal_column, select

from .prepared import Prepared
from .proof_tables import leaf
from .tables import blob, capture, change, version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

_TABLES: Final = {
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
    """Enter rows by their names: "content", "head", "body", "version", "capture", "leaf" and, where there is, "change".

    They bring their numbers with them.
    """
    if connection.dialect.name == "sqlite":
        for table, some in groupby(rows.items(), key=lambda pair: _TABLES[pair[0]].name):
            _ONE[table].run_many(connection, [row for _, row in some])
        return
    given = {f"{name}_{key}": value for name, row in rows.items() for key, value in row.items()}
    _ALL["change" in rows].run(connection, given)


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.c if column.name not in _GIVEN_LATER]


def _all(names: Sequence[str]) -> Prepared:
    made = []
    for name in names:
        table = _TABLES[name]
        values = {key: bindparam(f"{name}_{key}", type_=table.c[key].type) for key in _columns(table)}
        made.append(insert(table).values(values).cte(f"new_{name}"))
    return Prepared(select(literal_column("1").label("one")).add_cte(*made))


_ONE: Final = {table.name: Prepared(insert(table), _columns(table)) for table in _TABLES.values()}
_ALL: Final = {True: _all(list(_TABLES)), False: _all([name for name in _TABLES if name != "change"])}
