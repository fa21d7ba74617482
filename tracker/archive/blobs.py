"""Blobs: bytes stored as zstd frames, many of them coded against an earlier one."""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any, Final

from tracker.errors import ArchiveError

from .database.connection import Connection, Row, Statement, chunks

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


# zstd's levels. First versions are most of an archive, and pay for a higher one.
_FIRST_LEVEL: Final = 3
_WHOLE_LEVEL: Final = 6
_PATCH_LEVEL: Final = 1
_SMALL_LEVEL: Final = 3
# Bytes up to this size are not a page but its text or headers: a higher level costs next to nothing, or gains nothing.
_SMALL: Final = 1 << 15
# From this size on, the parts that a page shares with its base are too far apart for an ordinary patch.
MIN_LONG_DISTANCE_BYTES: Final = 1 << 17
# The levels above and the shares below trade bytes for time: most pages compress to a few per cent of their size
# against the page before, and are then not compressed a second time to see whether that was worth it.
# A patch above this share of the raw bytes is measured against a frame without a base, made fast.
_POOR: Final = 0.1
# A patch above this share of that frame gains so little that a frame without a base, made well, may be shorter.
_GAIN: Final = 0.8
# Bytes this short gain too little to be measured twice.
_SHORT: Final = 2048
# zstd takes no shorter one.
MIN_BASE_BYTES: Final = 8
# Stock decoders refuse windows above 2^27.
_WINDOW: Final = (10, 27)


def base_of(n: int) -> int | None:
    """Return the version whose bytes version `n` is coded against, counting from 1; None for the first.

    Counted from 0 it clears the lowest set bit, so that a read decodes at most log2(n) frames.
    """
    index = n - 1
    # Version 8 is coded against 7 (index 7 = 0b111, 6 = 0b110), 7 against 5, 5 against 1: deltas and chains stay short.
    return (index & (index - 1)) + 1 if index else None


def encode(raw: bytes, base: bytes | None = None, *, first: bool = False) -> tuple[bytes, bool]:
    """Return `raw` as a frame, and whether it needs `base` to be read; `first` spends more on a page seen first."""
    near: bytes | None = None
    if base and len(base) >= MIN_BASE_BYTES:
        near = compress(raw, _FIRST_LEVEL, base) if first else patch(raw, base)
        if len(near) <= len(raw) * _POOR or (len(raw) < _SHORT and len(near) <= len(raw) // 2):
            return near, True
        if len(raw) > _SMALL and len(near) <= len(compress(raw, _PATCH_LEVEL)) * _GAIN:
            return near, True
    whole = compress(raw, _SMALL_LEVEL if len(raw) <= _SMALL else _WHOLE_LEVEL)
    return (near, True) if near is not None and len(near) < len(whole) else (whole, False)


def patch(raw: bytes, base: bytes) -> bytes:
    """Return `raw` as a frame that needs `base`, even if one without it would be shorter."""
    level = _SMALL_LEVEL if len(raw) <= _SMALL else _PATCH_LEVEL
    return compress(raw, level, base, far=len(base) > MIN_LONG_DISTANCE_BYTES)


def decode(frame: bytes, raw_len: int, base: bytes | None = None, *, crc: int | None = None) -> bytes:
    """Return the bytes of `frame`, which are `raw_len` long. Raises ArchiveError where they are not."""
    if crc is not None and crc != zlib.crc32(frame):
        raise _damaged()
    decoder = zstd.ZstdDecompressor(**_prefix(base))
    try:
        # One more than expected: a frame that holds more is as wrong as one that holds less.
        raw: bytes = decoder.decompress(frame, max_length=raw_len + 1)
    except zstd.ZstdError as error:
        raise _damaged() from error
    if len(raw) != raw_len or not decoder.eof:
        raise _damaged()
    return raw


def _damaged() -> ArchiveError:
    return ArchiveError("stored data is damaged", hint="run writethru verify to list the damage")


def compress(raw: bytes, level: int, base: bytes | None = None, *, far: bool = False) -> bytes:
    """Return `raw` as a frame of one of zstd's levels, 1 to 22, that needs `base` where there is one.

    With `far`, zstd also looks for common parts at a distance.
    """
    size = len(raw) + len(base or b"")
    window = min(max(size.bit_length(), _WINDOW[0]), _WINDOW[1])
    compressor = zstd.ZstdCompressor(options=_options(level, window, far=far), **_prefix(base))
    data: bytes = compressor.compress(raw, zstd.ZstdCompressor.FLUSH_FRAME)
    return data


@cache
def _options(level: int, window: int, *, far: bool) -> dict[int, int]:
    return {
        int(zstd.CompressionParameter.compression_level): level,
        int(zstd.CompressionParameter.window_log): window,
        int(zstd.CompressionParameter.checksum_flag): 1,
        int(zstd.CompressionParameter.enable_long_distance_matching): int(far),
    }


def _prefix(base: bytes | None) -> Mapping[str, Any]:
    if base is None or len(base) < MIN_BASE_BYTES:
        return {}
    return {"zstd_dict": zstd.ZstdDict(base, is_raw=True).as_prefix}


# A row of the blob table.
Coded = dict[str, object]

# The frames of blobs and of all their bases. PostgreSQL would otherwise read the whole table for each step: OFFSET 0
# makes it look up each base by its number.
_FRAMES: Final = Statement(
    sqlite="""
WITH RECURSIVE chain(id, base_id) AS (
  SELECT id, base_id FROM blob WHERE id IN (:ids)
  UNION SELECT b.id, b.base_id FROM blob b JOIN chain c ON b.id = c.base_id
)
SELECT b.id, b.base_id, b.raw_len, b.sha256, b.crc, b.data FROM blob b JOIN chain c ON c.id = b.id""",
    postgresql="""
WITH RECURSIVE chain(id, base_id, raw_len, sha256, crc, data, path) AS (
  SELECT id, base_id, raw_len, sha256, crc, data, ARRAY[id] FROM blob WHERE id IN (:ids)
  UNION ALL
  SELECT base.*, c.path || base.id FROM chain c JOIN LATERAL (
    SELECT id, base_id, raw_len, sha256, crc, data FROM blob WHERE id = c.base_id OFFSET 0
  ) base ON base.id <> ALL (c.path)
)
SELECT id, base_id, raw_len, sha256, crc, data FROM chain""",
)
# In bytes, some eighty pages: those that all first pages of a source are coded against, and those stored last.
MAX_CACHE_BYTES: Final = 8 << 20
MAX_CACHED_BLOB_BYTES: Final = 1 << 20
# In bytes. Shorter results of orjson are copied: they would keep its buffer of several kilobytes alive.
MAX_COPIED_BLOB_BYTES: Final = 1 << 14

# A reference is worth keeping while pages coded against it are this many times smaller than without.
MIN_REFERENCE_GAIN: Final = 1.5
# One odd page, such as a gallery, is not a reason to give up a reference that helps the others.
MAX_POOR_PAGES: Final = 3

# Bases have lower numbers than the frames coded against them: `move` copies blobs in this order.
_HANGING: Final = "SELECT id FROM blob WHERE base_id = :id ORDER BY id"
_REFERENCE: Final = """
SELECT r.id, r.head_id, r.body_id, r.poor, head.sha256 AS head_sha256, body.sha256 AS body_sha256, body.raw_len,
  length(body.data) AS length
FROM reference r JOIN blob body ON body.id = r.body_id JOIN blob head ON head.id = r.head_id
WHERE r.source_id = :source_id ORDER BY r.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to keep, with their hash: it is taken once and needed three times."""

    raw: bytes
    sha256: str

    @classmethod
    def of(cls, raw: bytes) -> Part:
        """Return `raw` with its hash."""
        return cls(raw, hashlib.sha256(raw).hexdigest())


def coded(part: Part, base_id: int | None = None, base: bytes | None = None) -> Coded:
    """Return the row that keeps `part`; `base` are the bytes of blob `base_id` that it may be coded against."""
    return framed(part, encode(part.raw, base), base_id)


def framed(part: Part, frame: tuple[bytes, bool], base_id: int | None) -> Coded:
    """Return the row that keeps `part` as `encode` coded it; an empty frame keeps its hash and length alone."""
    data, needs_base = frame
    return {
        "base_id": base_id if needs_base else None,
        "raw_len": len(part.raw),
        "sha256": bytes.fromhex(part.sha256),
        "crc": zlib.crc32(data),
        "data": data,
    }


def put(connection: Connection, rows: Sequence[Coded]) -> list[int]:
    """Store rows that `coded` made and return their numbers, in the same order."""
    return [connection.insert_numbered("blob", **row) for row in rows]


def read(connection: Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """Return the bytes of each blob in `ids`. Raises ArchiveError where a frame is damaged or missing."""
    wanted = sorted(set(ids))
    decoded: dict[int, bytes] = {}
    for some in chunks(wanted):
        rows = {row.id: row for row in connection.all(_FRAMES, ids=some)}
        for each in some:
            for row in _path(each, rows, decoded):
                base = None if row.base_id is None else decoded[row.base_id]
                decoded[row.id] = decode(row.data, row.raw_len, base, crc=row.crc)
    return {each: decoded[each] for each in wanted}


def read_hashed(connection: Connection, hashes: Mapping[int, str]) -> dict[int, bytes]:
    """Do as `read` for a few blobs whose hashes are known, from the cache where possible.

    Not for verification and proofs: it would not notice a damaged frame.
    """
    decoded = {key: raw for key, sha256 in hashes.items() if (raw := RECENT.get(sha256)) is not None}
    if len(decoded) == len(hashes):
        return decoded
    missing = [key for key in hashes if key not in decoded]
    rows = {row.id: row for row in connection.all(_FRAMES, ids=missing)}
    for each in missing:
        for row in _path(each, rows, decoded):
            # The reference page of a source is often cached even where its pages are not.
            raw = RECENT.get(row.sha256.hex()) if row.base_id is None else None
            base = None if row.base_id is None else decoded[row.base_id]
            decoded[row.id] = decode(row.data, row.raw_len, base, crc=row.crc) if raw is None else raw
        RECENT.put(hashes[each], decoded[each])
    return {each: decoded[each] for each in hashes}


def code_first(connection: Connection, source: int, head: Part, body: Part) -> tuple[list[Coded], bool]:
    """Return the rows that keep head and body of a first version of `source`, and whether a reference was entered.

    It is coded against a reference page, another one of its source that shares most of its markup. Measured on section
    pages of 15 outlets, that makes first versions 2.4 times smaller; they are most of an archive.
    """
    if not body.raw:  # an import without pages: nothing can be coded against it
        return [coded(head), coded(body)], False
    row = connection.first(_REFERENCE, source_id=source)
    if row is None or row.poor >= MAX_POOR_PAGES or not (row.length and row.raw_len):
        # A copy of this page becomes the reference: the page itself, coded against the copy, costs next to nothing.
        ids = put(connection, [coded(head), coded(body)])
        connection.insert("reference", source_id=source, head_id=ids[0], body_id=ids[1], poor=0)
        return [coded(part, key, part.raw) for part, key in zip((head, body), ids, strict=True)], True
    known = read_hashed(connection, {row.head_id: row.head_sha256.hex(), row.body_id: row.body_sha256.hex()})
    frame = encode(body.raw, known[row.body_id], first=True)
    # The size of the page alone is estimated by that of the reference alone.
    alone = row.length * len(body.raw) / row.raw_len
    # Counted in a row: a redesign makes every page poor from then on, and a new reference is made.
    poor = row.poor + 1 if len(frame[0]) * MIN_REFERENCE_GAIN > alone else 0
    if poor != row.poor:
        connection.run("UPDATE reference SET poor = :poor WHERE id = :id", poor=poor, id=row.id)
    return [coded(head, row.head_id, known[row.head_id]), framed(body, frame, row.body_id)], False


def lock_bases(connection: Connection, *, shared: bool = False) -> None:
    """Wait until no other transaction encodes frames, and keep new ones waiting; does nothing on SQLite.

    Call it before `empty`, which would miss a frame that another transaction encodes against the blob meanwhile. Call
    it with `shared` before encoding frames: then only calls without `shared` wait, until this transaction ends. Call it
    before locking any row: a transaction that waits here may hold the row that this one needs.
    """
    if not connection.is_sqlite:
        # An advisory lock, because no row could be locked instead: any blob may become the base of another.
        kind = "_shared" if shared else ""
        connection.ask(f"SELECT pg_advisory_xact_lock{kind}(hashtext('writethru:bases'))")


class Deadline:
    """How long one transaction that empties blobs may go on; `heirs` lasts for all transactions of one run.

    `heirs` maps a blob that could not be emptied in time to the one that took its place as a base.
    """

    def __init__(self, seconds: float, heirs: dict[int, int]) -> None:
        self.heirs = heirs
        self._ends = monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether the transaction should end now."""
        return monotonic() >= self._ends


def empty(connection: Connection, blob_ids: Sequence[int], deadline: Deadline | None = None) -> bool:
    """Delete the bytes of blobs, but not their hashes and lengths; frames encoded against them are re-encoded first.

    If `deadline` is over before that, return False: no blob is empty then, and the next call continues. The transaction
    must have called `lock_bases` first, unless no other transaction can know these blobs.
    """
    for gone in blob_ids:
        base_id = connection.value(int, "SELECT base_id FROM blob WHERE id = :id", id=gone)
        heir = None if deadline is None else deadline.heirs.get(gone)
        if heir is not None:  # it may have been emptied itself since the last transaction
            heir = connection.value(int, "SELECT id FROM blob WHERE id = :id AND length(data) > 0", id=heir)
        # The first frame coded against `gone` takes its place: it is coded against its base, and the others against it,
        # as they are alike. No chain becomes longer, and bases keep the lower numbers.
        for place, each in enumerate(connection.column(int, _HANGING, id=gone)):
            # Not before the first, so that each transaction gets on.
            if place and deadline is not None and deadline.is_over:
                return False
            base_id = base_id if heir is None else heir
            raw = read(connection, [each] if base_id is None else [each, base_id])
            frame, needs_base = encode(raw[each], None if base_id is None else raw[base_id])
            replace_frame(connection, each, frame, base_id if needs_base else None)
            if heir is None:
                heir = each
                if deadline is not None:
                    deadline.heirs[gone] = heir
    for gone in blob_ids:
        replace_frame(connection, gone, b"", None)
    return True


def replace_frame(connection: Connection, key: int, data: bytes, base_id: int | None) -> None:
    """Store another frame of a blob, which needs blob `base_id` if given; an empty one takes its bytes out."""
    statement = "UPDATE blob SET data = :data, crc = :crc, base_id = :base_id WHERE id = :id"
    connection.run(statement, data=data, crc=zlib.crc32(data), base_id=base_id, id=key)


def _path(wanted: int, rows: Mapping[int, Row], decoded: Mapping[int, bytes]) -> list[Row]:
    """Return the rows to decode for blob `wanted`, in this order."""
    # A chain may be long, and a damaged one may be a circle: recursion is not safe here.
    path: dict[int, Row] = {}
    at: int | None = wanted
    while at is not None and at not in decoded:
        if at not in rows or at in path:
            how = "is encoded against itself" if at in path else "is missing"
            raise ArchiveError(f"blob {at} {how}", hint="run writethru verify to list the damage")
        path[at] = rows[at]
        at = rows[at].base_id
    return list(path.values())[::-1]


class Recent:
    """A cache of the blobs used last, up to `most` bytes, by hash. Any thread may call it.

    Keys are content hashes, not row ids, so neither a rollback nor a takedown can make an entry wrong.
    """

    def __init__(self, most: int = MAX_CACHE_BYTES) -> None:
        self._most: Final = most
        self._bytes = 0
        self._kept: Final[OrderedDict[str, bytes]] = OrderedDict()
        self._lock: Final = Lock()

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes of that hash, None if they are not cached."""
        with self._lock:
            found = self._kept.get(sha256)
            if found is not None:
                self._kept.move_to_end(sha256)
            return found

    def put(self, sha256: str, raw: bytes) -> None:
        """Cache `raw`, whose hash is `sha256`, and evict the least recently used entries."""
        # One huge page would push out a hundred usual ones.
        if len(raw) > min(MAX_CACHED_BLOB_BYTES, self._most):
            return
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
                return
            self._kept[sha256] = raw if len(raw) > MAX_COPIED_BLOB_BYTES else bytes(memoryview(raw))
            self._bytes += len(raw)
            while self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[1])


RECENT: Final = Recent()
