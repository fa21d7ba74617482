"""A plugin of Datasette: on archives, the readable views have texts and labels, as with `writethru sql`.

Datasette finds it by the entry point in pyproject.toml where both are installed in one environment.
"""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

from .opening import open_archive
from .readable import VIEWS, decode_on


@hookimpl  # type: ignore[untyped-decorator, unused-ignore]
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Let a connection decode texts and labels, if its main database is an archive on disk."""
    path = next((file for _, name, file in conn.execute("PRAGMA database_list") if name == "main"), "")
    views = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    if path and views.issuperset(VIEWS):
        decode_on(conn, open_archive(f"sqlite:///{path}", readonly=True))
