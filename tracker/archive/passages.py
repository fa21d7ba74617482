"""Passages: each paragraph of an article once, with the versions it stood in, for the index of search."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select

from tracker.archive.schema.core import article, version
from tracker.archive.schema.search import passage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, column, delete, func, insert, table, text, update

from tracker.archive import blobs, codec
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.readings import STANDS, TEXT, reading
from tracker.model import Article

from .search_hits import text_at, texts
from .search_words import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.archive.database.connection import Connection

_CHUNK: Final = 20

fts: Final = table("fts_passage", column("rowid"), column("words"))
_STANDING: Final = Prepared(
    select(passage.c.id, passage.c.digest).where(passage.c.article_id == bindparam("owner"), passage.c.last_n.is_(None))
)
_LAST: Final = Prepared(select(func.max(passage.c.id).label("id")))
_NEW: Final = Prepared(insert(passage), ("id", "article_id", "first_n", "block", "digest"))
_WORDS: Final = Prepared(insert(fts), ("rowid", "words"))
_CLOSE: Final = Prepared(update(passage).where(passage.c.id == bindparam("row")), ("last_n",))
_MOVE_ON: Final = """
WITH closed AS (
  UPDATE passage SET last_n = %(last)s WHERE id = ANY(%(gone)s::bigint[])
), given AS (
  SELECT * FROM unnest(%(blocks)s::smallint[], %(digests)s::bigint[], %(words)s::text[]) AS g(block, digest, words)
), made AS (
  INSERT INTO passage (article_id, first_n, block, digest) SELECT %(owner)s, %(n)s, block, digest FROM given
  RETURNING id, block
)
INSERT INTO fts_passage (rowid, words)
SELECT made.id, to_tsvector('simple', given.words) FROM made JOIN given USING (block)"""
"""For PostgreSQL, where each statement is a journey, as is the one before."""
_CONTENTS: Final = (
    select(version.c.n, TEXT.label("content_id"))
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .outerjoin(reading, STANDS)
    .where(version.c.article_id == bindparam("owner"), tombstone.c.parts.is_distinct_from("all"))
    .order_by(version.c.n)
)


def standing(connection: Connection, owner: int) -> Callable[[], list[Any]]:
    """Ask for the passages of article row *owner* that stand: their rows' numbers, and their digests."""
    return _STANDING.ask_plain(connection, {"owner": owner})


def enter(
    connection: Connection, owner: int, n: int, previous: int, content: Article, before: Sequence[Any] = ()
) -> None:
    """Bring the passages of article row *owner* from version *previous*, where those *before* stood, to version *n*."""
    stood: defaultdict[int, list[int]] = defaultdict(list)
    for key, digest in before:
        stood[digest].append(key)
    new: list[tuple[int, int, str]] = []
    for block, each in texts(content):
        digest = _digest(each)
        if stood[digest]:
            stood[digest].pop()
        else:
            new.append((block, digest, fold(each)))
    gone = [key for keys in stood.values() for key in keys]
    if not new and not gone:
        return
    if connection.dialect.name == "sqlite":
        first = (_LAST.first(connection, {}).id or 0) + 1
        _NEW.run_plain(
            connection, [(key, owner, n, block, digest) for key, (block, digest, _) in enumerate(new, first)]
        )
        _WORDS.run_plain(connection, [(key, words) for key, (_, _, words) in enumerate(new, first)])
        _CLOSE.run_plain(connection, [(previous, key) for key in gone])
    else:
        blocks, digests, words = ([each[place] for each in new] for place in range(3))
        given = {"owner": owner, "n": n, "blocks": blocks, "digests": digests, "words": words, "gone": gone}
        connection.connection.cursor().execute(_MOVE_ON, {**given, "last": previous})


def forget(connection: Connection, owner: int) -> None:
    """Take the passages of article row *owner* out of the index; its texts must still be there."""
    rows = connection.execute(select(passage).where(passage.c.article_id == owner)).all()
    if connection.dialect.name == "sqlite":
        contents = dict(_contents(connection, owner))
        for row in rows:
            # An index without texts of its own must be told what it is to forget.
            words = fold(text_at(contents[row.first_n], row.block))
            connection.execute(
                text("INSERT INTO fts_passage(fts_passage, rowid, words) VALUES ('delete', :key, :words)"),
                {"key": row.id, "words": words},
            )
    else:
        connection.execute(
            delete(fts).where(fts.c.rowid.in_(select(passage.c.id).where(passage.c.article_id == owner)))
        )
    connection.execute(delete(passage).where(passage.c.article_id == owner))


def rebuild(connection: Connection, owner: int) -> None:
    """Enter all versions of article row *owner* that were not taken out, one after the other."""
    previous = 0
    for n, content in _contents(connection, owner):
        enter(connection, owner, n, previous, content, standing(connection, owner)())
        previous = n


def compact(connection: Connection) -> None:
    """Write the index anew, without what it was told to forget."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO fts_passage(fts_passage) VALUES ('optimize')"))


def _contents(connection: Connection, owner: int) -> Iterator[tuple[int, Article]]:
    rows = connection.execute(_CONTENTS, {"owner": owner}).all()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        raw = blobs.read(connection, [row.content_id for row in chunk])
        for row in chunk:
            yield row.n, codec.load(Article, raw[row.content_id])


def _digest(each: str) -> int:
    digest = hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


_ENDED: Final = (
    select(
        article.c.ident,
        article.c.published_at,
        passage.c.first_n,
        passage.c.last_n,
        passage.c.digest,
        version.c.seen_at,
    )
    .join(article, article.c.id == passage.c.article_id)
    .join(version, and_(version.c.article_id == passage.c.article_id, version.c.n == passage.c.first_n))
)


def stood_since(archive: Archive, gone: Mapping[tuple[str, int], Sequence[str]]) -> dict[tuple[str, int], datetime]:
    """Return since when paragraphs had stood that a version took away: the earliest of its *gone* texts.

    Keys are articles with the number of that version. What stood in the first version already stood since the
    outlet published it, where it says when. Versions whose texts are not found are left out.
    """
    if not gone:
        return {}
    query = _ENDED.where(or_(*(and_(article.c.ident == ident, passage.c.last_n == n - 1) for ident, n in gone)))
    found: dict[tuple[str, int], datetime] = {}
    with archive.database.read() as connection:
        for row in connection.execute(query):
            key = (row.ident, row.last_n + 1)
            if row.digest not in {_digest(text) for text in gone.get(key, ())}:
                continue
            since = row.seen_at
            if row.first_n == 1 and row.published_at is not None:
                since = min(since, row.published_at)
            found[key] = min(found.get(key, since), since)
    return found
