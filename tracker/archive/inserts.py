"""The rows of one check: entered one after the other on SQLite, those of a version by two statements on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .database.connection import Connection, Values

# psycopg parses a statement anew each time if it has more than 50 parameters, which all of these together have.
_OF_CHECK: Final = ("article", "visit", "content", "head", "body")
_OF_VERSION: Final = ("version", "capture", "leaf", "change")


def enter_rows(connection: Connection, rows: Mapping[str, Values]) -> None:
    """Enter what a check leaves: rows by their names, in the order that references need.

    Args:
        connection: the caller's transaction.
        rows: what changes of the "article" in "row", and the "visit"; of a check that found a version also "content",
            "head", "body", "version", "capture", "leaf" and, where there is one, "change", which bring their numbers.
    """
    if connection.is_sqlite or "version" not in rows:
        # SQLite runs in this process: a statement more costs microseconds, not a round trip.
        for name, row in rows.items():
            connection.run(_enter(name, tuple(row)), **row)
        return
    for names in (_OF_CHECK, _OF_VERSION):
        together = {name: rows[name] for name in names if name in rows}
        values = {f"{name}_{key}": value for name, row in together.items() for key, value in row.items()}
        connection.run(_together(tuple((name, tuple(row)) for name, row in together.items())), **values)


@lru_cache(maxsize=64)
def _enter(name: str, columns: tuple[str, ...], prefix: str = "") -> str:
    if name == "article":
        values = ", ".join(f"{column} = :{prefix}{column}" for column in columns if column != "row")
        return f"UPDATE article SET {values} WHERE id = :{prefix}row"
    table = "blob" if name in _OF_CHECK and name != "visit" else name
    values = ", ".join(f":{prefix}{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


@lru_cache(maxsize=64)
def _together(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    entered = (f"new_{name} AS ({_enter(name, columns, f'{name}_')})" for name, columns in rows)
    return f"WITH {', '.join(entered)} SELECT 1"
