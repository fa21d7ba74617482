"""Read NewsEdits: the table ``entryversion`` of a SQLite file, or a CSV file with the same columns.

The columns ``url``, ``created`` and ``text`` are required; ``title``, ``source``, ``entry_id`` and ``version`` are
optional. There are no pages.
"""

from __future__ import annotations

import csv
import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tracker.errors import PageError

from .files import lines, reading

if TYPE_CHECKING:
    from pathlib import Path

_SQLITE: Final = b"SQLite format 3\x00"
_NEEDED: Final = ("url", "created", "text")
_USED: Final = ("entry_id", "version", "title", "source", *_NEEDED)
MAX_FIELD_BYTES: Final = 50_000_000
_BLOCK: Final = re.compile(r"(?i)</?(?:p|div|br|li|h[1-6]|blockquote)\b[^>]*>|\n+")
_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]*>")


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of the corpus; *name* identifies its row."""

    name: str
    url: str
    source: str
    seen: datetime
    title: str
    paragraphs: tuple[str, ...]


def text_versions(path: Path) -> Iterator[TextVersion | str]:
    """Yield versions, oldest first; an invalid row is yielded as a message that says what is wrong.

    Raises UsageError if the file cannot be read, PageError if it has no such table.
    """
    with _table(path) as (database, columns):
        order = ", ".join(name for name in ("created", "version") if name in columns)
        shown = ", ".join(name if name in columns else f"'' AS {name}" for name in _USED)
        try:
            for row in database.execute(f"SELECT {shown} FROM entryversion ORDER BY {order}, rowid"):  # noqa: S608 - ours
                yield _version(dict(zip(_USED, row, strict=True)))
        except sqlite3.Error as error:
            raise PageError(f"not a NewsEdits table: {error}", resource=str(path)) from error


@contextmanager
def _table(path: Path) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    with reading(path) as file:
        start = file.read(len(_SQLITE))
    place = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if start == _SQLITE else ""
    with closing(sqlite3.connect(place, uri=bool(place))) as database:
        try:
            if place:
                _distrust(database)
            else:
                _load(path, database)
            columns = [row[1] for row in database.execute("PRAGMA table_info(entryversion)")]
        except (sqlite3.Error, csv.Error) as error:
            raise PageError(f"not a NewsEdits table: {error}", resource=str(path)) from error
        lacking = [name for name in _NEEDED if name not in columns]
        if lacking:
            raise PageError(
                f"not a NewsEdits table: it has no column {lacking[0]!r}",
                resource=str(path),
                hint="use a SQLite file with the table entryversion, or a CSV file with its columns",
            )
        yield database, columns


def _distrust(database: sqlite3.Connection) -> None:
    """Guard against a hostile file: only a plain table is read, and no huge cell.

    A view may compute without end, and so may a computed column. Raises sqlite3.Error.
    """
    # The file is from somebody else, and SQL in its schema runs when a table is read.
    database.execute("PRAGMA trusted_schema=OFF")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_FIELD_BYTES)
    kinds = database.execute("SELECT type, sql FROM sqlite_schema WHERE name = 'entryversion' COLLATE NOCASE")
    for kind, made in kinds.fetchall():
        if kind != "table" or not str(made).lstrip().upper().startswith("CREATE TABLE"):
            raise sqlite3.DatabaseError("entryversion must be a table, not a view or a virtual table")
    if any(row[6] for row in database.execute("PRAGMA table_xinfo(entryversion)")):
        raise sqlite3.DatabaseError("entryversion has computed columns")


def _load(path: Path, database: sqlite3.Connection) -> None:
    """Load a CSV file into a database, so that it can be sorted even if it is large."""
    limit = csv.field_size_limit(MAX_FIELD_BYTES)
    try:
        with reading(path) as file:
            texts = (line.decode("utf-8", "replace").replace("\0", "") for line in lines(file, str(path)))
            rows = csv.DictReader(texts, strict=True)
            columns = [name for name in _USED if name in (rows.fieldnames or ())]
            if not columns:
                return
            database.execute(f"CREATE TABLE entryversion ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            database.executemany(
                f"INSERT INTO entryversion VALUES ({marks})",  # noqa: S608 - only marks
                ([row.get(name) for name in columns] for row in rows),
            )
    finally:
        csv.field_size_limit(limit)


def _version(row: dict[str, Any]) -> TextVersion | str:
    name = f"{row['entry_id'] or row['url']} version {row['version']}".strip()
    url, text = str(row["url"] or "").strip(), row["text"]
    if not url:
        return f"{name}: it has no address"
    if not isinstance(text, str) or not (paragraphs := _paragraphs(text)):
        return f"{name}: it has no text"
    try:
        seen = _moment(row["created"])
    except (ValueError, TypeError, OverflowError, OSError):
        return f"{name}: its time cannot be read: {row['created']!r}"
    title = " ".join(html.unescape(_TAG.sub(" ", str(row["title"] or ""))).split())
    return TextVersion(name, url, str(row["source"] or ""), seen, title, paragraphs)


def _moment(value: object) -> datetime:
    """Parse a time: text in ISO 8601, in UTC unless it has a zone, or a number of seconds since 1970."""
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    when = datetime.fromisoformat(str(value).strip())
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return when.replace(microsecond=when.microsecond // 1000 * 1000)


def _paragraphs(text: str) -> tuple[str, ...]:
    parts = (" ".join(html.unescape(_TAG.sub(" ", part)).split()) for part in _BLOCK.split(text))
    return tuple(part for part in parts if part)
