"""What the parts of the store share: the database they hold, and an insert that passes over what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.dml import Insert

    from .engine import Database


class Held:
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
    made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    made = made.values(dict(row))
    columns = [column.name for column in on]
    if not replace:
        return made.on_conflict_do_nothing(index_elements=columns)
    rest = {name: made.excluded[name] for name in row if name not in columns}
    return made.on_conflict_do_update(index_elements=columns, set_=rest)
