"""The rows of stories, read and written within a caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import orjson

from tracker.errors import NotKnown
from tracker.model.story import Decision, Home

from .articles import JOIN_STORY
from .database.connection import insert_into, replace_on
from .records import record

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model.story import StoryReading

    from .database.connection import Connection, Row, Values

_WRAP: Final = 1 << 64
_HALF: Final = 1 << 63
_HOME_COLUMNS: Final = ("story", "score", "is_copy", "reasons", "least", "at")
_PLACE: Final = insert_into("story_home", ("article_id", *_HOME_COLUMNS), replace_on("article_id", _HOME_COLUMNS))
_MOVE: Final = """
UPDATE story_home SET story = :story, score = :score, is_copy = :is_copy, reasons = :reasons, at = :at
WHERE article_id = :article_id
"""
_SHRINK: Final = "UPDATE story_home SET least = :least WHERE article_id = :article_id"
_LEAST: Final = "SELECT article_id, least FROM story_home WHERE article_id IN (:ids)"
_MARK_READ: Final = insert_into("story_reading", ("version_id", "at"), "ON CONFLICT (version_id) DO NOTHING")
_ADD_MARK: Final = insert_into("story_mark", ("mark", "article_id"), "ON CONFLICT (mark, article_id) DO NOTHING")
_COPY_COLUMNS: Final = ("contained", "reason", "at")
_ADD_COPY: Final = insert_into(
    "story_copy", ("first_id", "second_id", *_COPY_COLUMNS), replace_on("first_id, second_id", _COPY_COLUMNS)
)
_DECISIONS: Final = "SELECT at, by, verdict, story, articles, into_story FROM story_decision ORDER BY id"
_LEAVE: Final = insert_into("story_out", ("article_id", "name"), "ON CONFLICT (article_id, name) DO NOTHING")


def home_of(row: Row) -> Home:
    """Return where an article stands, for a row of its home and its ident."""
    return Home(row.ident, row.story, row.score, tuple(orjson.loads(row.reasons)), bool(row.is_copy))


def decisions(connection: Connection) -> list[Decision]:
    """Return what people decided, oldest first."""
    return [
        record(Decision, row, articles=tuple(orjson.loads(row.articles)), into=row.into_story)
        for row in connection.all(_DECISIONS)
    ]


def forget(connection: Connection, article_id: int) -> None:
    """Take out what quotes or marks the text of an article: some of it was taken down."""
    connection.run("DELETE FROM story_mark WHERE article_id = :article_id", article_id=article_id)
    connection.run("UPDATE story_home SET reasons = '[]' WHERE article_id = :article_id", article_id=article_id)


def add_readings(connection: Connection, readings: Sequence[tuple[int, int, StoryReading]]) -> None:
    """Note that versions were read, and enter the new marks of their articles; each comes with both numbers."""
    connection.run_many(_MARK_READ, [{"version_id": version_id, "at": each.at} for _, version_id, each in readings])
    marks = sorted({(signed(mark), article_id) for article_id, _, each in readings for mark in each.marks})
    connection.run_many(_ADD_MARK, [{"mark": mark, "article_id": article_id} for mark, article_id in marks])


def place_articles(connection: Connection, readings: Sequence[tuple[int, StoryReading]]) -> None:
    """Put articles where the readings say; one that was never read before is a story of its own.

    Each reading comes with the number of its article.
    """
    stored = {row.article_id: row.least for row in connection.of_each(_LEAST, "ids", {key for key, _ in readings})}
    least = dict(stored)
    homes: dict[str, tuple[Home, datetime]] = {}
    for article_id, reading in readings:
        homes |= {home.article: (home, reading.at) for home in reading.homes}
        if article_id not in least:
            homes.setdefault(reading.article, (Home(reading.article, reading.article), reading.at))
        least[article_id] = min(least.get(article_id, reading.size), reading.size)
    keys = _keys(connection, homes)
    # What was taken down meanwhile has no row any more.
    rows = {keys[ident]: _home_row(keys[ident], *home) for ident, home in homes.items() if ident in keys}
    own = [row | {"least": least[key]} for key, row in rows.items() if key in least]
    connection.run_many(_PLACE, own)
    connection.run_many(_MOVE, [row for key, row in rows.items() if key not in least])
    smaller = [key for key, size in stored.items() if key not in rows and least[key] < size]
    connection.run_many(_SHRINK, [{"article_id": key, "least": least[key]} for key in smaller])


def _home_row(article_id: int, home: Home, at: datetime) -> Values:
    return {
        "article_id": article_id,
        "story": home.story,
        "score": home.score,
        "is_copy": home.copy,
        "reasons": json.dumps(list(home.reasons), ensure_ascii=False),
        "at": at,
    }


def add_copies(connection: Connection, readings: Iterable[StoryReading]) -> None:
    """Enter the copies that were found; a pair found again takes the newer finding."""
    found = {(pair.first, pair.second): (pair, reading.at) for reading in readings for pair in reading.copies}
    keys = _keys(connection, (ident for pair in found for ident in pair))
    rows = [
        {
            "first_id": keys[pair.first],
            "second_id": keys[pair.second],
            "contained": pair.contained,
            "reason": pair.reason,
            "at": at,
        }
        for pair, at in found.values()
        if pair.first in keys and pair.second in keys
    ]
    connection.run_many(_ADD_COPY, rows)


def join_stories(connection: Connection, joins: Iterable[tuple[str, str]], *, by_person: bool = False) -> None:
    """Put articles into named stories; those a person took out stay out, unless a person brings them back."""
    wanted = list(joins)
    keys = _keys(connection, (ident for ident, _ in wanted))
    for ident, name in wanted:
        article_id = _known(keys, ident)
        if by_person:
            connection.run("DELETE FROM story_out WHERE article_id = :id AND name = :name", id=article_id, name=name)
        connection.run(JOIN_STORY, article_id=article_id, name=name)


def leave_stories(connection: Connection, leaves: Iterable[tuple[str, str]]) -> None:
    """Take articles out of named stories, for good."""
    gone = list(leaves)
    keys = _keys(connection, (ident for ident, _ in gone))
    for ident, name in gone:
        article_id = _known(keys, ident)
        connection.run("DELETE FROM story WHERE article_id = :id AND name = :name", id=article_id, name=name)
        connection.run(_LEAVE, article_id=article_id, name=name)


def signed(value: int) -> int:
    """Return an unsigned 64-bit number as the signed one with the same bits: databases have no other."""
    return value - _WRAP if value >= _HALF else value


def unsigned(value: int) -> int:
    """Return the unsigned number that `signed` gave *value* for."""
    return value % _WRAP


def _known(keys: dict[str, int], ident: str) -> int:
    if ident not in keys:
        raise NotKnown("no such article", resource=ident, hint="writethru log lists what is stored")
    return keys[ident]


def _keys(connection: Connection, idents: Iterable[str]) -> dict[str, int]:
    statement = "SELECT ident, id FROM article WHERE ident IN (:idents)"
    return {row.ident: row.id for row in connection.of_each(statement, "idents", sorted(set(idents)))}
