"""Versions and their evidence: what is written when one is kept, and how a capture is read back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select

from tracker.errors import ArchiveError
from tracker.model import Capture

from . import blobs, codec, frames
from .tables import article, capture, change, label, version

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from tracker.model import Change, NewVersion

_BASES: Final = (
    select(version.c.content_id, capture.c.head_id, capture.c.body_id)
    .join(capture, capture.c.version_id == version.c.id)
    .where(version.c.article_id == bindparam("owner"), version.c.n == bindparam("n"))
)
_CAPTURE: Final = (
    select(capture)
    .join(version, version.c.id == capture.c.version_id)
    .join(article, article.c.id == version.c.article_id)
    .where(article.c.ident == bindparam("wanted"), version.c.n == bindparam("n"))
)
_APART: Final = ("body", "sha256", "fetched_at")


def keep(connection: Connection, row: Row[Any], at: datetime, new: NewVersion) -> None:
    """Keep a version of the article in *row* with its evidence, within the caller's transaction."""
    body = new.capture.body
    if hashlib.sha256(body).hexdigest() != new.capture.sha256:
        raise ArchiveError("the capture does not match its hash; nothing was kept", resource=new.capture.url)
    n = row.versions + 1
    parts = (codec.dump(new.content), codec.dump(new.capture, without=_APART), body)
    content_id, head_id, body_id = _keep_parts(connection, row.id, n, parts)
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
    if new.change is not None:
        _keep_change(connection, key, new.change, parts[0])


def load(connection: Connection, ident: str, n: int) -> Capture | None:
    """Return the evidence of one version, None where there is none. Raises ArchiveError where it is damaged."""
    row = connection.execute(_CAPTURE, {"wanted": ident, "n": n}).one_or_none()
    if row is None:
        return None
    raw = blobs.read(connection, (row.head_id, row.body_id))
    body = raw[row.body_id]
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise ArchiveError(
            "the stored page does not match its hash",
            resource=f"{ident}@{n}",
            hint="writethru verify names what is damaged",
        )
    return codec.load(Capture, raw[row.head_id], body=body, sha256=row.sha256, fetched_at=row.fetched_at)


def _keep_parts(connection: Connection, owner: int, n: int, parts: tuple[bytes, ...]) -> list[int]:
    base_n = frames.base_of(n)
    bases = None if base_n is None else connection.execute(_BASES, {"owner": owner, "n": base_n}).one_or_none()
    if bases is None:
        return [blobs.put(connection, raw) for raw in parts]
    known = blobs.read(connection, bases)
    return [blobs.put(connection, raw, base, known[base]) for raw, base in zip(parts, bases, strict=True)]


def _keep_change(connection: Connection, key: int, new: Change, content: bytes) -> None:
    raw = codec.dump(new)
    row = {
        "version_id": key,
        "words": new.words_added + new.words_removed,
        "significance": new.significance,
        "announced": new.announced,
        "raw_len": len(raw),
        "data": frames.patch(raw, content),
    }
    connection.execute(insert(change), row)
    labels = [{"version_id": key, "position": position, "kind": each.kind} for position, each in enumerate(new.labels)]
    if labels:
        connection.execute(insert(label), labels)
