"""Rows of the tables to values of the model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import article, capture, source, story, version
from tracker.model import Tracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Row

    from tracker.archive.database.connection import Connection

ARTICLES: Final = (
    select(article, source.c.name.label("source"), capture.c.sha256.label("capture_sha256"))
    .join(source, source.c.id == article.c.source_id)
    .outerjoin(version, (version.c.article_id == article.c.id) & (version.c.n == article.c.versions))
    .outerjoin(capture, capture.c.version_id == version.c.id)
)
outlet: Final = source
source_id: Final = source.c.id
source_name: Final = source.c.name

_CHUNK: Final = 500
_FEW: Final = 25
"""Up to so many, asking for each costs less where no question is a journey."""
_STORIES: Final = (
    select(story.c.article_id, story.c.name)
    .where(story.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(story.c.id)
)
_STORIES_OF_ONE: Final = Prepared(
    select(story.c.name).where(story.c.article_id == bindparam("wanted")).order_by(story.c.id)
)


def stories(connection: Connection, keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the stories of each article row, in the order they were joined; no entry where there are none."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    if len(keys) <= _FEW and connection.dialect.name == "sqlite":
        for key in keys:
            for (name,) in _STORIES_OF_ONE.ask_plain(connection, {"wanted": key})():
                found[key] += (name,)
        return found
    for start in range(0, len(keys), _CHUNK):
        for key, name in connection.execute(_STORIES, {"ids": keys[start : start + _CHUNK]}):
            found[key] += (name,)
    return found


def tracked(connection: Connection, rows: Sequence[Row[Any]]) -> list[Tracked]:
    """Return articles for rows of ARTICLES."""
    names = stories(connection, [row.id for row in rows])
    return [
        Tracked(
            id=row.ident,
            source=row.source,
            url=row.url,
            host=row.host,
            first_seen_at=row.first_seen_at,
            state=row.state,
            next_check_at=row.next_check_at,
            last_check_at=row.last_check_at,
            last_seen_at=row.last_seen_at,
            last_change_at=row.last_change_at,
            checks=row.checks,
            versions=row.versions,
            failures=row.failures,
            etag=row.etag,
            last_modified=row.last_modified,
            signature=row.signature,
            title=row.title,
            feed_title=row.feed_title,
            stories=names.get(row.id, ()),
            published_at=row.published_at,
            told_at=row.told_at,
            touched_at=row.touched_at,
            listed_until=row.listed_until,
            capture_sha256=row.capture_sha256 or "",
        )
        for row in rows
    ]
