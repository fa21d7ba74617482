"""Stories: the places of articles that reading versions found, decisions of people, and parts of both.

`StoryBook` is all of it; a part holds enough to list some stories without reading all memberships.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from tracker.errors import NotKnown
from tracker.model.story import CopyPair, Decision, Home, StoryBook, StoryDecisionKind, StoryPostings, StoryReading
from tracker.model.version import Version

from . import blobs
from .addresses import no_article, prefix_end
from .archive import Archive
from .articles import JOIN_STORY
from .codec import row_to_value
from .database.connection import Connection, Row, Statement, Values, from_ms
from .versions import SELECT_VERSION, versions_of

_RECENT: Final = f"""
{SELECT_VERSION} JOIN story_home home ON home.article_id = a.id
WHERE v.n = a.versions AND a.first_seen_at >= :since ORDER BY a.first_seen_at DESC, a.id DESC LIMIT :most
"""
_NEWEST: Final = f"{SELECT_VERSION} WHERE a.ident IN (:idents) AND (v.n > a.versions - :most"
SELECT_HOME: Final = """
SELECT home.article_id, home.story, home.score, home.is_copy, home.reasons, a.ident
FROM story_home home JOIN article a ON a.id = home.article_id
"""
# Lists in JSON, both ways: a batch has a thousand marks, which are slow as so many parameters, and as so many rows.
_MARKED: Final = Statement(
    sqlite="""
SELECT json_group_array(mark) AS marks, json_group_array(article_id) AS articles FROM story_mark
WHERE mark IN (SELECT value FROM json_each(:marks))""",
    postgresql="""
SELECT coalesce(json_agg(mark), '[]')::text AS marks, coalesce(json_agg(article_id), '[]')::text AS articles
FROM story_mark WHERE mark IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:marks AS json)))""",
)
_LEAST: Final = """
SELECT a.id, a.ident, home.least FROM article a JOIN story_home home ON home.article_id = a.id WHERE a.id IN (:ids)
"""
SELECT_NAMED: Final = "SELECT m.id, a.ident, m.name FROM story m JOIN article a ON a.id = m.article_id"
_COPIES: Final = """
SELECT first.ident AS first, second.ident AS second, c.contained, c.reason
FROM story_copy c JOIN article first ON first.id = c.first_id JOIN article second ON second.id = c.second_id
WHERE first.ident IN (:idents) OR second.ident IN (:idents)
"""
_READ: Final = """
SELECT a.ident, a.id AS article_id, v.n, v.id, r.version_id IS NOT NULL OR t.version_id IS NOT NULL AS is_read
FROM version v JOIN article a ON a.id = v.article_id LEFT JOIN story_reading r ON r.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id AND t.parts = 'all'
WHERE a.ident IN (:idents) AND v.n IN (:numbers)
"""
_MOVE: Final = """
UPDATE story_home SET story = :story, score = :score, is_copy = :is_copy, reasons = :reasons, at = :at
WHERE article_id = :article_id
"""
_SHRINK: Final = "UPDATE story_home SET least = :least WHERE article_id = :article_id"
_SMALLEST: Final = "SELECT article_id, least FROM story_home WHERE article_id IN (:ids)"
_KNOWN: Final = "ON CONFLICT DO NOTHING"
_DECISIONS: Final = "SELECT at, by, verdict, story, articles, into_story FROM story_decision ORDER BY id"


def recent_versions(archive: Archive, since: datetime, limit: int) -> list[Version]:
    """Return the newest version of articles that were read for their stories and first seen since, newest first.

    The changes that led to them are left out.
    """
    with archive.read() as connection:
        return versions_of(connection, connection.all(_RECENT, since=since, most=limit), with_changes=False)


def newest_versions(
    archive: Archive, articles: Sequence[str], limit: int, *, with_first: bool = False
) -> dict[str, list[Version]]:
    """Return at most `limit` versions of each of `articles`, newest first; `with_first` adds the first version."""
    statement = f"{_NEWEST}{' OR v.n = 1' if with_first else ''}) ORDER BY a.id, v.n DESC"
    versions: dict[str, list[Version]] = {}
    with archive.read() as connection:
        rows = list(connection.of_each(statement, "idents", articles, most=limit))
        for version in versions_of(connection, rows):
            versions.setdefault(version.article, []).append(version)
    return versions


def homes_and_versions(
    archive: Archive, articles: Sequence[str], compared: Sequence[str], limit: int
) -> tuple[dict[str, Home], dict[str, list[Version]]]:
    """Return where `articles` are, and at most `limit` versions of each of `compared`, newest first, in one read."""
    with archive.read():
        homes = {home.article: home for home in list_homes(archive, articles)}
        return homes, newest_versions(archive, compared, limit)


def list_postings(archive: Archive, marks: Sequence[int]) -> StoryPostings:
    """Return the articles that have each of `marks`."""
    articles: defaultdict[int, list[str]] = defaultdict(list)
    with archive.read() as connection:
        (row,) = connection.all(_MARKED, marks=json.dumps(list(marks)))
        marked, ids = orjson.loads(row.marks), orjson.loads(row.articles)
        # An article has many of the marks, so that it is looked up once, not for each.
        known = list(connection.of_each(_LEAST, "ids", set(ids)))
    idents = {key: ident for key, ident, _ in known}
    for mark, key in zip(marked, ids, strict=True):
        if key in idents:
            articles[mark].append(idents[key])
    return StoryPostings(articles, {ident: least for _, ident, least in known})


def list_homes(archive: Archive, articles: Sequence[str]) -> list[Home]:
    """Return where the machine put these articles; nothing for those that were not read yet."""
    statement = f"{SELECT_HOME} WHERE a.ident IN (:idents) ORDER BY home.article_id"
    with archive.read() as connection:
        return [home_of(row) for row in connection.of_each(statement, "idents", articles)]


def list_decisions(archive: Archive) -> list[Decision]:
    """Return the decisions of people, oldest first."""
    with archive.read() as connection:
        return [
            row_to_value(Decision, row, articles=tuple(orjson.loads(row.articles)), into=row.into_story)
            for row in connection.all(_DECISIONS)
        ]


def list_copies(archive: Archive, articles: Sequence[str]) -> list[CopyPair]:
    """Return the pairs of copies that any of `articles` is part of."""
    with archive.read() as connection:
        found = {row_to_value(CopyPair, row) for row in connection.of_each(_COPIES, "idents", articles)}
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def get_story_book(archive: Archive) -> StoryBook:
    """Return all that is known of stories; the homes of articles that are alone are left out."""
    several = "SELECT story FROM story_home GROUP BY story HAVING count(*) > 1"
    with archive.read() as connection:
        homes = connection.all(f"{SELECT_HOME} WHERE home.story IN ({several}) ORDER BY home.article_id")
        return StoryBook(
            homes=tuple(home_of(row) for row in homes),
            named=tuple((row.ident, row.name) for row in connection.all(f"{SELECT_NAMED} ORDER BY m.id")),
            decisions=tuple(list_decisions(archive)),
        )


def save_readings(archive: Archive, readings: Sequence[StoryReading]) -> int:
    """Store the readings of versions for their stories, all or nothing; return how many were not stored before.

    Nothing is stored of a version that was taken down. Raises NotKnown where there is no such version.
    """
    with archive.write() as connection:
        blobs.lock_bases(connection, shared=True)  # a takedown holds it
        rows = connection.of_pairs(_READ, ((reading.article, reading.version) for reading in readings))
        known = {(row.ident, row.n): row for row in rows}
        unread: dict[int, tuple[int, int, StoryReading]] = {}
        for reading in readings:
            row = known.get((reading.article, reading.version))
            if row is None:
                raise NotKnown("no such version", resource=f"{reading.article}@{reading.version}")
            if not row.is_read:
                unread.setdefault(row.id, (row.article_id, row.id, reading))
        new = list(unread.values())
        read = [{"version_id": version_id, "at": each.at} for _, version_id, each in new]
        connection.insert_many("story_reading", read, _KNOWN)
        # In the order of the table: neighbours are on one page.
        marks = sorted({(mark, article_id) for article_id, _, each in new for mark in each.marks})
        marked = [{"mark": mark, "article_id": article_id} for mark, article_id in marks]
        connection.insert_many("story_mark", marked, _KNOWN)
        place_articles(connection, [(article_id, reading) for article_id, _, reading in new])
        # A pair found again takes the newer finding.
        found = {(pair.first, pair.second): (pair, each.at) for _, _, each in new for pair in each.copies}
        keys = _keys(connection, (ident for pair in found for ident in pair))
        copies = [
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
        connection.replace_many("story_copy", "first_id, second_id", copies)
        joins = [(reading.article, name) for _, _, reading in new for name in reading.joins]
        join_stories(connection, joins)
    return len(new)


def save_decision(
    archive: Archive, decision: Decision, joins: Sequence[tuple[str, str]] = (), leaves: Sequence[tuple[str, str]] = ()
) -> None:
    """Add a person's decision, and let articles join and leave named stories by it, in one transaction.

    `joins` and `leaves` are pairs of article and story. Raises NotKnown for an article that is not there.
    """
    with archive.write() as connection:
        connection.insert(
            "story_decision",
            at=decision.at,
            by=decision.by,
            verdict=decision.verdict,
            story=decision.story,
            articles=json.dumps(list(decision.articles)),
            into_story=decision.into,
        )
        keys = _keys(connection, (ident for ident, _ in leaves))
        for ident, name in leaves:
            if ident not in keys:
                raise no_article(ident)
            connection.run("DELETE FROM story WHERE article_id = :id AND name = :name", id=keys[ident], name=name)
            connection.insert("story_out", _KNOWN, article_id=keys[ident], name=name)
        join_stories(connection, joins, by_person=True)


# -- within the caller's transaction


def home_of(row: Row) -> Home:
    """Return the place of an article, for a row of its home and its ident."""
    return Home(row.ident, row.story, row.score, tuple(orjson.loads(row.reasons)), bool(row.is_copy))


def forget(connection: Connection, article_id: int) -> None:
    """Delete quotes and marks of the text of an article, because some of it was taken down."""
    connection.run("DELETE FROM story_mark WHERE article_id = :article_id", article_id=article_id)
    connection.run("UPDATE story_home SET reasons = '[]' WHERE article_id = :article_id", article_id=article_id)


def place_articles(connection: Connection, readings: Sequence[tuple[int, StoryReading]]) -> None:
    """Put articles into the stories that the readings found; one that was never read before becomes a story itself.

    Each reading comes with the number of its article.
    """
    stored = {row.article_id: row.least for row in connection.of_each(_SMALLEST, "ids", {key for key, _ in readings})}
    least = dict(stored)
    homes: dict[str, tuple[Home, datetime]] = {}
    for article_id, reading in readings:
        homes |= {home.article: (home, reading.at) for home in reading.homes}
        if article_id not in least:
            homes.setdefault(reading.article, (Home(reading.article, reading.article), reading.at))
        least[article_id] = min(least.get(article_id, reading.size), reading.size)
    keys = _keys(connection, homes)
    rows: dict[int, Values] = {}
    for ident, (home, at) in homes.items():
        # Articles that are gone by now have no row.
        if ident in keys:
            rows[keys[ident]] = {
                "article_id": keys[ident],
                "story": home.story,
                "score": home.score,
                "is_copy": home.copy,
                "reasons": json.dumps(list(home.reasons), ensure_ascii=False),
                "at": at,
            }
    own = [row | {"least": least[key]} for key, row in rows.items() if key in least]
    connection.replace_many("story_home", "article_id", own)
    connection.run_many(_MOVE, [row for key, row in rows.items() if key not in least])
    smaller = [key for key, size in stored.items() if key not in rows and least[key] < size]
    connection.run_many(_SHRINK, [{"article_id": key, "least": least[key]} for key in smaller])


def join_stories(connection: Connection, joins: Iterable[tuple[str, str]], *, by_person: bool = False) -> None:
    """Put articles into named stories; those a person took out stay out, unless a person brings them back."""
    wanted = list(joins)
    keys = _keys(connection, (ident for ident, _ in wanted))
    for ident, name in wanted:
        if ident not in keys:
            raise no_article(ident)
        if by_person:
            connection.run("DELETE FROM story_out WHERE article_id = :id AND name = :name", id=keys[ident], name=name)
        connection.run(JOIN_STORY, article_id=keys[ident], name=name)


def _keys(connection: Connection, idents: Iterable[str]) -> dict[str, int]:
    statement = "SELECT ident, id FROM article WHERE ident IN (:idents)"
    return {row.ident: row.id for row in connection.of_each(statement, "idents", sorted(set(idents)))}


# -- parts of the story book

_IN_A_STORY: Final = """
(EXISTS (SELECT 1 FROM story m WHERE m.article_id = a.id)
  OR EXISTS (SELECT 1 FROM story_home home JOIN story_home other ON other.story = home.story
    AND other.article_id <> home.article_id WHERE home.article_id = a.id))
"""
# Two walks along one index: articles that have no version yet count from when they were first seen.
_LAST_CHANGED: Final = f"""
SELECT ident, at FROM (
  SELECT * FROM (SELECT a.ident, a.last_change_at AS at FROM article a
    WHERE a.last_change_at <= :until AND {_IN_A_STORY} ORDER BY a.last_change_at DESC LIMIT :most) changed
  UNION ALL
  SELECT * FROM (SELECT a.ident, a.first_seen_at AS at FROM article a
    WHERE a.last_change_at IS NULL AND a.first_seen_at <= :until AND {_IN_A_STORY}
    ORDER BY a.first_seen_at DESC LIMIT :most) waiting
) newest ORDER BY at DESC LIMIT :most
"""
_NAMES: Final = Statement(
    sqlite="SELECT name FROM story GROUP BY name ORDER BY name LIMIT :most",
    postgresql='SELECT name FROM story GROUP BY name ORDER BY name COLLATE "C" LIMIT :most',
)
_COUNT_NAMED: Final = """
SELECT count(*) AS members, count(DISTINCT name) AS stories, count(CASE WHEN length(name) = 12 THEN 1 END) AS like_ids
FROM story
"""
_COUNT_FOUND: Final = """
SELECT coalesce(sum(members), 0) AS members, count(*) AS stories
FROM (SELECT count(*) AS members FROM story_home GROUP BY story HAVING count(*) > 1) found
"""
# A story without a name is lost where its articles are in one named story: that takes the rest. Where they are in
# several, it keeps the articles that are in none of them.
_COUNT_LOST: Final = """
SELECT count(*) FROM (
  SELECT home.story, count(*) AS members, min(m.lowest) AS lowest, max(m.highest) AS highest
  FROM (SELECT article_id, min(name) AS lowest, max(name) AS highest FROM story GROUP BY article_id) m
    JOIN story_home home ON home.article_id = m.article_id
  GROUP BY home.story) mixed
WHERE (SELECT count(*) FROM story_home found WHERE found.story = mixed.story) > 1 AND (mixed.lowest = mixed.highest
  OR (SELECT count(*) FROM story_home found WHERE found.story = mixed.story) - mixed.members < 2)
"""
_BEGINNING: Final = "SELECT DISTINCT story FROM story_home WHERE story >= :beginning AND story < :beyond"
_LIKE_IDS: Final = "SELECT DISTINCT name FROM story WHERE length(name) = 12"


@dataclass(frozen=True, slots=True)
class StoryCounts:
    """Counts of stories that have a name or several articles, and of memberships in them, before decisions are applied.

    `names_like_ids` have as many characters as the id of an article; they may be ids, which `stories` ignores.
    """

    memberships: int
    stories: int
    names_like_ids: tuple[str, ...]


def count_stories(archive: Archive) -> StoryCounts:
    """Count stories and memberships in the database."""
    with archive.read() as connection:
        (named,), (found,) = connection.all(_COUNT_NAMED), connection.all(_COUNT_FOUND)
        lost = connection.number(_COUNT_LOST) if named.members and found.members else 0
        like_ids = tuple(connection.column(str, _LIKE_IDS)) if named.like_ids else ()
    return StoryCounts(named.members + int(found.members), named.stories + found.stories - lost, like_ids)


def newest_story_articles(archive: Archive, limit: int, until: datetime | None = None) -> list[tuple[str, datetime]]:
    """Return the articles of stories that changed last, until a time, each with when; decisions are not applied."""
    with archive.read() as connection:
        rows = connection.all(_LAST_CHANGED, most=limit, until=until or datetime.max.replace(tzinfo=UTC))
        return [(row.ident, from_ms(row.at)) for row in rows]


def first_story_names(archive: Archive, limit: int) -> list[str]:
    """Return the first names of stories, in the order of their code points."""
    with archive.read() as connection:
        return connection.column(str, _NAMES, most=limit)


def story_names_like(archive: Archive, wanted: str, *, with_ids: bool) -> list[str]:
    """Return the names of stories that are `wanted` but for case, and with `with_ids` the ids that begin with it."""
    with archive.read() as connection:
        named = connection.column(str, "SELECT DISTINCT name FROM story")
        names = [name for name in named if name.casefold() == wanted.casefold()]
        if with_ids:
            names += connection.column(str, _BEGINNING, beginning=wanted, beyond=prefix_end(wanted))
    return names


def get_story_book_of(archive: Archive, articles: Iterable[str] = (), stories: Iterable[str] = ()) -> StoryBook:
    """Return the book of `stories`, of those of `articles`, and of all that share articles or decisions with them.

    These are the same after decisions as they are in the whole book.
    """
    with archive.read() as connection:
        return _connected(connection, list_decisions(archive), set(articles), set(stories))


def get_decided_story_book(archive: Archive, stories: Iterable[str] = ()) -> StoryBook:
    """Return the book of `stories` and of those that people decided about, as `get_story_book_of` does."""
    with archive.read() as connection:
        decisions = list_decisions(archive)
        decided = {story for each in decisions for story in _stories_of(each)}
        members = {article for each in decisions for article in each.articles}
        return _connected(connection, decisions, members, decided.union(stories))


def _connected(
    connection: Connection, decisions: Sequence[Decision], articles: set[str], stories: set[str]
) -> StoryBook:
    """Follow articles to their stories and stories to their articles until nothing new is found."""
    # The places of the decisions about each article, and about each story.
    by_article: defaultdict[str, list[int]] = defaultdict(list)
    by_story: defaultdict[str, list[int]] = defaultdict(list)
    for at, decision in enumerate(decisions):
        for article in decision.articles:
            by_article[article].append(at)
        for story in _stories_of(decision):
            by_story[story].append(at)
    homes: dict[int, Home] = {}
    named: dict[int, tuple[str, str]] = {}
    taken: set[int] = set()
    seen_articles: set[str] = set()
    seen_stories: set[str] = set()
    while articles or stories:
        seen_articles |= articles
        seen_stories |= stories
        unplaced = articles.difference(home.article for home in homes.values())
        for name, column, wanted in (("idents", "a.ident", unplaced), ("stories", "home.story", stories)):
            for row in connection.of_each(f"{SELECT_HOME} WHERE {column} IN (:{name})", name, sorted(wanted)):
                if row.article_id not in homes:
                    homes[row.article_id] = home_of(row)
        for name, column, wanted in (("idents", "a.ident", articles), ("names", "m.name", stories)):
            for row in connection.of_each(f"{SELECT_NAMED} WHERE {column} IN (:{name})", name, sorted(wanted)):
                named[row.id] = (row.ident, row.name)
        new = {at for each in articles for at in by_article[each]} | {at for each in stories for at in by_story[each]}
        taken |= new
        articles = {home.article for home in homes.values()} | {article for article, _ in named.values()}
        articles = articles.union(*(decisions[at].articles for at in new)) - seen_articles
        stories = {home.story for home in homes.values()} | {name for _, name in named.values()}
        stories = stories.union(*(_stories_of(decisions[at]) for at in new)) - seen_stories
    sizes = Counter(home.story for home in homes.values())
    return StoryBook(
        homes=tuple(home for _, home in sorted(homes.items(), key=lambda pair: pair[0]) if sizes[home.story] > 1),
        named=tuple(pair for _, pair in sorted(named.items())),
        decisions=tuple(decisions[at] for at in sorted(taken)),
    )


def _stories_of(decision: Decision) -> tuple[str, ...]:
    both = decision.verdict in {StoryDecisionKind.SPLIT, StoryDecisionKind.MERGE}
    return (decision.story, decision.into) if both else (decision.story,)
