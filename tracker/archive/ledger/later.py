"""Verify what was added after a version was stored: recaptures and re-extracted texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tracker.archive import blobs, codec
from tracker.archive.recaptures import leaf_of
from tracker.archive.values import clean_text
from tracker.errors import ArchiveError
from tracker.model.article import Article

from .logcheck import Damage

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.database.connection import Row

    from .logcheck import Checkpoints

MAX_PAGE_ROWS: Final = 25
_RECAPTURES: Final = """
SELECT r.id, r.n, r.fetched_at AS fetched, r.status, r.sha256, r.leaf, r.removed, r.head_id, r.body_id, r.position,
  head.sha256 AS head, body.sha256 AS body, l.hash AS version_leaf, a.ident
FROM recapture r LEFT JOIN article a ON a.id = r.article_id
  LEFT JOIN version v ON v.article_id = r.article_id AND v.n = r.n
  LEFT JOIN leaf l ON l.version_id = v.id
  LEFT JOIN blob head ON head.id = r.head_id
  LEFT JOIN blob body ON body.id = r.body_id
"""
_READINGS: Final = """
SELECT r.id, r.content_id, r.sha256, r.superseded_at, b.sha256 AS content, v.n, a.ident, a.title, a.versions
FROM reading r JOIN version v ON v.id = r.version_id JOIN article a ON a.id = v.article_id
  LEFT JOIN blob b ON b.id = r.content_id
"""


def damaged(archive: Archive, checkpoints: Checkpoints, ident: str = "", *, decode: bool = True) -> Iterator[Damage]:
    """Yield what is damaged and how, for one article or all; stored bytes are decoded and hashed only if *decode*."""
    for row in _rows(archive, _RECAPTURES, ident):
        if checkpoints.is_late(row.fetched, row.position):
            how = "it is not in a checkpoint made after it was fetched: it was added later"
            yield Damage(f"{row.ident}@{row.n}, capture {row.id}", how)
        yield from _recapture_damage(archive, row, decode=decode)
    if decode:
        for row in _rows(archive, _READINGS, ident):
            yield from _reading_damage(archive, row)


def _rows(archive: Archive, select: str, ident: str) -> Iterator[Row]:
    of_article = "AND a.ident = :ident" if ident else ""
    statement = f"{select} WHERE r.id > :after {of_article} ORDER BY r.id LIMIT :most"
    after = 0
    while True:
        with archive.read() as connection:
            rows = connection.all(statement, after=after, ident=ident, most=MAX_PAGE_ROWS)
        yield from rows
        if len(rows) < MAX_PAGE_ROWS:
            return
        after = rows[-1].id


def _recapture_damage(archive: Archive, row: Row, *, decode: bool) -> Iterator[Damage]:
    name = f"{row.ident}@{row.n}, capture {row.id}"
    if row.ident is None or row.head is None or row.body is None:
        yield Damage(name, "a row that belongs to it is missing")
        return
    version_leaf = None if row.version_leaf is None else row.version_leaf.hex()
    hashes = (bytes(row.head).hex(), bytes(row.body).hex())
    if leaf_of(row.ident, row.n, row.fetched, row.status, hashes, version_leaf) != bytes(row.leaf).hex():
        yield Damage(name, "its record does not match its entry in the log")
    if bytes(row.sha256) != bytes(row.body):
        yield Damage(name, "its capture and its page differ")
    if decode and not row.removed:
        for part, key, expected in (("head", row.head_id, row.head), ("body", row.body_id, row.body)):
            raw = stored_bytes(archive, key)
            if raw is None or hashlib.sha256(raw).digest() != bytes(expected):
                yield Damage(name, f"the bytes of its {part} are damaged")


def _reading_damage(archive: Archive, row: Row) -> Iterator[Damage]:
    raw = stored_bytes(archive, row.content_id)
    try:
        article = None if raw is None else codec.load(Article, raw)
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError):
        article = None
    if raw is None or article is None or hashlib.sha256(raw).digest() != row.content:
        yield Damage(f"{row.ident}@{row.n}", "its re-extracted text is damaged")
    elif article.sha256 != bytes(row.sha256).hex():
        yield Damage(f"{row.ident}@{row.n}", "its re-extracted text does not match its identity")
    elif row.superseded_at is None and row.n == row.versions and clean_text(article.title) != row.title:
        yield Damage(row.ident, "its title is not that of its newest version")


def stored_bytes(archive: Archive, key: int) -> bytes | None:
    """Return the bytes of one blob; None where they cannot be read."""
    try:
        with archive.read() as connection:
            return blobs.read(connection, (key,))[key]
    except ArchiveError:
        return None
