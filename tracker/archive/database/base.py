"""What the parts of the store share: the database they hold, and an insert that passes over what is there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column, Executable, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.dml import Insert

    from .engine import Database


class Repository:
    """A part of the store: it holds the database."""

    def __init__(self, database: Database) -> None:
        self._db = database


def upsert(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    *,
    on: Sequence[Column[Any]],
    replace: bool = False,
) -> Insert:
    """Return an insert of *row* that, where the columns *on* are taken, replaces what stands there or does nothing."""
    columns = tuple(column.name for column in on)
    return upserting(connection.dialect.name, table, tuple(row), columns, replace=replace).values(dict(row))


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows in one go and return their numbers, in the same order."""
    return list(connection.scalars(_insert_many(table), list(rows)))


@cache
def _insert_many(table: Table) -> Executable:
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@cache
def upserting(dialect: str, table: Table, names: tuple[str, ...], on: tuple[str, ...], *, replace: bool) -> Insert:
    """Return `upsert` of the columns *names* on a dialect, without the values."""
    made = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    if not replace:
        return made.on_conflict_do_nothing(index_elements=on)
    rest = {name: made.excluded[name] for name in names if name not in on}
    return made.on_conflict_do_update(index_elements=on, set_=rest)
