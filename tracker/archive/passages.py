"""Passages: each paragraph of an article once, with the versions it was in, for the index of search."""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from tracker.model.article import Article

from . import blobs, codec
from .archive import Archive
from .database.connection import Connection, Row, Statement, Values, chunks, insert_into
from .encoding import from_ms, to_instant

# Eight bytes, signed: what a BIGINT of both databases holds.
_START: Final = struct.Struct(">q")
# Texts in memory at a time: an article may have hundreds of versions.
MAX_CONTENTS_READ_TOGETHER: Final = 20

_CURRENT: Final = "SELECT id, digest FROM passage WHERE last_n IS NULL AND article_id ="
_INSERT_WORDS: Final = Statement(
    sqlite=insert_into("fts_passage", ("rowid", "words")),
    postgresql="INSERT INTO fts_passage (rowid, words) VALUES (:rowid, to_tsvector('simple', :words))",
)
# For PostgreSQL, where each statement is a round trip, all of it in one. Words come with their places, a line for each
# passage: to_tsvector, which would find both again, takes twice as long. A single empty line becomes an empty array.
_MOVE_ON: Final = """
WITH closed AS (
  UPDATE passage SET last_n = :last WHERE id = ANY(CAST(:gone AS bigint[]))
), given AS (
  SELECT * FROM unnest(CAST(:blocks AS smallint[]), CAST(:digests AS bigint[]), string_to_array(:words, E'\\n'))
    AS g(block, digest, words)
), made AS (
  INSERT INTO passage (article_id, first_n, block, digest) SELECT :article_id, :n, block, digest FROM given
  RETURNING id, block
)
INSERT INTO fts_passage (rowid, words)
SELECT made.id, CAST(coalesce(given.words, '') AS tsvector) FROM made JOIN given USING (block)
"""
_CONTENTS: Final = """
SELECT v.n, coalesce(r.content_id, v.content_id) AS content_id FROM version v
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
WHERE v.article_id = :article_id AND (t.parts IS NULL OR t.parts <> 'all') ORDER BY v.n
"""
_ENDED: Final = """
SELECT a.ident, a.published_at, p.first_n, p.last_n AS n, p.digest, v.seen_at
FROM passage p JOIN article a ON a.id = p.article_id
  JOIN version v ON v.article_id = p.article_id AND v.n = p.first_n
WHERE a.ident IN (:idents) AND p.last_n IN (:numbers)
"""
# Not a DELETE: a table of FTS5 without content forgets words only when it is told which ones they were.
_REMOVE_WORDS: Final = "INSERT INTO fts_passage(fts_passage, rowid, words) VALUES ('delete', :rowid, :words)"
_CLEAR_WORDS: Final = Statement(
    sqlite="INSERT INTO fts_passage(fts_passage) VALUES ('delete-all')", postgresql="TRUNCATE fts_passage"
)
# Blocks of an article that are indexed, such as rows of a table: the column of their places has 16 bits.
MAX_BLOCKS: Final = 1 << 15
Where = Literal["current", "removed", "all"]
TITLE: Final = -1
DEK: Final = -2
PLACES: Final = {TITLE: "title", DEK: "dek"}


def current(connection: Connection, article: str) -> Callable[[], list[Row]]:
    """Ask for the passages of an article's newest version: their rows' numbers, and their digests."""
    return connection.ask(f"{_CURRENT} (SELECT id FROM article WHERE ident = :ident)", ident=article)


def enter(
    connection: Connection, article_id: int, n: int, previous: int, content: Article, before: Sequence[Row] = ()
) -> None:
    """Bring the passages of an article from version `previous`, which had those in `before`, to version `n`."""
    # Lists, because a paragraph may be in a text twice: each occurrence continues one of those before.
    stood: defaultdict[int, list[int]] = defaultdict(list)
    for row in before:
        stood[row.digest].append(row.id)
    new: list[tuple[int, int, str]] = []
    for block, text in texts(content):
        digest = _digest(text)
        if stood[digest]:
            stood[digest].pop()
        else:
            new.append((block, digest, text))
    gone = [key for keys in stood.values() for key in keys]
    if not new and not gone:
        return
    from .search_words import fold, positioned  # imported here because most checks store no text

    if connection.is_sqlite:
        # Numbered here: the index takes the same numbers, and SQLite returns none for many rows. A writer is alone.
        first = connection.number("SELECT max(id) FROM passage") + 1
        numbered = list(enumerate(new, first))
        rows = [
            {"id": key, "article_id": article_id, "first_n": n, "block": block, "digest": digest}
            for key, (block, digest, _) in numbered
        ]
        connection.insert_many("passage", rows)
        connection.run_many(_INSERT_WORDS, [{"rowid": key, "words": fold(text)} for key, (_, _, text) in numbered])
        closed = [{"last": previous, "id": key} for key in gone]
        connection.run_many("UPDATE passage SET last_n = :last WHERE id = :id", closed)
        return
    connection.run(
        _MOVE_ON,
        article_id=article_id,
        n=n,
        last=previous,
        gone=gone,
        blocks=[block for block, _, _ in new],
        digests=[digest for _, digest, _ in new],
        words="\n".join(positioned(fold(text)) for _, _, text in new),
    )


def forget(connection: Connection, article_id: int) -> None:
    """Take the passages of an article out of the index; its texts must still be there."""
    of_article = "FROM passage WHERE article_id = :article_id"
    if connection.is_sqlite:
        connection.run_many(_REMOVE_WORDS, _words(connection, article_id))
    else:
        connection.run(f"DELETE FROM fts_passage WHERE rowid IN (SELECT id {of_article})", article_id=article_id)
    connection.run(f"DELETE {of_article}", article_id=article_id)


def rebuild(connection: Connection, article_id: int) -> None:
    """Enter all versions of an article that were not taken out, one after the other."""
    previous = 0
    for n, content in _contents(connection, article_id):
        before = connection.all(f"{_CURRENT} :article_id", article_id=article_id)
        enter(connection, article_id, n, previous, content, before)
        previous = n


def index(connection: Connection, article_id: int) -> None:
    """Enter the words of an article's passages into the search index, where they are missing."""
    connection.run_many(_INSERT_WORDS, _words(connection, article_id))


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.run(_CLEAR_WORDS)
    connection.run("DELETE FROM passage")


def compact(connection: Connection) -> None:
    """Write the index anew, without what it was told to forget."""
    if connection.is_sqlite:
        # Until then deleted words stay readable in the file, in segments of the index that wait to be merged.
        connection.run("INSERT INTO fts_passage(fts_passage) VALUES ('optimize')")


def stood_since(archive: Archive, gone: Mapping[tuple[str, int], Sequence[str]]) -> dict[tuple[str, int], datetime]:
    """Return since when paragraphs that a version removed had been there: the earliest of its `gone` texts.

    Keys are articles with the number of that version. What was in the first version counts from when the
    outlet published it, where it says when. Versions whose texts are not found are left out.
    """
    with archive.read() as connection:
        rows = list(connection.of_pairs(_ENDED, ((ident, n - 1) for ident, n in gone)))
    found: dict[tuple[str, int], datetime] = {}
    for row in rows:
        key = (row.ident, row.n + 1)
        if row.digest not in {_digest(text) for text in gone[key]}:
            continue
        since = from_ms(row.seen_at)
        published = to_instant(row.published_at)
        if row.first_n == 1 and published is not None:
            since = min(since, published)
        found[key] = min(found.get(key, since), since)
    return found


def _words(connection: Connection, article_id: int) -> list[Values]:
    """Return the words of an article's passages with the numbers of their rows, as the index takes them."""
    from .search_words import fold

    contents = dict(_contents(connection, article_id))
    rows = connection.all("SELECT id, first_n, block FROM passage WHERE article_id = :id ORDER BY id", id=article_id)
    found = [(row, contents[row.first_n]) for row in rows if row.first_n in contents]
    return [{"rowid": row.id, "words": fold(text_at(content, row.block))} for row, content in found]


def _contents(connection: Connection, article_id: int) -> Iterator[tuple[int, Article]]:
    rows = connection.all(_CONTENTS, article_id=article_id)
    for some in chunks(rows, MAX_CONTENTS_READ_TOGETHER):
        raw = blobs.read(connection, [row.content_id for row in some])
        for row in some:
            yield row.n, codec.load(Article, raw[row.content_id])


def _digest(each: str) -> int:
    """Return the start of the hash of a text: it tells apart the paragraphs of one article only."""
    digest: int = _START.unpack_from(hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest())[0]
    return digest


def texts(content: Article) -> Iterator[tuple[int, str]]:
    """Yield the passages of an article with their places: headline, dek, then each editorial block."""
    if content.title:
        yield TITLE, content.title
    if content.dek:
        yield DEK, content.dek
    for place, block in enumerate(content.editorial[:MAX_BLOCKS]):
        yield place, block.text


def text_at(content: Article, block: int) -> str:
    """Return the passage at a place that `texts` gave."""
    return {TITLE: content.title, DEK: content.dek}.get(block) or content.editorial[block].text
