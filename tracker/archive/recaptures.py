"""Captures of checks that found no new version, for sources that keep all: evidence that a version still stood.

Each is coded against the page of its version, or another that is there, and has a leaf of its own in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, insert, select, update

from tracker.archive import codec, identifiers
from tracker.archive.ledger import merkle
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, capture, source, version
from tracker.archive.schema.proofs import leaf, tombstone
from tracker.archive.schema.readings import recapture
from tracker.archive.values import to_ms
from tracker.errors import NotKnown
from tracker.model import Recaptured

from . import blobs, captures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Select

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Capture

_FORM: Final = 1
_BASE: Final = (
    select(capture.c.head_id, capture.c.body_id, leaf.c.hash, tombstone.c.parts)
    .join(version, version.c.id == capture.c.version_id)
    .outerjoin(leaf, leaf.c.version_id == version.c.id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .where(version.c.article_id == bindparam("owner"), version.c.n == bindparam("n"))
)
_ROWS: Final = (
    select(recapture, article.c.ident).join(article, article.c.id == recapture.c.article_id).order_by(recapture.c.id)
)


def list_recaptures(archive: Archive, article: str, n: int | None = None) -> list[Recaptured]:
    """Return the captures that showed versions of an article again, or version *n* alone, oldest first."""
    query = _ROWS.where(_article.c.ident == article)
    if n is not None:
        query = query.where(recapture.c.n == n)
    with archive.database.read() as connection:
        return [
            Recaptured(row.id, row.ident, row.n, row.fetched_at, row.status, row.sha256, row.removed)
            for row in connection.execute(query)
        ]


def get_recapture(archive: Archive, key: int) -> Capture:
    """Return one of them by its key. Raises NotKnown; ArchiveError where it is damaged or was taken out."""
    with archive.database.read() as connection:
        row = connection.execute(_ROWS.where(recapture.c.id == key)).one_or_none()
        if row is None:
            raise NotKnown("no such capture", resource=str(key))
        name = f"{row.ident}@{row.n}"
        if row.removed:
            raise identifiers.gone("capture", row.removed, name)
        raw = blobs.read(connection, (row.head_id, row.body_id))
        return captures.unpack(row, raw[row.head_id], raw[row.body_id], name)


_article: Final = article


def keep(connection: Connection, row: Any, page: Capture) -> None:  # noqa: ANN401 - a row of an article
    """Keep a page that showed the newest version of the article in *row*, in the caller's transaction."""
    base = connection.execute(_BASE, {"owner": row.id, "n": row.versions}).one()
    head, body = blobs.Part.of(codec.dump(page, without=captures.APART)), blobs.Part.of(page.body)
    ids = (base.head_id, base.body_id) if base.parts is None else ()
    known = blobs.read_few(connection, ids) if ids else {}
    keys = blobs.put(
        connection,
        [blobs.coded(part, key, known.get(key)) for part, key in zip((head, body), ids or (None, None), strict=True)],
    )
    fresh = {
        "article_id": row.id,
        "n": row.versions,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "sha256": body.sha256,
        "head_id": keys[0],
        "body_id": keys[1],
        "leaf": leaf_of(
            row.ident, row.versions, to_ms(page.fetched_at), page.status, (head.sha256, body.sha256), base.hash
        ),
        "removed": "",
    }
    connection.execute(insert(recapture), fresh)


def take_out(connection: Connection, which: Select[Any], reason: str) -> int:
    """Take out the bytes of the recaptures whose numbers *which* selects; their hashes and leaves stay."""
    query = select(recapture.c.id, recapture.c.head_id, recapture.c.body_id).where(
        recapture.c.id.in_(which), recapture.c.removed == ""
    )
    found = connection.execute(query).all()
    for row in found:
        for each in (row.head_id, row.body_id):
            blobs.recode_dependents(connection, each)
            blobs.empty(connection, each)
        connection.execute(update(recapture).where(recapture.c.id == row.id).values(removed=reason))
    return len(found)


def named(which: Select[Any]) -> Select[Any]:
    """Select article and version of the recaptures whose numbers *which* selects, oldest first."""
    query = select(article.c.ident, recapture.c.n).join(article, article.c.id == recapture.c.article_id)
    return query.where(recapture.c.id.in_(which)).order_by(recapture.c.id)


def of_versions(owner: int, numbers: Iterable[int]) -> Select[Any]:
    """Select the recaptures of these versions of article row *owner*."""
    return select(recapture.c.id).where(recapture.c.article_id == owner, recapture.c.n.in_(list(numbers)))


def expired(name: str, seen_before: datetime | None, keep_newest: int) -> Select[Any]:
    """Select the recaptures of a source that retention lets go: old ones, or such of versions that are let go."""
    query = (
        select(recapture.c.id)
        .join(article, article.c.id == recapture.c.article_id)
        .join(source, source.c.id == article.c.source_id)
        .where(source.c.name == name, recapture.c.removed == "")
    )
    if seen_before is not None:
        return query.where(recapture.c.fetched_at < bindparam("before", seen_before, type_=Instant()))
    return query.where(recapture.c.n <= article.c.versions - keep_newest)


def leaf_of(ident: str, n: int, fetched: int, status: int, hashes: tuple[str, str], version_leaf: str | None) -> str:
    """Return the leaf of a recapture: *fetched* in milliseconds, *hashes* of head and body, the leaf of its version."""
    plain = {
        "form": _FORM,
        "kind": "recapture",
        "article": ident,
        "n": n,
        "fetched": fetched,
        "status": status,
        "head": hashes[0],
        "body": hashes[1],
        "version": version_leaf,
    }
    return merkle.leaf_hash(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hex()
