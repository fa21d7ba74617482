"""Blobs: bytes kept as zstd frames, many of them coded against an earlier one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select

from tracker.errors import ArchiveError

from . import frames
from .tables import blob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection, Row

_CHUNK: Final = 500

_wanted = (
    select(blob.c.id, blob.c.base_id)
    .where(blob.c.id.in_(bindparam("ids", expanding=True)))
    .cte("chain", recursive=True)
)
_chain = _wanted.union(select(blob.c.id, blob.c.base_id).where(blob.c.id == _wanted.c.base_id))
_FRAMES: Final = select(blob.c.id, blob.c.base_id, blob.c.raw_len, blob.c.data).join(_chain, _chain.c.id == blob.c.id)


def put(connection: Connection, raw: bytes, base_id: int | None = None, base: bytes | None = None) -> int:
    """Keep *raw* and return its row; *base* are the bytes of the blob *base_id* that it may be coded against."""
    frame, needs_base = frames.encode(raw, base)
    row = {
        "base_id": base_id if needs_base else None,
        "raw_len": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "data": frame,
    }
    (key,) = connection.execute(insert(blob).returning(blob.c.id), row).one()
    return int(key)


def read(connection: Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """Return the bytes of each blob in *ids*. Raises ArchiveError where a frame is damaged or missing."""
    wanted = sorted(set(ids))
    decoded: dict[int, bytes] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = {row.id: row for row in connection.execute(_FRAMES, {"ids": chunk})}
        for each in chunk:
            _decode(each, rows, decoded)
    return {each: decoded[each] for each in wanted}


def _decode(wanted: int, rows: Mapping[int, Row[*tuple[Any, ...]]], decoded: dict[int, bytes]) -> None:
    path = []
    at: int | None = wanted
    while at is not None and at not in decoded:
        if at not in rows:
            raise ArchiveError(f"blob {at} is missing", hint="writethru verify names what is damaged")
        path.append(rows[at])
        at = rows[at].base_id
    for row in reversed(path):
        base = None if row.base_id is None else decoded[row.base_id]
        decoded[row.id] = frames.decode(bytes(row.data), row.raw_len, base)
