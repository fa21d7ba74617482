"""Passages: each paragraph of an article once, with the versions it stood in, for the index of search."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, column, delete, func, insert, literal_column, select, table, text, update

from tracker.model import Article

from . import blobs, codec
from .base import insert_many
from .proof_tables import tombstone
from .search_tables import passage
from .tables import version
from .words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

TITLE: Final = -1
DEK: Final = -2
_CHUNK: Final = 20

fts: Final = table("fts_passage", column("rowid"), column("words"))
_STANDING: Final = select(passage.c.id, passage.c.digest).where(
    passage.c.article_id == bindparam("owner"), passage.c.last_n.is_(None)
)
_ENTER: Final = {
    "sqlite": insert(fts),
    "postgresql": insert(fts).values(
        rowid=bindparam("rowid"), words=func.to_tsvector(literal_column("'simple'::regconfig"), bindparam("words"))
    ),
}
_CLOSE: Final = update(passage).where(passage.c.id.in_(bindparam("gone", expanding=True)))
_CONTENTS: Final = (
    select(version.c.n, version.c.content_id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .where(version.c.article_id == bindparam("owner"), tombstone.c.parts.is_distinct_from("all"))
    .order_by(version.c.n)
)


def texts(content: Article) -> Iterator[tuple[int, str]]:
    """Yield the passages of an article with their places: headline, dek, then each editorial block."""
    if content.title:
        yield TITLE, content.title
    if content.dek:
        yield DEK, content.dek
    for place, block in enumerate(content.editorial):
        yield place, block.text


def text_at(content: Article, block: int) -> str:
    """Return the passage at a place that `texts` gave."""
    return {TITLE: content.title, DEK: content.dek}.get(block) or content.editorial[block].text


def enter(connection: Connection, owner: int, n: int, previous: int, content: Article) -> None:
    """Bring the passages of article row *owner* from version *previous* to version *n*."""
    standing: defaultdict[int, list[int]] = defaultdict(list)
    for key, digest in connection.execute(_STANDING, {"owner": owner}):
        standing[digest].append(key)
    new, rows = [], []
    for block, each in texts(content):
        digest = _digest(each)
        if standing[digest]:
            standing[digest].pop()
        else:
            new.append(each)
            rows.append({"article_id": owner, "first_n": n, "block": block, "digest": digest})
    if rows:
        keys = insert_many(connection, passage, rows)
        words = [{"rowid": key, "words": fold(each)} for key, each in zip(keys, new, strict=True)]
        connection.execute(_ENTER[connection.dialect.name], words)
    gone = [key for keys in standing.values() for key in keys]
    if gone:
        connection.execute(_CLOSE, {"gone": gone, "last_n": previous})


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
        enter(connection, owner, n, previous, content)
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
