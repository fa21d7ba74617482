"""Versions and their evidence: what is written when one is kept, and how a capture is read back."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select

from tracker.errors import ArchiveError
from tracker.model import Capture

from . import blobs, codec, frames, passages
from .ledger import Evidence, enter, previous_leaf
from .proof_tables import tombstone
from .references import code_first
from .tables import article, capture, change, label, version
from .values import clean_text, to_ms

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from tracker.model import Change, NewVersion

_BASES: Final = (
    select(version.c.content_id, capture.c.head_id, capture.c.body_id)
    .join(capture, capture.c.version_id == version.c.id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    # The version meant, or where it was taken out, the newest one before it that was not.
    .where(version.c.article_id == bindparam("owner"), version.c.n <= bindparam("n"), tombstone.c.version_id.is_(None))
    .order_by(version.c.n.desc())
    .limit(1)
)
_CAPTURE: Final = (
    select(capture, tombstone.c.reason)
    .outerjoin(tombstone, tombstone.c.version_id == capture.c.version_id)
    .join(version, version.c.id == capture.c.version_id)
    .join(article, article.c.id == version.c.article_id)
    .where(article.c.ident == bindparam("wanted"), version.c.n == bindparam("n"))
)
_APART: Final = ("body", "sha256", "fetched_at")


def keep(connection: Connection, row: Row[Any], at: datetime, new: NewVersion) -> None:
    """Keep a version of the article in *row* with its evidence, within the caller's transaction."""
    body = blobs.Part.of(new.capture.body)
    if body.sha256 != new.capture.sha256:
        raise ArchiveError("the capture does not match its hash; nothing was kept", resource=new.capture.url)
    n = row.versions + 1
    parts = (blobs.Part.of(codec.dump(new.content)), blobs.Part.of(codec.dump(new.capture, without=_APART)), body)
    content_id, head_id, body_id = _keep_parts(connection, row, n, parts)
    fresh = {
        "article_id": row.id,
        "n": n,
        "seen_at": at,
        "previous_seen_at": row.last_seen_at if row.versions else None,
        "status": new.capture.status,
        "extractor": new.extractor,
        "signature": new.signature,
        "sha256": new.content.sha256,
        "content_id": content_id,
    }
    key = int(connection.scalar(insert(version).returning(version.c.id), fresh) or 0)
    evidence = {
        "version_id": key,
        "fetched_at": new.capture.fetched_at,
        "status": new.capture.status,
        "sha256": new.capture.sha256,
        "head_id": head_id,
        "body_id": body_id,
    }
    connection.execute(insert(capture), evidence)
    enter(connection, key, _evidence(row, fresh, new, parts, previous_leaf(connection, row.id, n)))
    passages.enter(connection, row.id, n, n - 1, new.content)
    if new.change is not None:
        _keep_change(connection, key, new.change, parts[0].raw)


def load(connection: Connection, ident: str, n: int) -> Capture | None:
    """Return the evidence of one version, None where there is none. Raises ArchiveError where it is damaged."""
    row = connection.execute(_CAPTURE, {"wanted": ident, "n": n}).one_or_none()
    if row is None:
        return None
    if row.reason is not None:
        raise ArchiveError(f"this page was taken out: {row.reason}", resource=f"{ident}@{n}")
    raw = blobs.read(connection, (row.head_id, row.body_id))
    body = raw[row.body_id]
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise ArchiveError(
            "the stored page does not match its hash",
            resource=f"{ident}@{n}",
            hint="writethru verify names what is damaged",
        )
    return codec.load(Capture, raw[row.head_id], body=body, sha256=row.sha256, fetched_at=row.fetched_at)


def _evidence(
    row: Row[Any], fresh: dict[str, Any], new: NewVersion, parts: tuple[blobs.Part, ...], previous: str | None
) -> Evidence:
    before = fresh["previous_seen_at"]
    content, head, body = parts
    return Evidence(
        article=row.ident,
        n=fresh["n"],
        url=row.url,
        seen=to_ms(fresh["seen_at"]),
        previous_seen=None if before is None else to_ms(before),
        fetched=to_ms(new.capture.fetched_at),
        status=new.capture.status,
        extractor=clean_text(new.extractor),
        signature=clean_text(new.signature),
        identity=fresh["sha256"],
        content=content.sha256,
        head=head.sha256,
        body=body.sha256,
        body_len=len(body.raw),
        previous=previous,
    )


def _keep_parts(connection: Connection, row: Row[Any], n: int, parts: tuple[blobs.Part, ...]) -> list[int]:
    base_n = frames.base_of(n)
    bases = None if base_n is None else connection.execute(_BASES, {"owner": row.id, "n": base_n}).one_or_none()
    if bases is None:
        content, head, body = parts
        return blobs.put(connection, [blobs.coded(content), *code_first(connection, row.source_id, head, body)])
    known = blobs.read(connection, bases)
    return blobs.put(
        connection, [blobs.coded(part, base, known[base]) for part, base in zip(parts, bases, strict=True)]
    )


def _keep_change(connection: Connection, key: int, new: Change, content: bytes) -> None:
    raw = codec.dump(new)
    data = frames.patch(raw, content)
    row = {
        "version_id": key,
        "words": new.words_added + new.words_removed,
        "significance": new.significance,
        "announced": new.announced,
        "raw_len": len(raw),
        "crc": zlib.crc32(data),
        "data": data,
    }
    connection.execute(insert(change), row)
    labels = [{"version_id": key, "position": position, "kind": each.kind} for position, each in enumerate(new.labels)]
    if labels:
        connection.execute(insert(label), labels)
