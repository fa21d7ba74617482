"""Memos: small texts that the service keeps by name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from .values import clean_text

if TYPE_CHECKING:
    from .archive import Archive
    from .database.connection import Connection

# Names the memo of a page that was set aside, before the article's id or the list's address.
QUARANTINE_PREFIX: Final = "quarantine|"


def get_memo(archive: Archive, name: str) -> str:
    """Return what was saved under `name`, or an empty text."""
    with archive.read() as connection:
        return get_memo_row(connection, name)


def save_memo(archive: Archive, name: str, text: str, now: datetime) -> None:
    """Save `text` under `name`, replacing what is there; an empty text deletes it."""
    with archive.write() as connection:
        if text:
            save_memo_row(connection, name, text, now)
        else:
            connection.run("DELETE FROM memo WHERE name = :name", name=name)


def list_memos(archive: Archive, prefix: str) -> dict[str, str]:
    """Return what was saved under names that begin with `prefix`, by name, in the order of the names."""
    begins = clean_text(prefix)
    with archive.read() as connection:
        # Not LIKE: the names hold % and _, and its case rules differ between the databases.
        rows = connection.all(
            "SELECT name, text FROM memo WHERE substr(name, 1, CAST(:length AS INTEGER)) = :prefix",
            length=len(begins),
            prefix=begins,
        )
    # Sorted here: each server sorts in a manner of its own.
    return dict(sorted((row.name, row.text) for row in rows))


# -- within the caller's transaction


def get_memo_row(connection: Connection, name: str) -> str:
    """Return what was saved under `name`, or an empty text."""
    return connection.value(str, "SELECT text FROM memo WHERE name = :name", name=name) or ""


def save_memo_row(connection: Connection, name: str, text: str, now: datetime) -> None:
    """Save `text`, which is not empty, under `name`, replacing what is there."""
    connection.replace("memo", "name", name=name, at=now, text=text)
