"""Reference pages: first versions are coded against another page of their source, which shares most of their markup.

Measured on section pages of 15 outlets, that makes first versions 2.4 times smaller; they are most of an archive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import blob
from tracker.archive.schema.proofs import reference

from . import blobs, frames

if TYPE_CHECKING:
    from tracker.archive.database.connection import Connection

_GAIN: Final = 1.5
"""A reference is worth keeping while pages coded against it are this many times smaller than without."""
_PATIENCE: Final = 3

_POOR: Final = Prepared(update(reference).where(reference.c.id == bindparam("row")), ("poor",))
_NEW: Final = Prepared(insert(reference).inline(), ("source_id", "head_id", "body_id", "poor"))
_head: Final = blob.alias("head")
_CURRENT: Final = Prepared(
    select(
        reference,
        _head.c.sha256.label("head_sha256"),
        blob.c.sha256.label("body_sha256"),
        blob.c.raw_len,
        func.length(blob.c.data).label("length"),
    )
    .join(blob, blob.c.id == reference.c.body_id)
    .join(_head, _head.c.id == reference.c.head_id)
    .where(reference.c.source_id == bindparam("source"))
    .order_by(reference.c.id.desc())
    .limit(literal_column("1"))
)


def code_first(connection: Connection, source: int, head: blobs.Part, body: blobs.Part) -> list[blobs.Coded]:
    """Return the rows that keep head and body of a first version of an article of *source*."""
    row = _CURRENT.first(connection, {"source": source})
    if row is None or row.poor >= _PATIENCE or not row.length:
        return _with_new_reference(connection, source, head, body)
    known = blobs.read_hashed(connection, {row.head_id: row.head_sha256, row.body_id: row.body_sha256})
    frame = frames.encode(body.raw, known[row.body_id], first=True)
    # What the page would cost alone is judged by what the reference costs alone.
    alone = row.length * len(body.raw) / max(row.raw_len, 1)
    poor = row.poor + 1 if len(frame[0]) * _GAIN > alone else 0
    if poor != row.poor:
        _POOR.run(connection, {"row": row.id, "poor": poor})
    return [
        blobs.coded(head, row.head_id, known[row.head_id]),
        blobs.framed(body, frame, row.body_id),
    ]


def _with_new_reference(connection: Connection, source: int, head: blobs.Part, body: blobs.Part) -> list[blobs.Coded]:
    """Make a copy of this page the reference: the page itself, coded against the copy, costs next to nothing."""
    ids = blobs.put(connection, [blobs.coded(head), blobs.coded(body)])
    _NEW.run(connection, {"source_id": source, "head_id": ids[0], "body_id": ids[1], "poor": 0})
    return [blobs.coded(part, key, part.raw) for part, key in zip((head, body), ids, strict=True)]
