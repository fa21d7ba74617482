"""Verification of what came after a version was kept: recaptures, and what later extractors read."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, LargeBinary, select, type_coerce

from tracker.archive import blobs, codec
from tracker.archive.recaptures import leaf_of
from tracker.archive.schema.core import article, blob, version
from tracker.archive.schema.proofs import leaf
from tracker.archive.schema.readings import reading, recapture
from tracker.errors import ArchiveError
from tracker.model import Article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Row, Select

    from tracker.archive.database.engine import Database

_PAGE: Final = 25
_head, _body = blob.alias("head"), blob.alias("body")


def _hash(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return type_coerce(column, LargeBinary).label(name)


_RECAPTURES: Final = (
    select(
        recapture.c.id,
        recapture.c.n,
        type_coerce(recapture.c.fetched_at, BigInteger).label("fetched"),
        recapture.c.status,
        _hash(recapture.c.sha256, "sha256"),
        _hash(recapture.c.leaf, "leaf"),
        recapture.c.removed,
        recapture.c.head_id,
        recapture.c.body_id,
        _hash(_head.c.sha256, "head"),
        _hash(_body.c.sha256, "body"),
        _hash(leaf.c.hash, "version_leaf"),
        article.c.ident,
    )
    .outerjoin(article, article.c.id == recapture.c.article_id)
    .outerjoin(version, (version.c.article_id == recapture.c.article_id) & (version.c.n == recapture.c.n))
    .outerjoin(leaf, leaf.c.version_id == version.c.id)
    .outerjoin(_head, _head.c.id == recapture.c.head_id)
    .outerjoin(_body, _body.c.id == recapture.c.body_id)
    .order_by(recapture.c.id)
)
_READINGS: Final = (
    select(reading.c.id, reading.c.content_id, _hash(reading.c.sha256, "sha256"), version.c.n, article.c.ident)
    .join(version, version.c.id == reading.c.version_id)
    .join(article, article.c.id == version.c.article_id)
    .order_by(reading.c.id)
)


def damaged(database: Database, ident: str = "", *, decode: bool = True) -> Iterator[tuple[str, str]]:
    """Yield what is damaged and how, of one article or of all; stored bytes are looked at only where *decode*."""
    for row in _rows(database, _RECAPTURES, recapture.c.id, ident):
        yield from _recapture_damage(database, row, decode=decode)
    if decode:
        for row in _rows(database, _READINGS, reading.c.id, ident):
            yield from _reading_damage(database, row)


def _rows(database: Database, query: Select[Any], key: ColumnElement[int], ident: str) -> Iterator[Row[Any]]:
    after = 0
    narrowed = query if not ident else query.where(article.c.ident == ident)
    while True:
        with database.read() as connection:
            found = connection.execute(narrowed.where(key > after).limit(_PAGE)).all()
        yield from found
        if len(found) < _PAGE:
            return
        after = found[-1].id


def _recapture_damage(database: Database, row: Row[Any], *, decode: bool) -> Iterator[tuple[str, str]]:
    name = f"{row.ident}@{row.n}, capture {row.id}"
    if row.ident is None or row.head is None or row.body is None:
        yield name, "a row that belongs to it is missing"
        return
    version_leaf = None if row.version_leaf is None else row.version_leaf.hex()
    hashes = (bytes(row.head).hex(), bytes(row.body).hex())
    if leaf_of(row.ident, row.n, row.fetched, row.status, hashes, version_leaf) != bytes(row.leaf).hex():
        yield name, "its record is not what was entered in the log"
    if bytes(row.sha256) != bytes(row.body):
        yield name, "its capture and its page do not agree"
    if decode and not row.removed:
        for part, key, expected in (("head", row.head_id, row.head), ("body", row.body_id, row.body)):
            raw = _bytes(database, key)
            if raw is None or hashlib.sha256(raw).digest() != bytes(expected):
                yield name, f"the bytes of its {part} are damaged"


def _reading_damage(database: Database, row: Row[Any]) -> Iterator[tuple[str, str]]:
    raw = _bytes(database, row.content_id)
    try:
        sound = raw is not None and codec.load(Article, raw).sha256 == bytes(row.sha256).hex()
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError):
        sound = False
    if not sound:
        yield f"{row.ident}@{row.n}", "what a later extractor read in its page is damaged"


def _bytes(database: Database, key: int) -> bytes | None:
    try:
        with database.read() as connection:
            return blobs.read(connection, (key,))[key]
    except ArchiveError:
        return None
