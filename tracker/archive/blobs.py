"""Blobs: bytes kept as zstd frames, many of them coded against an earlier one."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, literal_column, select, true, update

from tracker.archive.database.base import insert_many
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import blob
from tracker.errors import ArchiveError

from . import frames
from .blob_cache import RECENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

    from tracker.archive.database.connection import Connection

FEW: Final = 3
"""So many blobs `read_few` reads at most."""
_CHUNK: Final = 500
Coded = dict[str, Any]
"""A row of the blob table."""


def _frames_of(wanted: ColumnElement[bool]) -> Select[Any]:
    """Select the frames of the blobs *wanted* and of all that they hang on."""
    start = select(blob.c.id, blob.c.base_id).where(wanted).cte("chain", recursive=True)
    chain = start.union(select(blob.c.id, blob.c.base_id).where(blob.c.id == start.c.base_id))
    found = select(blob.c.id, blob.c.base_id, blob.c.raw_len, blob.c.sha256, blob.c.crc, blob.c.data)
    return found.join(chain, chain.c.id == blob.c.id)


def _frames_stepwise(wanted: ColumnElement[bool]) -> Select[Any]:
    """Select the same for PostgreSQL, which would otherwise read the whole table for each step."""
    columns = (blob.c.id, blob.c.base_id, blob.c.raw_len, blob.c.sha256, blob.c.crc, blob.c.data)
    start = select(*columns).where(wanted).cte("chain", recursive=True)
    # With an offset it is looked up by its number, for each row apart.
    base = select(*columns).where(blob.c.id == start.c.base_id).offset(literal_column("0")).lateral("base")
    chain = start.union_all(select(*base.c).select_from(start.join(base, true())))
    return select(*chain.c)


_FRAMES: Final = _frames_of(blob.c.id.in_(bindparam("ids", expanding=True)))
_THREE: Final = blob.c.id.in_([bindparam(name, type_=blob.c.id.type) for name in ("a", "b", "c")])
_FEW: Final = {"sqlite": Prepared(_frames_of(_THREE)), "postgresql": Prepared(_frames_stepwise(_THREE))}
_HASHES: Final = Prepared(
    select(blob.c.id, blob.c.sha256).where(_THREE, func.length(blob.c.data) > literal_column("0"))
)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to keep, with their hash: it is taken once and needed three times."""

    raw: bytes
    sha256: str

    @classmethod
    def of(cls, raw: bytes) -> Part:
        """Return *raw* with its hash."""
        return cls(raw, hashlib.sha256(raw).hexdigest())


def coded(part: Part, base_id: int | None = None, base: bytes | None = None, *, first: bool = False) -> Coded:
    """Return the row that keeps *part*; *base* are the bytes of blob *base_id* that it may be coded against."""
    return framed(part, frames.encode(part.raw, base, first=first), base_id)


def framed(part: Part, frame: tuple[bytes, bool], base_id: int | None) -> Coded:
    """Return the row that keeps *part* as `frames.encode` coded it."""
    data, needs_base = frame
    return {
        "base_id": base_id if needs_base else None,
        "raw_len": len(part.raw),
        "sha256": part.sha256,
        "crc": zlib.crc32(data),
        "data": data,
    }


def hollow(part: Part) -> Coded:
    """Return the row of a part whose bytes are not kept: their hash and length."""
    return {"base_id": None, "raw_len": len(part.raw), "sha256": part.sha256, "crc": 0, "data": b""}


def put(connection: Connection, rows: Sequence[Coded]) -> list[int]:
    """Keep rows that `coded` made and return their numbers, in the same order."""
    return insert_many(connection, blob, rows)


def read_few(connection: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of one to three blobs that were not taken out, as `read` does, quickly."""
    hashes = {row.id: row.sha256 for row in _HASHES.all(connection, _three(ids))}
    missing = next((each for each in ids if each not in hashes), None)
    if missing is not None:
        raise _lacks(missing)
    return read_hashed(connection, hashes)


def read_hashed(connection: Connection, hashes: Mapping[int, str]) -> dict[int, bytes]:
    """Return the bytes of one to three blobs, whose hashes are known: those lately used are at hand."""
    decoded = {key: raw for key, sha256 in hashes.items() if (raw := RECENT.get(sha256)) is not None}
    if len(decoded) == len(hashes):
        return decoded
    rows = {row.id: row for row in _FEW[connection.dialect.name].all(connection, _three(list(hashes)))}
    for each, sha256 in hashes.items():
        for row in _path(each, rows, decoded):
            # What all pages of a source are coded against is at hand even where they are not.
            raw = None if row.base_id is not None else RECENT.get(row.sha256)
            decoded[row.id] = _decoded(row, decoded) if raw is None else raw
        RECENT.put(sha256, decoded[each])
    return {each: decoded[each] for each in hashes}


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


def _three(ids: Sequence[int]) -> dict[str, int]:
    return {"a": ids[0], "b": ids[len(ids) // 2], "c": ids[-1]}


def _lacks(key: int) -> ArchiveError:
    return ArchiveError(f"blob {key} is missing", hint="writethru verify names what is damaged")


def _decode(wanted: int, rows: Mapping[int, Any], decoded: dict[int, bytes]) -> None:
    for row in _path(wanted, rows, decoded):
        decoded[row.id] = _decoded(row, decoded)


def _path(wanted: int, rows: Mapping[int, Any], decoded: Mapping[int, bytes]) -> list[Any]:
    """Return the rows to decode for blob *wanted*, in this order."""
    path = []
    at: int | None = wanted
    while at is not None and at not in decoded:
        if at not in rows:
            raise _lacks(at)
        path.append(rows[at])
        at = rows[at].base_id
    return path[::-1]


def _decoded(row: Any, decoded: Mapping[int, bytes]) -> bytes:  # noqa: ANN401 - a row with a frame
    base = None if row.base_id is None else decoded[row.base_id]
    return frames.decode(bytes(row.data), row.raw_len, base, crc=row.crc)
