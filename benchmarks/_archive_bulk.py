"""A large archive at once: the rows of a few articles, kept in the usual way, copied under new numbers.

What is copied is what `commit` wrote, so that frames, chains, leaves and passages are those of a real archive. Dates
are spread, ids, addresses and hosts differ, and the index of search gets the words of each copy with some of its own.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from tracker.archive.search import fold, text_at
from tracker.archive.versions import list_history

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

HOSTS: Final = 500
_HOUR: Final = 3_600_000
_TARGETS: Final = {
    "article": {"id": "article"},
    "blob": {"id": "blob", "base_id": "blob"},
    "version": {"id": "version", "article_id": "article", "content_id": "blob"},
    "capture": {"version_id": "version", "head_id": "blob", "body_id": "blob"},
    "change": {"version_id": "version"},
    "label": {"version_id": "version"},
    "leaf": {"version_id": "version"},
    "visit": {"id": "visit", "article_id": "article"},
    "address": {"article_id": "article"},
    "passage": {"id": "passage", "article_id": "article"},
}
"""Columns that number rows, by table, with the table whose numbers they are; parents before children."""
_OTHERWISE: Final = {
    ("article", "ident"): "other(ident, :copy)",
    ("article", "url"): "url || '/' || :copy",
    ("article", "host"): f"'h' || ((id * 7 + :copy) % {HOSTS}) || '.example'",
    ("article", "next_check_at"): f"next_check_at + :copy * {_HOUR}",
    ("version", "seen_at"): f"seen_at + :copy * {_HOUR}",
    ("visit", "at"): f"at + :copy * {_HOUR}",
    ("address", "key"): "other(key, :copy)",
    ("leaf", "position"): "NULL",
}
"""What a copy holds instead, by table and column."""


def multiply(store: Archive, copies: int) -> None:
    """Make *copies* more of every article of an archive on SQLite."""
    words = _words(store)
    assert store.url.path is not None
    with closing(sqlite3.connect(store.url.path, isolation_level=None)) as file:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-200000", "wal_autocheckpoint=50000"):
            file.execute(f"PRAGMA {pragma}")
        file.create_function("other", 2, _other, deterministic=True)
        strides = {table: _last(file, table) for table in ("article", "blob", "version", "visit", "passage")}
        statements = [_statement(file, table) for table in _TARGETS]
        for copy in range(1, copies + 1):
            moves = {f"to_{table}": copy * stride for table, stride in strides.items()}
            file.execute("BEGIN IMMEDIATE")
            for statement in statements:
                file.execute(statement, {"copy": copy, **{f"most_{t}": s for t, s in strides.items()}, **moves})
            own = ((key + moves["to_passage"], f"{text} copy{copy} mayor{copy % 400}") for key, text in words.items())
            file.executemany("INSERT INTO fts_passage(rowid, words) VALUES (?, ?)", own)
            file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statement(file: sqlite3.Connection, table: str) -> str:
    names = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(_value(table, name) for name in names)
    key = next(iter(_TARGETS[table]))
    where = f"{key} <= :most_{_TARGETS[table][key]}"
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}"


def _value(table: str, name: str) -> str:
    if (table, name) in _OTHERWISE:
        return _OTHERWISE[table, name]
    target = _TARGETS[table].get(name)
    if target is None:
        return name
    if name == "base_id":
        # Reference pages belong to the source, whose copies share them.
        references = "SELECT head_id FROM reference UNION SELECT body_id FROM reference"
        return f"CASE WHEN base_id IN ({references}) THEN base_id ELSE base_id + :to_blob END"
    return f"{name} + :to_{target}"


def _other(value: str | bytes, copy: int) -> str | bytes:
    if isinstance(value, str):
        return hashlib.sha256(f"{value} {copy}".encode()).hexdigest()[: len(value)]
    return hashlib.sha256(value + copy.to_bytes(4, "big")).digest()[: len(value)]


def _last(file: sqlite3.Connection, table: str) -> int:
    return int(file.execute(f"SELECT max(id) FROM {table}").fetchone()[0])


def _words(store: Archive) -> dict[int, str]:
    """Return the words of each passage: the index holds none."""
    found = {}
    with store.read() as connection:
        rows = connection.all(
            "SELECT p.id, p.first_n, p.block, a.ident FROM passage p JOIN article a ON a.id = p.article_id"
        )
    texts: dict[str, list[object]] = {}
    for key, first, block, ident in rows:
        if ident not in texts:
            texts[ident] = [each.content for each in list_history(store, ident)]
        found[key] = fold(text_at(texts[ident][first - 1], block))
    return found
