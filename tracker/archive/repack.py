"""Encode stored frames anew, slowly, so that they are shorter: for an archive what `git repack` is for a repository.

A check has a millisecond for a page, and compares it with one page of its source. Here a page takes a tenth of a second
and is compared with all pages that are alike. Only frames change: bytes, hashes and the log stay as they are.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from . import blobs, frames, passages
from .memos import get_memo_row, save_memo_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .archive import Archive
    from .database.connection import Connection, Row
    from .ledger.verify import Progress

# zstd's levels: of pages that no earlier version is the base of, which are most of an archive, and of all others.
_PAGE_LEVEL: Final = 19
_OTHER_LEVEL: Final = 12
# Versions in one transaction, for which other writers wait.
MAX_REPACKED_TOGETHER: Final = 10
# Pages that others may be coded against, those used longest ago forgotten first.
MAX_ROOTS: Final = 1000
# Of the pages that share most pieces, so many are tried.
_TRIED: Final = 3
# Of a page's pieces of markup, told apart by their CRC-32, those of the lowest numbers are compared.
_PIECES: Final = 64
_MIN_PIECE_BYTES: Final = 24
# Pages that share fewer of these have nothing in common but a library.
_MIN_SHARED_PIECES: Final = 3
# A page is coded against another one where that makes it this much shorter.
_GAIN: Final = 0.8
# How far the last run came: "VERSION REFERENCE", the numbers of the rows.
_MEMO: Final = "repacked"

# Pages that others are or may be coded against: they have no base, so that no chain becomes longer.
_ROOTS: Final = """
SELECT r.body_id AS id FROM reference r JOIN blob b ON b.id = r.body_id WHERE r.id <= :reference AND length(b.data) > 0
UNION ALL SELECT * FROM (
  SELECT c.body_id FROM capture c JOIN version v ON v.id = c.version_id JOIN blob b ON b.id = c.body_id
  WHERE v.id <= :version AND v.n = 1 AND b.base_id IS NULL AND length(b.data) > 0 ORDER BY v.id DESC LIMIT :most
) newest
"""
_REFERENCES: Final = """
SELECT r.id AS key, b.id FROM reference r JOIN blob b ON b.id = r.body_id
WHERE r.id > :reference AND length(b.data) > 0 ORDER BY r.id
"""
_VERSIONS: Final = """
SELECT v.id AS key, v.n, v.content_id, c.body_id, h.raw_len, h.crc, h.data
FROM version v JOIN capture c ON c.version_id = v.id LEFT JOIN change h ON h.version_id = v.id
WHERE v.id > :version ORDER BY v.id LIMIT :most
"""
_BLOBS: Final = "SELECT id, base_id FROM blob WHERE id IN (:ids) AND length(data) > 0"
_SET_BLOB: Final = "UPDATE blob SET data = :data, crc = :crc, base_id = :base_id WHERE id = :id"
_SET_CHANGE: Final = "UPDATE change SET data = :data, crc = :crc WHERE version_id = :id"
_LEFT: Final = "SELECT count(*) FROM version WHERE id > :version"


def repack(archive: Archive, now: datetime, progress: Progress | None = None) -> int:
    """Encode anew what was stored since the last run, and return how many versions were read.

    A run that was interrupted continues where it was. *progress* is called with the versions done, of how many.
    Raises ArchiveError where a frame is damaged.
    """
    run = _Run(now)
    with archive.read() as connection:
        run.start(connection)
        total = connection.number(_LEFT, version=run.version)
    done = 0
    while True:
        with archive.write() as connection:
            # Whoever empties blobs looks for those coded against them.
            blobs.own_bases(connection)
            some = run.next(connection)
            if not some:
                # Until then the index of search has a segment for every group of versions.
                passages.compact(connection)
                return done
        done += some
        if progress is not None:
            progress(done, total)


class _Run:
    """How far a run is, and the pages that others may be coded against: pieces of each by the number of its blob."""

    def __init__(self, now: datetime) -> None:
        self.version = self.reference = 0
        self._now = now
        self._roots: OrderedDict[int, frozenset[int]] = OrderedDict()
        # Never coded against another page: the service codes first versions against them.
        self._references: set[int] = set()

    def start(self, connection: Connection) -> None:
        """Find where the last run ended and the pages that it left."""
        self.version, self.reference = map(int, (get_memo_row(connection, _MEMO) or "0 0").split())
        self._references.update(connection.column(int, "SELECT body_id FROM reference"))
        roots = connection.column(int, _ROOTS, version=self.version, reference=self.reference, most=MAX_ROOTS)
        for key in roots:
            self._add_root(key, _pieces(blobs.read(connection, [key])[key]))

    def next(self, connection: Connection) -> int:
        """Encode anew the next versions, and new references before the first; return how many versions these are."""
        for row in connection.all(_REFERENCES, reference=self.reference):
            self._references.add(row.id)
            self._page(connection, row.id, blobs.read(connection, [row.id])[row.id])
            self.reference = row.key
        rows = connection.all(_VERSIONS, version=self.version, most=MAX_REPACKED_TOGETHER)
        ids = [key for row in rows for key in (row.content_id, row.body_id)]
        stored = {blob.id: blob.base_id for blob in connection.all(_BLOBS, ids=ids)}
        raw = blobs.read(connection, [*stored, *(base_id for base_id in stored.values() if base_id is not None)])
        for row in rows:
            self._version(connection, row, stored, raw)
            self.version = row.key
        if rows:
            save_memo_row(connection, _MEMO, f"{self.version} {self.reference}", self._now)
        return len(rows)

    def _version(
        self, connection: Connection, row: Row, bases: Mapping[int, int | None], raw: Mapping[int, bytes]
    ) -> None:
        for key in (row.content_id, row.body_id):
            base_id = bases.get(key)
            if base_id is not None and base_id not in self._references:
                _replace(connection, key, raw[key], _OTHER_LEVEL, base_id, raw[base_id])
            elif key == row.body_id and key in bases:
                self._page(connection, key, raw[key])
        if row.data is not None and row.content_id in bases:
            base = raw[row.content_id]
            data = frames.encode_at(frames.decode(row.data, row.raw_len, base, crc=row.crc), _OTHER_LEVEL, base)
            if len(data) < len(row.data):
                connection.run(_SET_CHANGE, data=data, crc=zlib.crc32(data), id=row.key)

    def _page(self, connection: Connection, key: int, raw: bytes) -> None:
        """Encode a page against the page most like it, or make it one that others can be coded against."""
        pieces = _pieces(raw)
        found = None if key in self._references else self._like(connection, key, raw, pieces)
        _replace(connection, key, raw, _PAGE_LEVEL, *(found or (None, None)))
        if found is None:
            self._add_root(key, pieces)
        else:
            self._roots.move_to_end(found[0])

    def _like(self, connection: Connection, key: int, raw: bytes, pieces: frozenset[int]) -> tuple[int, bytes] | None:
        shared = ((len(pieces & others), root) for root, others in self._roots.items() if root != key)
        nearest = [root for count, root in sorted(shared, reverse=True)[:_TRIED] if count >= _MIN_SHARED_PIECES]
        # `prune` may have deleted some of them meanwhile.
        known = blobs.read(connection, (blob.id for blob in connection.all(_BLOBS, ids=nearest)))
        if not known:
            return None
        size, best = min((len(frames.patch(raw, known[root])), root) for root in known)
        return (best, known[best]) if size <= _GAIN * len(frames.encode_at(raw, 1)) else None

    def _add_root(self, key: int, pieces: frozenset[int]) -> None:
        self._roots[key] = pieces
        if len(self._roots) > MAX_ROOTS:
            self._roots.popitem(last=False)


def _pieces(raw: bytes) -> frozenset[int]:
    pieces = {zlib.crc32(piece) for piece in raw.split(b"<") if len(piece) >= _MIN_PIECE_BYTES}
    return frozenset(sorted(pieces)[:_PIECES])


def _replace(connection: Connection, key: int, raw: bytes, level: int, base_id: int | None, base: bytes | None) -> None:
    """Encode the bytes of a blob anew, where that makes the frame shorter or gives it another base."""
    (row,) = connection.all("SELECT base_id, length(data) AS length FROM blob WHERE id = :id", id=key)
    data = frames.encode_at(raw, level, base)
    if len(data) < row.length or row.base_id != base_id:
        connection.run(_SET_BLOB, data=data, crc=zlib.crc32(data), base_id=base_id, id=key)
