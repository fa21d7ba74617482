"""The rows of one check: entered one after the other on SQLite, those of a version by two statements on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from .database.connection import insert_into

if TYPE_CHECKING:
    from .database.connection import Connection, Values

# What a check sets of its article.
_CHECKED: Final = (
    "last_check_at", "next_check_at", "last_seen_at", "state", "checks", "failures", "etag", "last_modified",
    "signature", "touched_at",
)  # fmt: skip
# What a check that found a version sets of it.
_GROWN: Final = (*_CHECKED, "versions", "last_change_at", "title", "published_at")
_BLOB: Final = ("id", "base_id", "raw_len", "sha256", "crc", "data")
# Table and columns by the name of the row, in the order that references need.
_TABLES: Final = {
    "visit": ("visit", ("article_id", "at", "outcome", "status", "elapsed", "detail")),
    "content": ("blob", _BLOB),
    "head": ("blob", _BLOB),
    "body": ("blob", _BLOB),
    "version": (
        "version",
        (
            "id", "article_id", "n", "seen_at", "previous_seen_at", "status", "extractor", "signature", "sha256",
            "content_id",
        ),
    ),
    "capture": ("capture", ("version_id", "fetched_at", "status", "sha256", "head_id", "body_id")),
    "leaf": ("leaf", ("version_id", "hash", "change_sha256")),
    "change": ("change", ("version_id", "words", "significance", "announced", "raw_len", "crc", "data")),
}  # fmt: skip


def enter_version(connection: Connection, rows: Mapping[str, Values]) -> None:
    """Enter what a check that found a version leaves: rows by their names, in the order of the tables.

    Args:
        connection: the caller's transaction.
        rows: what changes of the "article" in "row", the "visit", then "content", "head", "body", "version",
            "capture", "leaf" and, where there is one, "change"; these bring their numbers with them.
    """
    if connection.is_sqlite:
        # SQLite runs in this process: a statement more costs microseconds, not a round trip.
        for name, row in rows.items():
            connection.run(_ONE[name], **row)
        return
    # psycopg parses a statement anew each time if it has more than 50 parameters, which all of these together have.
    for names in (_OF_CHECK, _OF_VERSION if "change" in rows else _OF_FIRST_VERSION):
        values = {f"{name}_{key}": value for name in names for key, value in rows[name].items()}
        connection.run(_TOGETHER[names], **values)


def enter_check(connection: Connection, changed: Values, visited: Values) -> None:
    """Enter a check that found no version: what changes of the article in "row", and the visit."""
    connection.run(_CHECK, **changed)
    connection.run(_ONE["visit"], **visited)


def _update(columns: tuple[str, ...], prefix: str = "") -> str:
    values = ", ".join(f"{column} = :{prefix}{column}" for column in columns)
    return f"UPDATE article SET {values} WHERE id = :{prefix}row"


def _enter(name: str) -> str:
    if name == "article":
        return _update(_GROWN, "article_")
    table, columns = _TABLES[name]
    values = ", ".join(f":{name}_{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


def _together(names: tuple[str, ...]) -> str:
    return f"WITH {', '.join(f'new_{name} AS ({_enter(name)})' for name in names)} SELECT 1"


_CHECK: Final = _update(_CHECKED)
_ONE: Final = {"article": _update(_GROWN)} | {name: insert_into(*_TABLES[name]) for name in _TABLES}
_OF_CHECK: Final = ("article", "visit", "content", "head", "body")
_OF_FIRST_VERSION: Final = ("version", "capture", "leaf")
_OF_VERSION: Final = (*_OF_FIRST_VERSION, "change")
_TOGETHER: Final = {names: _together(names) for names in (_OF_CHECK, _OF_FIRST_VERSION, _OF_VERSION)}
