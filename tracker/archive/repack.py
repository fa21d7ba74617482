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
SELECT c.body_id FROM capture c JOIN version v ON v.id = c.version_id JOIN blob b ON b.id = c.body_id
WHERE v.id <= :version AND v.n = 1 AND b.base_id IS NULL AND length(b.data) > 0 ORDER BY v.id DESC LIMIT :most
"""
_REFERENCES: Final = """
SELECT r.id AS key, b.id FROM reference r JOIN blob b ON b.id = r.body_id
WHERE r.id > :reference AND length(b.data) > 0 ORDER BY r.id
"""
_VERSIONS: Final = """
SELECT v.id AS key, v.content_id, c.body_id, h.raw_len, h.crc, h.data
FROM version v JOIN capture c ON c.version_id = v.id LEFT JOIN change h ON h.version_id = v.id
WHERE v.id > :version ORDER BY v.id LIMIT :most
"""
_BLOBS: Final = "SELECT id, base_id FROM blob WHERE id IN (:ids) AND length(data) > 0"
_SET_CHANGE: Final = "UPDATE change SET data = :data, crc = :crc WHERE version_id = :id"
_LEFT: Final = "SELECT count(*) FROM version WHERE id > :version"


def repack(archive: Archive, now: datetime, progress: Progress | None = None) -> int:
    """Encode anew what was stored since the last run, and return how many versions were read.

    A run that was interrupted continues where it was. `progress` is called with the versions done, of how many.
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
            if archive.is_sqlite:
                # As in `take_down`: what is deleted after an interrupted run must not stay where its old frame was.
                connection.run("PRAGMA secure_delete=ON")
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
        references = connection.all(_REFERENCES, reference=0)
        self._references.update(row.id for row in references)
        pages = connection.column(int, _ROOTS, version=self.version, most=MAX_ROOTS)
        # In the order in which they may be forgotten: the oldest first, references last.
        for key in [*reversed(pages), *(row.id for row in references if row.key <= self.reference)][-MAX_ROOTS:]:
            self._add_root(key, _pieces(blobs.read(connection, [key])[key]))

    def next(self, connection: Connection) -> int:
        """Encode anew the next versions, and new references before the first; return how many versions these are."""
        for row in connection.all(_REFERENCES, reference=self.reference):
            self._references.add(row.id)
            self._page(connection, row.id, None, blobs.read(connection, [row.id]))
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
                _replace(connection, key, frames.compress(raw[key], _OTHER_LEVEL, raw[base_id]), base_id)
            elif key == row.body_id and key in bases:
                self._page(connection, key, base_id, raw)
        if row.data is not None and row.content_id in bases:
            base = raw[row.content_id]
            data = frames.compress(frames.decode(row.data, row.raw_len, base, crc=row.crc), _OTHER_LEVEL, base)
            if len(data) < len(row.data):
                connection.run(_SET_CHANGE, data=data, crc=zlib.crc32(data), id=row.key)

    def _page(self, connection: Connection, key: int, base_id: int | None, known: Mapping[int, bytes]) -> None:
        """Encode a page against the page most like it, or make it one that others can be coded against.

        `known` are its bytes and those of its present base.
        """
        raw, pieces = known[key], _pieces(known[key])
        present = {} if base_id is None else {base_id: known[base_id]}
        near = present if key in self._references else present | self._like(connection, key, pieces)
        sizes = {each: len(frames.patch(raw, base)) for each, base in near.items()}
        best = min(sizes, key=sizes.__getitem__, default=None)
        good = best is not None and sizes[best] <= _GAIN * len(frames.compress(raw, 1))
        tried = [best] if good else [None, *present]
        coded = {each: frames.compress(raw, _PAGE_LEVEL, None if each is None else near[each]) for each in tried}
        # A little longer without a base, it can be the base of others.
        chosen = min(coded, key=lambda each: len(coded[each]) * (_GAIN if each is None else 1))
        if not _replace(connection, key, coded[chosen], chosen):
            chosen = base_id
        if chosen is None:
            self._add_root(key, pieces)
        elif chosen in self._roots:
            self._roots.move_to_end(chosen)

    def _like(self, connection: Connection, key: int, pieces: frozenset[int]) -> dict[int, bytes]:
        # Bases have lower numbers than what is coded against them: `move` copies blobs in this order.
        shared = ((len(pieces & others), root) for root, others in self._roots.items() if root < key)
        nearest = [root for count, root in sorted(shared, reverse=True)[:_TRIED] if count >= _MIN_SHARED_PIECES]
        # `prune` may have deleted some of them meanwhile.
        return blobs.read(connection, (blob.id for blob in connection.all(_BLOBS, ids=nearest)))

    def _add_root(self, key: int, pieces: frozenset[int]) -> None:
        self._roots[key] = pieces
        if len(self._roots) > MAX_ROOTS:
            self._roots.popitem(last=False)


def _pieces(raw: bytes) -> frozenset[int]:
    pieces = {zlib.crc32(piece) for piece in raw.split(b"<") if len(piece) >= _MIN_PIECE_BYTES}
    return frozenset(sorted(pieces)[:_PIECES])


def _replace(connection: Connection, key: int, data: bytes, base_id: int | None) -> bool:
    """Store another frame of a blob where it is shorter, and return whether it is."""
    if len(data) >= connection.number("SELECT length(data) FROM blob WHERE id = :id", id=key):
        return False
    blobs.replace_frame(connection, key, data, base_id)
    return True
