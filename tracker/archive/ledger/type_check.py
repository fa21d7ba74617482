"""Find values that are not of their column's type: SQLite stores them, and nothing can be compared with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .logcheck import Damage

if TYPE_CHECKING:
    from tracker.archive.database.connection import Connection

_TABLES: Final = (
    "source", "article", "address", "blob", "version", "capture", "change", "label", "leaf", "event", "checkpoint",
    "tombstone", "reading", "recapture", "verdict", "reference",
)  # fmt: skip
_COLUMNS: Final = """SELECT name, type, "notnull" FROM pragma_table_info(:table)"""
# How SQLite stores what a declared type contains; everything else is an integer.
_STORED_AS: Final = (("CHAR", "text"), ("TEXT", "text"), ("BLOB", "blob"), ("BINARY", "blob"), ("FLOAT", "real"))


def wrong_types(connection: Connection) -> Iterator[Damage]:
    """Yield a finding for each table with values of another type than its columns have."""
    for table in _TABLES if connection.is_sqlite else ():
        wrong = " OR ".join(
            f"typeof({column.name}) NOT IN ('{_stored_as(column.type)}', '{'' if column.notnull else 'null'}')"
            for column in connection.all(_COLUMNS, table=table)
        )
        if count := connection.number(f"SELECT count(*) FROM {table} WHERE {wrong}"):
            yield Damage(f"table {table}", f"rows with values that are not of their column's type: {count}")


def _stored_as(declared: str) -> str:
    return next((stored for part, stored in _STORED_AS if part in declared.upper()), "integer")
