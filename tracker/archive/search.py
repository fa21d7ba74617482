"""Search: which paragraphs hold these words, and from when to when they were there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tracker.model.article import Article

from . import blobs, codec, passages
from .archive import Archive
from .articles import IN_STORY
from .codec import record
from .database.connection import Statement, where_all
from .passages import PLACES, Where, text_at


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A paragraph that was found, and how long it was part of its article.

    It was there from `first_version` to `last_version` (None while it is current): first seen at `since`, first seen
    gone at `until`. The fields are the keys of its JSON.
    """

    article: str
    source: str
    url: str
    title: str
    place: Literal["title", "dek", "text"]
    text: str
    first_version: int
    last_version: int | None
    since: datetime
    until: datetime | None


# SQLite's index has a hidden column of its own name, which stands for all of a row; PostgreSQL's is a plain table.
_MATCHES: Final = Statement(
    sqlite="f.fts_passage MATCH :query", postgresql="f.words @@ to_tsquery('simple'::regconfig, :query)"
)
_RANK: Final = Statement(
    sqlite="bm25(f.fts_passage)", postgresql="-ts_rank(f.words, to_tsquery('simple'::regconfig, :query))"
)
_OF_PASSAGE: Final = """
  JOIN article a ON a.id = p.article_id JOIN source s ON s.id = a.source_id
  JOIN version first ON first.article_id = a.id AND first.n = p.first_n
  LEFT JOIN version after ON after.article_id = a.id AND after.n = p.last_n + 1
"""
# Common words match a great many passages: what is shown of a passage is read for the chosen ones alone.
_SELECT: Final = f"""
SELECT p.block, p.first_n AS first_version, p.last_n AS last_version,
  a.ident AS article, a.url, a.title, s.name AS source, coalesce(r.content_id, first.content_id) AS content_id,
  first.seen_at AS since, after.seen_at AS until
FROM (
    SELECT f.rowid AS id, {{score}} AS score FROM fts_passage f {{joins}} {{where}} ORDER BY {{order}} LIMIT :most
  ) found JOIN passage p ON p.id = found.id {_OF_PASSAGE}
  LEFT JOIN reading r ON r.version_id = first.id AND r.superseded_at IS NULL
ORDER BY found.score, found.id DESC
"""


def search_passages(
    archive: Archive,
    query: str,
    *,
    where: Where = "all",
    source: str = "",
    story: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    ranked: bool = False,
    limit: int = 50,
) -> list[SearchHit]:
    """Return paragraphs that match, newest first, or best first where `ranked`.

    All words must be in one paragraph. `since` leaves out what was gone by then, `until` what came then or later.
    Raises UsageError for a query that cannot be understood.
    """
    asked = passages.parse(query)
    conditions = {
        "p.last_n IS NULL": where == "current",
        "p.last_n IS NOT NULL": where == "removed",
        "s.name = :source": source,
        IN_STORY: story,
        "(after.seen_at IS NULL OR after.seen_at > :since)": since,
        "first.seen_at < :until": until,
    }
    sqlite, postgresql = (
        _SELECT.format(
            score=rank if ranked else 0,
            order="score, f.rowid DESC" if ranked else "f.rowid DESC",
            joins=f"JOIN passage p ON p.id = f.rowid {_OF_PASSAGE}" if any(conditions.values()) else "",
            where=where_all({matches: True, **conditions}),
        )
        for matches, rank in zip(_MATCHES, _RANK, strict=True)
    )
    with archive.read() as connection:
        words = asked.sqlite if connection.is_sqlite else asked.postgres
        given = {"source": source, "story": story, "since": since, "until": until}
        rows = connection.all(Statement(sqlite, postgresql), query=words, **given, most=limit)
        contents = blobs.read(connection, [row.content_id for row in rows])
    articles = {key: codec.load(Article, text) for key, text in contents.items()}
    return [
        record(SearchHit, row, text=text_at(articles[row.content_id], row.block), place=PLACES.get(row.block, "text"))
        for row in rows
    ]


def reindex_passages(archive: Archive) -> int:
    """Make the index anew from the texts and return how many articles there were; one transaction an article."""
    with archive.write() as connection:
        passages.clear(connection)
        keys = connection.column(int, "SELECT id FROM article WHERE versions > 0")
    for key in keys:
        with archive.write() as connection:
            passages.rebuild(connection, key)
    return len(keys)
