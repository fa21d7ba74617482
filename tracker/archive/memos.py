"""Memos: small texts that the service keeps by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from tracker.archive.database.base import upsert
from tracker.archive.schema.beliefs import memo
from tracker.archive.values import clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.archive.opening import Archive


def get_memo(archive: Archive, name: str) -> str:
    """Return what was saved under *name*, or an empty text."""
    with archive.database.read() as connection:
        return connection.scalar(select(memo.c.text).where(memo.c.name == clean_text(name))) or ""


def save_memo(archive: Archive, name: str, text: str, now: datetime) -> None:
    """Save *text* under *name*, in place of what stands there; an empty text takes it away."""
    with archive.database.write() as connection:
        if not text:
            connection.execute(delete(memo).where(memo.c.name == clean_text(name)))
            return
        row = {"name": clean_text(name), "at": now, "text": text}
        connection.execute(upsert(connection, memo, row, on=(memo.c.name,), replace=True))


def list_memos(archive: Archive, prefix: str) -> dict[str, str]:
    """Return what was saved under names that begin with *prefix*, by name, in the order of the names."""
    begun = clean_text(prefix)
    mine = select(memo.c.name, memo.c.text).where(memo.c.name.startswith(begun, autoescape=True))
    with archive.database.read() as connection:
        # LIKE knows no capital letters on SQLite, and each server sorts in a manner of its own.
        return {name: text for name, text in sorted(map(tuple, connection.execute(mine))) if name.startswith(begun)}
