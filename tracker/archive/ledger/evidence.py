"""What the database says of each version's evidence, read without trusting any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, LargeBinary, select, type_coerce

from tracker.archive.schema.core import article, blob, capture, change, version
from tracker.archive.schema.proofs import leaf, tombstone

from .log import Evidence

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Row

_content, _head, _body = blob.alias("content"), blob.alias("head"), blob.alias("body")
_before, _last_leaf = version.alias("before"), leaf.alias("last_leaf")


def _raw(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Read a time as the number it is: a damaged one may lie outside of any calendar."""
    return type_coerce(column, BigInteger).label(name)


def _hash(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return type_coerce(column, LargeBinary).label(name)


ROWS: Final = (
    select(
        version.c.id,
        version.c.n,
        version.c.article_id,
        _raw(version.c.seen_at, "seen"),
        _raw(version.c.previous_seen_at, "previous_seen"),
        version.c.status,
        version.c.extractor,
        version.c.signature,
        _hash(version.c.sha256, "identity"),
        article.c.ident,
        article.c.url,
        _raw(capture.c.fetched_at, "fetched"),
        capture.c.status.label("capture_status"),
        _hash(capture.c.sha256, "capture_sha256"),
        version.c.content_id,
        capture.c.head_id,
        capture.c.body_id,
        _hash(_content.c.sha256, "content"),
        _hash(_head.c.sha256, "head"),
        _hash(_body.c.sha256, "body"),
        _body.c.raw_len.label("body_len"),
        _hash(leaf.c.hash, "leaf"),
        _hash(_last_leaf.c.hash, "previous"),
        _before.c.id.label("before_id"),
        change.c.crc.label("change_crc"),
        change.c.data.label("change_data"),
        change.c.raw_len.label("change_len"),
        tombstone.c.parts,
    )
    .outerjoin(article, article.c.id == version.c.article_id)
    .outerjoin(capture, capture.c.version_id == version.c.id)
    .outerjoin(_content, _content.c.id == version.c.content_id)
    .outerjoin(_head, _head.c.id == capture.c.head_id)
    .outerjoin(_body, _body.c.id == capture.c.body_id)
    .outerjoin(leaf, leaf.c.version_id == version.c.id)
    .outerjoin(_before, (_before.c.article_id == version.c.article_id) & (_before.c.n == version.c.n - 1))
    .outerjoin(_last_leaf, _last_leaf.c.version_id == _before.c.id)
    .outerjoin(change, change.c.version_id == version.c.id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .order_by(version.c.article_id, version.c.n)
)
"""One row a version, with all that its leaf vouches for."""

PARTS: Final = ("content", "head", "body")


def hexed(value: Any) -> str:  # noqa: ANN401 - bytes, or whatever stands there
    """Return a digest in hexadecimal."""
    return "" if value is None else bytes(value).hex()


def evidence_of(row: Row[*tuple[Any, ...]]) -> Evidence:
    """Return what a row of ROWS says."""
    return Evidence(
        article=row.ident,
        n=row.n,
        url=row.url,
        seen=row.seen,
        previous_seen=row.previous_seen,
        fetched=row.fetched,
        status=row.capture_status,
        extractor=row.extractor,
        signature=row.signature,
        identity=hexed(row.identity),
        content=hexed(row.content),
        head=hexed(row.head),
        body=hexed(row.body),
        body_len=row.body_len,
        previous=None if row.previous is None else hexed(row.previous),
    )
