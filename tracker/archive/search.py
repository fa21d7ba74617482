"""Search: which paragraphs hold these words, and from when to when they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal_column, or_, select, text

from tracker.archive import blobs, codec, rows
from tracker.archive.schema.core import article, version
from tracker.archive.schema.readings import reading
from tracker.archive.schema.search import passage
from tracker.archive.values import clean_text
from tracker.model import Article

from . import passages, search_words
from .search_hits import PLACES, Hit, Where, text_at

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from tracker.archive.opening import Archive

__all__ = ["Hit", "Search", "Where"]

_first, _after = version.alias("first"), version.alias("after")


def search_passages(
    archive: Archive,
    query: str,
    *,
    where: Where = "all",
    source: str = "",
    since: datetime | None = None,
    ranked: bool = False,
    limit: int = 50,
) -> list[Hit]:
    """Return paragraphs that match, newest first, or best first where *ranked*.

    Words must all stand in one paragraph. *since* leaves out what was gone by then. Raises UsageError for a query
    that makes no sense.
    """
    found = _matching(archive, search_words.parse(query), ranked=ranked)
    if where != "all":
        found = found.where(passage.c.last_n.is_(None) == (where == "current"))
    if source:
        found = found.where(rows.source_name == clean_text(source))
    if since is not None:
        found = found.where(or_(_after.c.seen_at.is_(None), _after.c.seen_at > since))
    with archive.database.read() as connection:
        raw = connection.execute(found.limit(limit)).all()
        contents = blobs.read(connection, [row.content_id for row in raw])
    read = {key: codec.load(Article, text) for key, text in contents.items()}
    return [
        Hit(
            article=row.ident,
            source=row.source,
            url=row.url,
            title=row.title,
            text=text_at(read[row.content_id], row.block),
            place=PLACES.get(row.block, "text"),
            first=row.first_n,
            last=row.last_n,
            since=row.since,
            until=row.until,
        )
        for row in raw
    ]


def reindex_passages(archive: Archive) -> int:
    """Make the index anew from the texts and return how many articles there were; one transaction an article."""
    with archive.database.write() as connection:
        if archive.database.is_sqlite:
            connection.execute(text("INSERT INTO fts_passage(fts_passage) VALUES ('delete-all')"))
        else:
            connection.execute(text("TRUNCATE fts_passage"))
        connection.execute(passage.delete())
        keys = list(connection.scalars(select(article.c.id).where(article.c.versions > 0)))
    for key in keys:
        with archive.database.write() as connection:
            passages.rebuild(connection, key)
    return len(keys)


def _matching(archive: Archive, query: search_words.Query, *, ranked: bool) -> Select[Any]:
    fts = passages.fts
    if archive.database.is_sqlite:
        match: Any = literal_column("fts_passage").op("MATCH")(query.sqlite)
        rank: Any = literal_column("bm25(fts_passage)")
    else:
        asked = func.to_tsquery(literal_column("'simple'::regconfig"), query.postgres)
        match = fts.c.words.op("@@")(asked)
        rank = -func.ts_rank(fts.c.words, asked)
    found = (
        select(
            passage.c.block,
            passage.c.first_n,
            passage.c.last_n,
            article.c.ident,
            article.c.url,
            article.c.title,
            rows.source_name.label("source"),
            func.coalesce(reading.c.content_id, _first.c.content_id).label("content_id"),
            _first.c.seen_at.label("since"),
            _after.c.seen_at.label("until"),
        )
        .select_from(fts)
        .join(passage, passage.c.id == fts.c.rowid)
        .join(article, article.c.id == passage.c.article_id)
        .join(rows.outlet, article.c.source_id == rows.source_id)
        .join(_first, (_first.c.article_id == article.c.id) & (_first.c.n == passage.c.first_n))
        .outerjoin(reading, (reading.c.version_id == _first.c.id) & reading.c.superseded_at.is_(None))
        .outerjoin(_after, (_after.c.article_id == article.c.id) & (_after.c.n == passage.c.last_n + 1))
        .where(match)
    )
    return found.order_by(rank, fts.c.rowid.desc()) if ranked else found.order_by(fts.c.rowid.desc())
