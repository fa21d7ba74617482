"""Stories: which versions are still to be read for them, what reading came to, what people decided."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.errors import NotKnown
from tracker.model.story import CopyPair, StoryBook, StoryPostings

from . import story_rows
from .database.connection import Statement, insert_into
from .records import record
from .versions import SELECT_VERSION, versions_of

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.story import Decision, Home, StoryReading
    from tracker.model.version import Version

    from .database.connection import Connection, Row

# Unread versions are searched this far behind the last one read on PostgreSQL, where rows commit out of order.
UNREAD_LOOK_BACK_ROWS: Final = 10_000

_UNREAD_TO_THE_END: Final = "AND (t.parts IS NULL OR t.parts <> 'all') ORDER BY v.id LIMIT :most"
_UNREAD: Final = Statement(
    sqlite=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) FROM story_reading) {_UNREAD_TO_THE_END}""",
    postgresql=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) - {UNREAD_LOOK_BACK_ROWS} FROM story_reading)
  AND NOT EXISTS (SELECT 1 FROM story_reading read_before WHERE read_before.version_id = v.id) {_UNREAD_TO_THE_END}""",
)
_RECENT: Final = f"""
{SELECT_VERSION} JOIN story_home home ON home.article_id = a.id
WHERE v.n = a.versions AND a.first_seen_at >= :since ORDER BY a.first_seen_at DESC, a.id DESC LIMIT :most
"""
_NEWEST: Final = f"{SELECT_VERSION} WHERE a.ident IN (:idents) AND v.n > a.versions - :most ORDER BY a.id, v.n DESC"
_FIRST_AND_NEWEST: Final = f"""
{SELECT_VERSION} WHERE a.ident IN (:idents) AND (v.n = 1 OR v.n = a.versions) ORDER BY a.id, v.n DESC
"""
_HOMES: Final = """
SELECT home.story, home.score, home.is_copy, home.reasons, a.ident
FROM story_home home JOIN article a ON a.id = home.article_id
"""
_MARKED: Final = "SELECT mark, article_id FROM story_mark WHERE mark IN (:marks)"
_LEAST: Final = """
SELECT a.id, a.ident, home.least FROM article a JOIN story_home home ON home.article_id = a.id WHERE a.id IN (:ids)
"""
_NAMED: Final = "SELECT a.ident, m.name FROM story m JOIN article a ON a.id = m.article_id ORDER BY m.id"
_COPIES: Final = """
SELECT first.ident AS first, second.ident AS second, c.contained, c.reason
FROM story_copy c JOIN article first ON first.id = c.first_id JOIN article second ON second.id = c.second_id
WHERE first.ident IN (:idents) OR second.ident IN (:idents)
"""
_READ: Final = """
SELECT a.ident, a.id AS article_id, v.n, v.id, r.version_id IS NOT NULL AS is_read
FROM version v JOIN article a ON a.id = v.article_id LEFT JOIN story_reading r ON r.version_id = v.id
WHERE a.ident IN (:idents) AND v.n IN (:numbers)
"""
_DECIDE: Final = insert_into("story_decision", ("at", "by", "verdict", "story", "articles", "into_story"))


def unread_versions(archive: Archive, limit: int = 50) -> list[Version]:
    """Return versions that were not read for their stories yet, oldest first; what was taken out is passed over."""
    with archive.read() as connection:
        return versions_of(connection, connection.all(_UNREAD, most=limit))


def has_unread_versions(archive: Archive) -> bool:
    """Return whether any version was not read for its stories yet."""
    with archive.read() as connection:
        return bool(connection.all(_UNREAD, most=1))


def recent_versions(archive: Archive, since: datetime, limit: int) -> list[Version]:
    """Return the newest version of articles that were read for their stories and first seen since, newest first."""
    with archive.read() as connection:
        return versions_of(connection, connection.all(_RECENT, since=since, most=limit))


def newest_versions(archive: Archive, articles: Sequence[str], limit: int) -> dict[str, list[Version]]:
    """Return at most *limit* versions of each of *articles*, newest first."""
    with archive.read() as connection:
        return _by_article(connection, connection.of_each(_NEWEST, "idents", articles, most=limit))


def first_and_newest_versions(archive: Archive, articles: Sequence[str]) -> dict[str, list[Version]]:
    """Return the newest version of each of *articles*, and the first one where that is another."""
    with archive.read() as connection:
        return _by_article(connection, connection.of_each(_FIRST_AND_NEWEST, "idents", articles))


def _by_article(connection: Connection, rows: Iterable[Row]) -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for version in versions_of(connection, list(rows)):
        versions.setdefault(version.article, []).append(version)
    return versions


def homes_and_versions(
    archive: Archive, articles: Sequence[str], compared: Sequence[str], limit: int
) -> tuple[dict[str, Home], dict[str, list[Version]]]:
    """Return where *articles* are, and at most *limit* versions of each of *compared*, newest first, in one read."""
    with archive.read() as connection:
        homes = [
            story_rows.home_of(row)
            for row in connection.of_each(f"{_HOMES} WHERE a.ident IN (:idents)", "idents", articles)
        ]
        versions = _by_article(connection, connection.of_each(_NEWEST, "idents", compared, most=limit))
    return {home.article: home for home in homes}, versions


def list_postings(archive: Archive, marks: Sequence[int]) -> StoryPostings:
    """Return the articles that each of *marks* stands in."""
    articles: defaultdict[int, list[str]] = defaultdict(list)
    with archive.read() as connection:
        rows = list(connection.of_each(_MARKED, "marks", map(story_rows.signed, marks)))
        # An article has many of the marks, so that it is looked up once, not for each.
        ids = {article_id for _, article_id in rows}
        known = list(connection.of_each(_LEAST, "ids", ids))
    idents = {key: ident for key, ident, _ in known}
    for mark, key in rows:
        if key in idents:
            articles[story_rows.unsigned(mark)].append(idents[key])
    return StoryPostings(articles, {ident: least for _, ident, least in known})


def list_homes(archive: Archive, articles: Sequence[str]) -> list[Home]:
    """Return where the machine put these articles; nothing for those that were not read yet."""
    statement = f"{_HOMES} WHERE a.ident IN (:idents) ORDER BY home.article_id"
    with archive.read() as connection:
        return [story_rows.home_of(row) for row in connection.of_each(statement, "idents", articles)]


def list_decisions(archive: Archive) -> list[Decision]:
    """Return what people decided, oldest first."""
    with archive.read() as connection:
        return story_rows.decisions(connection)


def list_copies(archive: Archive, articles: Sequence[str]) -> list[CopyPair]:
    """Return the pairs of copies that any of *articles* is part of."""
    with archive.read() as connection:
        found = {record(CopyPair, row) for row in connection.of_each(_COPIES, "idents", articles)}
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def get_story_book(archive: Archive) -> StoryBook:
    """Return all that is known of stories; the homes of articles that are alone are left out."""
    several = "SELECT story FROM story_home GROUP BY story HAVING count(*) > 1"
    with archive.read() as connection:
        homes = connection.all(f"{_HOMES} WHERE home.story IN ({several}) ORDER BY home.article_id")
        return StoryBook(
            homes=tuple(story_rows.home_of(row) for row in homes),
            named=tuple((row.ident, row.name) for row in connection.all(_NAMED)),
            decisions=tuple(story_rows.decisions(connection)),
        )


def save_readings(archive: Archive, readings: Sequence[StoryReading]) -> int:
    """Store what reading versions for their stories came to, all or nothing; return how many were not stored before.

    Raises NotKnown where there is no such version.
    """
    with archive.write() as connection:
        new = _not_stored(connection, readings)
        story_rows.add_readings(connection, new)
        story_rows.place_articles(connection, [(article_id, reading) for article_id, _, reading in new])
        story_rows.add_copies(connection, [reading for _, _, reading in new])
        joins = [(reading.article, name) for _, _, reading in new for name in reading.joins]
        story_rows.join_stories(connection, joins)
    return len(new)


def _not_stored(connection: Connection, readings: Sequence[StoryReading]) -> list[tuple[int, int, StoryReading]]:
    """Return the readings of versions that were not read before, with the rows of their articles and versions."""
    numbers = sorted({reading.version for reading in readings})
    rows = connection.of_each(_READ, "idents", {reading.article for reading in readings}, numbers=numbers)
    known = {(row.ident, row.n): row for row in rows}
    new: dict[int, tuple[int, int, StoryReading]] = {}
    for reading in readings:
        row = known.get((reading.article, reading.version))
        if row is None:
            raise NotKnown("no such version", resource=f"{reading.article}@{reading.version}")
        if not row.is_read:
            new.setdefault(row.id, (row.article_id, row.id, reading))
    return list(new.values())


def save_decision(
    archive: Archive, decision: Decision, joins: Sequence[tuple[str, str]] = (), leaves: Sequence[tuple[str, str]] = ()
) -> None:
    """Add a person's decision, and let articles join and leave named stories by it, in one transaction.

    *joins* and *leaves* are pairs of article and story. Raises NotKnown for an article that is not there.
    """
    with archive.write() as connection:
        connection.run(
            _DECIDE,
            at=decision.at,
            by=decision.by,
            verdict=decision.verdict,
            story=decision.story,
            articles=json.dumps(list(decision.articles)),
            into_story=decision.into,
        )
        story_rows.leave_stories(connection, leaves)
        story_rows.join_stories(connection, joins, by_person=True)
