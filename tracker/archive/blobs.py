"""Blobs: bytes kept as zstd frames, many of them coded against an earlier one."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

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
_FRAMES: Final = select(blob.c.id, blob.c.base_id, blob.c.raw_len, blob.c.crc, blob.c.data).join(
    _chain, _chain.c.id == blob.c.id
)


def put(
    connection: Connection, raw: bytes, base_id: int | None = None, base: bytes | None = None, *, first: bool = False
) -> int:
    """Keep *raw* and return its row; *base* are the bytes of the blob *base_id* that it may be coded against."""
    return insert_frame(connection, raw, frames.encode(raw, base, first=first), base_id)


def insert_frame(connection: Connection, raw: bytes, coded: tuple[bytes, bool], base_id: int | None) -> int:
    """Keep *raw* as `frames.encode` coded it, and return its row."""
    frame, needs_base = coded
    row = {
        "base_id": base_id if needs_base else None,
        "raw_len": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "crc": zlib.crc32(frame),
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


def recode_dependents(connection: Connection, gone: int) -> int:
    """Code what hangs on blob *gone* against what *gone* hangs on itself; return how many blobs that were."""
    base_id = connection.scalar(select(blob.c.base_id).where(blob.c.id == gone))
    dependents = list(connection.scalars(select(blob.c.id).where(blob.c.base_id == gone)))
    for each in dependents:
        wanted = [each] if base_id is None else [each, base_id]
        raw = read(connection, wanted)
        frame, needs_base = frames.encode(raw[each], None if base_id is None else raw[base_id])
        new = {"data": frame, "crc": zlib.crc32(frame), "base_id": base_id if needs_base else None}
        connection.execute(update(blob).where(blob.c.id == each).values(new))
    return len(dependents)


def empty(connection: Connection, gone: int) -> None:
    """Take the bytes out of a blob that nothing hangs on; its hash and length stay."""
    connection.execute(update(blob).where(blob.c.id == gone).values(data=b"", crc=0, base_id=None))


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
        decoded[row.id] = frames.decode(bytes(row.data), row.raw_len, base, crc=row.crc)
