"""The rows of stories, read and written within a caller's transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, select, update

from tracker.archive.database.base import upsert, upserting
from tracker.archive.schema import stories as story_tables
from tracker.archive.schema.core import article, story, version
from tracker.archive.schema.stories import home, mark, out
from tracker.errors import NotKnown
from tracker.model import Decision, Home, StoryDecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row, Select

    from tracker.archive.database.connection import Connection
    from tracker.model import StoryReading

_copy: Final = story_tables.copy
_CHUNK: Final = 400
WRAP: Final = 1 << 64
_HALF: Final = 1 << 63


def to_home(row: Row[*tuple[Any, ...]]) -> Home:
    """Return where an article stands, for a row of its home and its ident."""
    return Home(row.ident, row.story, row.score, tuple(json.loads(row.reasons)), bool(row.is_copy))


def to_decision(row: Row[*tuple[Any, ...]]) -> Decision:
    """Return a decision for its row."""
    return Decision(
        StoryDecisionKind(row.verdict), row.story, tuple(json.loads(row.articles)), row.into_story, at=row.at, by=row.by
    )


def vetoed(connection: Connection, owner: int, name: str) -> bool:
    """Say whether a person took article row *owner* out of story *name*."""
    query = select(out.c.name).where(out.c.article_id == owner, out.c.name == name)
    return connection.scalar(query) is not None


def forget(connection: Connection, owner: int) -> None:
    """Take out what quotes or marks the text of article row *owner*: some of it was taken down."""
    connection.execute(delete(mark).where(mark.c.article_id == owner))
    connection.execute(update(home).where(home.c.article_id == owner).values(reasons="[]"))


def numbered(ident: str, n: int) -> Select[Any]:
    """Select the rows of a version and its article by id and number."""
    query = select(version.c.id.label("version"), article.c.id.label("article"))
    return query.join(article, article.c.id == version.c.article_id).where(article.c.ident == ident, version.c.n == n)


def settle_home(connection: Connection, owner: int, reading: StoryReading) -> None:
    """Put article row *owner* where the reading says; one that was never read is a story of its own."""
    known = connection.execute(select(home).where(home.c.article_id == owner)).first()
    if known is None or reading.home is not None:
        stands = reading.home or Home(reading.article, reading.article)
        row = {
            "article_id": owner,
            "story": stands.story,
            "score": stands.score,
            "is_copy": stands.copy,
            "reasons": json.dumps(list(stands.reasons), ensure_ascii=False),
            "least": min(known.least, reading.size) if known else reading.size,
            "at": reading.at,
        }
        connection.execute(upsert(connection, home, row, on=(home.c.article_id,), replace=True))
    elif reading.size < known.least:
        connection.execute(update(home).where(home.c.article_id == owner).values(least=reading.size))


def post(connection: Connection, owner: int, reading: StoryReading) -> None:
    """Enter the marks of the reading for article row *owner*."""
    if reading.marks:
        names = ("mark", "article_id")
        rows = [{"mark": signed(each), "article_id": owner} for each in reading.marks]
        connection.execute(upserting(connection.dialect.name, mark, names, names, replace=False), rows)


def pair(connection: Connection, reading: StoryReading) -> None:
    """Enter the copies that were found; a pair found again takes the newer finding."""
    keys = _keys(connection, {ident for pair in reading.copies for ident in (pair.first, pair.second)})
    for pair in reading.copies:
        if pair.first in keys and pair.second in keys:
            row = {
                "first_id": keys[pair.first],
                "second_id": keys[pair.second],
                "contained": pair.contained,
                "reason": pair.reason,
                "at": reading.at,
            }
            on = (_copy.c.first_id, _copy.c.second_id)
            connection.execute(upsert(connection, _copy, row, on=on, replace=True))


def join(connection: Connection, joins: Iterable[tuple[str, str]], *, back: bool = False) -> None:
    """Put articles into named stories; those a person took out stay out, unless a person brings them *back*."""
    wanted = list(joins)
    keys = _keys(connection, {ident for ident, _ in wanted})
    for ident, name in wanted:
        owner = _known(keys, ident)
        if back:
            connection.execute(delete(out).where(out.c.article_id == owner, out.c.name == name))
        if back or not vetoed(connection, owner, name):
            row = {"article_id": owner, "name": name}
            connection.execute(upsert(connection, story, row, on=(story.c.article_id, story.c.name)))


def leave(connection: Connection, leaves: Iterable[tuple[str, str]]) -> None:
    """Take articles out of named stories, for good."""
    gone = list(leaves)
    keys = _keys(connection, {ident for ident, _ in gone})
    for ident, name in gone:
        owner = _known(keys, ident)
        connection.execute(delete(story).where(and_(story.c.article_id == owner, story.c.name == name)))
        row = {"article_id": owner, "name": name}
        connection.execute(upsert(connection, out, row, on=(out.c.article_id, out.c.name)))


def _known(keys: dict[str, int], ident: str) -> int:
    if ident not in keys:
        raise NotKnown("no such article", resource=ident, hint="writethru log lists what is kept")
    return keys[ident]


def _keys(connection: Connection, idents: Iterable[str]) -> dict[str, int]:
    wanted = sorted(set(idents))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(article.c.ident, article.c.id).where(article.c.ident.in_(wanted[start : start + _CHUNK]))
        found.update({row.ident: row.id for row in connection.execute(query)})
    return found


def signed(value: int) -> int:
    """Return an unsigned 64-bit number as the signed one with the same bits: databases have no other."""
    return value - WRAP if value >= _HALF else value
