"""Parts of the story book: enough of it to list some stories without reading all memberships."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tracker.model.story import Decision, Home, StoryBook, StoryDecisionKind

from .database.connection import Statement
from .identifiers import prefix_end
from .stories import SELECT_HOME, SELECT_NAMED, home_of, list_decisions
from .values import from_ms

if TYPE_CHECKING:
    from .archive import Archive
    from .database.connection import Connection

_IN_A_STORY: Final = """
(EXISTS (SELECT 1 FROM story m WHERE m.article_id = a.id)
  OR EXISTS (SELECT 1 FROM story_home home JOIN story_home other ON other.story = home.story
    AND other.article_id <> home.article_id WHERE home.article_id = a.id))
"""
# Two walks along one index: articles that have no version yet count from when they were first seen.
_NEWEST: Final = f"""
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
_ALL_NAMES: Final = "SELECT DISTINCT name FROM story"
_LIKE_IDS: Final = "SELECT DISTINCT name FROM story WHERE length(name) = 12"


@dataclass(frozen=True, slots=True)
class StoryCounts:
    """How many stories there are before decisions are applied.

    Attributes:
        memberships: rows that put an article into a story, of those with several articles or a name.
        stories: stories with a name or several articles.
        names_like_ids: names of as many characters as the id of an article; they may be ids, which `stories` ignores.
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
        rows = connection.all(_NEWEST, most=limit, until=until or datetime.max.replace(tzinfo=UTC))
        return [(row.ident, from_ms(row.at)) for row in rows]


def first_story_names(archive: Archive, limit: int) -> list[str]:
    """Return the first names of stories, by the numbers of their characters."""
    with archive.read() as connection:
        return connection.column(str, _NAMES, most=limit)


def story_names_like(archive: Archive, wanted: str) -> list[str]:
    """Return the names of stories that are `wanted` but for case."""
    with archive.read() as connection:
        return [name for name in connection.column(str, _ALL_NAMES) if name.casefold() == wanted.casefold()]


def story_ids_from(archive: Archive, beginning: str) -> list[str]:
    """Return the ids of stories that begin with these digits."""
    with archive.read() as connection:
        return connection.column(str, _BEGINNING, beginning=beginning, beyond=prefix_end(beginning))


def get_story_book_of(archive: Archive, articles: Iterable[str] = (), stories: Iterable[str] = ()) -> StoryBook:
    """Return what is known of `stories`, of those of `articles`, and of all that share articles or decisions with them.

    These are the same after decisions as they are in the whole book.
    """
    with archive.read() as connection:
        return _connected(connection, list_decisions(archive), set(articles), set(stories))


def get_decided_story_book(archive: Archive, articles: Iterable[str] = (), stories: Iterable[str] = ()) -> StoryBook:
    """Return what is known of the stories that people decided about, and the same as `get_story_book_of`."""
    with archive.read() as connection:
        decisions = list_decisions(archive)
        decided = {story for each in decisions for story in _stories_of(each)}
        members = {article for each in decisions for article in each.articles}
        return _connected(connection, decisions, members.union(articles), decided.union(stories))


def _connected(
    connection: Connection, decisions: Sequence[Decision], articles: set[str], stories: set[str]
) -> StoryBook:
    """Follow articles to their stories and stories to their articles until nothing new is found."""
    by_article, by_story = _decided(decisions)
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


def _decided(decisions: Sequence[Decision]) -> tuple[defaultdict[str, list[int]], defaultdict[str, list[int]]]:
    """Return the places of the decisions about each article, and about each story."""
    by_article: defaultdict[str, list[int]] = defaultdict(list)
    by_story: defaultdict[str, list[int]] = defaultdict(list)
    for at, decision in enumerate(decisions):
        for article in decision.articles:
            by_article[article].append(at)
        for story in _stories_of(decision):
            by_story[story].append(at)
    return by_article, by_story


def _stories_of(decision: Decision) -> tuple[str, ...]:
    both = decision.verdict in {StoryDecisionKind.SPLIT, StoryDecisionKind.MERGE}
    return (decision.story, decision.into) if both else (decision.story,)
