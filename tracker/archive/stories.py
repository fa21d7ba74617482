"""Stories: which versions are still to be read for them, what reading came to, what a person decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, exists, func, insert, or_, select

from tracker.archive import versions
from tracker.archive.database.base import upsert
from tracker.archive.schema import stories as story_tables
from tracker.archive.schema.core import article, story, version
from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.stories import decision, home, mark
from tracker.errors import NotKnown
from tracker.model import CopyPair, Decision, Home, StoryBook, StoryPosting

from . import story_rows as story_marks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.archive.opening import Archive
    from tracker.model import StoryReading, Version

_reading, _copy = story_tables.reading, story_tables.copy
_article = article
_first, _second = article.alias("first"), article.alias("second")
_SLACK: Final = 10_000
"""So far behind the last version that was read is looked again: on PostgreSQL numbers may come out of order."""

_CHUNK: Final = 400
_HOMES: Final = select(home.c.story, home.c.score, home.c.is_copy, home.c.reasons, article.c.ident).join(
    article, article.c.id == home.c.article_id
)
_POSTINGS: Final = (
    select(mark.c.mark, article.c.ident, home.c.least)
    .join(article, article.c.id == mark.c.article_id)
    .join(home, home.c.article_id == mark.c.article_id)
    .where(mark.c.mark.in_(bindparam("marks", expanding=True)))
)
_PAIRS: Final = (
    select(_first.c.ident.label("one"), _second.c.ident.label("other"), _copy.c.contained, _copy.c.reason)
    .join(_first, _first.c.id == _copy.c.first_id)
    .join(_second, _second.c.id == _copy.c.second_id)
)


def unread_versions(archive: Archive, limit: int = 50) -> list[Version]:
    """Return versions that were not read for their stories yet, oldest first; what was taken out is passed over."""
    with archive.database.read() as connection:
        newest = connection.scalar(select(func.max(_reading.c.version_id))) or 0
        unread = ~exists().where(_reading.c.version_id == version.c.id)
        there = or_(tombstone.c.parts.is_(None), tombstone.c.parts != versions.ALL)
        query = versions.VERSIONS.where(version.c.id > newest - _SLACK, unread, there).order_by(version.c.id)
        return versions.load(connection, connection.execute(query.limit(limit)).all())


def recent_versions(archive: Archive, since: datetime, limit: int) -> list[Version]:
    """Return the newest version of articles that were read for their stories and first seen since, newest first."""
    query = (
        versions.VERSIONS.join(home, home.c.article_id == article.c.id)
        .where(version.c.n == article.c.versions, article.c.first_seen_at >= since)
        .order_by(article.c.first_seen_at.desc(), article.c.id.desc())
        .limit(limit)
    )
    with archive.database.read() as connection:
        return versions.load(connection, connection.execute(query).all())


def list_postings(archive: Archive, marks: Sequence[int]) -> list[StoryPosting]:
    """Return the articles that each of *marks* stands in."""
    wanted = [story_marks.signed(each) for each in marks]
    found: list[StoryPosting] = []
    with archive.database.read() as connection:
        for start in range(0, len(wanted), _CHUNK):
            rows = connection.execute(_POSTINGS, {"marks": wanted[start : start + _CHUNK]})
            found += [StoryPosting(row.mark % story_marks.WRAP, row.ident, row.least) for row in rows]
    return found


def save_reading(archive: Archive, reading: StoryReading) -> bool:
    """Keep what reading a version for its story came to, all or nothing; False where it was kept before.

    Raises NotKnown where there is no such version.
    """
    with archive.database.write() as connection:
        found = connection.execute(story_marks.numbered(reading.article, reading.version)).first()
        if found is None:
            raise NotKnown("no such version", resource=f"{reading.article}@{reading.version}")
        row = {"version_id": found.version, "at": reading.at}
        made = upsert(connection, _reading, row, on=(_reading.c.version_id,)).returning(_reading.c.version_id)
        if connection.execute(made).one_or_none() is None:
            return False
        story_marks.settle_home(connection, found.article, reading)
        story_marks.post(connection, found.article, reading)
        story_marks.pair(connection, reading)
        story_marks.join(connection, [(reading.article, name) for name in reading.joins])
        return True


def get_story_book(archive: Archive) -> StoryBook:
    """Return all that is known of stories; the homes of articles that are alone are left out."""
    with archive.database.read() as connection:
        several = select(home.c.story).group_by(home.c.story).having(func.count() > 1)
        rows = connection.execute(_HOMES.where(home.c.story.in_(several)).order_by(home.c.article_id))
        named = select(article.c.ident, story.c.name).join(article, article.c.id == story.c.article_id)
        said = select(decision).order_by(decision.c.id)
        return StoryBook(
            homes=tuple(story_marks.to_home(row) for row in rows),
            named=tuple((row.ident, row.name) for row in connection.execute(named.order_by(story.c.id))),
            decisions=tuple(story_marks.to_decision(row) for row in connection.execute(said)),
        )


def list_homes(archive: Archive, articles: Sequence[str]) -> list[Home]:
    """Return where the machine put these articles; nothing for those that were not read yet."""
    found: list[Home] = []
    with archive.database.read() as connection:
        for start in range(0, len(articles), _CHUNK):
            mine = article.c.ident.in_(articles[start : start + _CHUNK])
            rows = connection.execute(_HOMES.where(mine).order_by(home.c.article_id))
            found += [story_marks.to_home(row) for row in rows]
    return found


def list_decisions(archive: Archive) -> list[Decision]:
    """Return what persons decided, oldest first."""
    with archive.database.read() as connection:
        rows = connection.execute(select(decision).order_by(decision.c.id))
        return [story_marks.to_decision(row) for row in rows]


def newest_versions(archive: Archive, article: str, limit: int) -> list[Version]:
    """Return at most *limit* versions of an article, newest first."""
    query = versions.VERSIONS.where(_article.c.ident == article).order_by(version.c.n.desc()).limit(limit)
    with archive.database.read() as connection:
        return versions.load(connection, connection.execute(query).all())


def list_copies(archive: Archive, articles: Sequence[str]) -> list[CopyPair]:
    """Return the pairs of copies that any of *articles* is part of."""
    found: dict[tuple[str, str], CopyPair] = {}
    with archive.database.read() as connection:
        for start in range(0, len(articles), _CHUNK):
            some = articles[start : start + _CHUNK]
            query = _PAIRS.where(or_(_first.c.ident.in_(some), _second.c.ident.in_(some)))
            for row in connection.execute(query):
                found[row.one, row.other] = CopyPair(row.one, row.other, row.contained, row.reason)
    return [found[key] for key in sorted(found)]


def save_decision(
    archive: Archive, said: Decision, joins: Sequence[tuple[str, str]] = (), leaves: Sequence[tuple[str, str]] = ()
) -> None:
    """Add a person's decision, and let articles join and leave named stories by it, in one transaction.

    *joins* and *leaves* are pairs of article and story. Raises NotKnown for an article that is not there.
    """
    with archive.database.write() as connection:
        row = {
            "at": said.at,
            "by": said.by,
            "verdict": said.verdict,
            "story": said.story,
            "articles": json.dumps(list(said.articles)),
            "into_story": said.into,
        }
        connection.execute(insert(decision), row)
        story_marks.leave(connection, leaves)
        story_marks.join(connection, joins, back=True)
