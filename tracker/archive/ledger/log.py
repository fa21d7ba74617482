"""The tamper-evident log: one leaf for each version, covering all its evidence, and signed checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.database.connection import Connection

from . import merkle
from .notes import Checkpoint, Signer

# Leaf hash and position of every sealed entry, in order: versions, recaptures, events.
SELECT_ENTRIES: Final = """
SELECT hash, position FROM leaf WHERE position IS NOT NULL
UNION ALL SELECT leaf, position FROM recapture WHERE position IS NOT NULL
UNION ALL SELECT leaf, position FROM event WHERE position IS NOT NULL ORDER BY position
"""
_NOTE: Final = "SELECT note FROM checkpoint WHERE size = :size AND root = :root"
_OF_VERSIONS: Final = """
SELECT v.n, l.position FROM leaf l JOIN version v ON v.id = l.version_id JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n IN (:numbers)
"""


def seal_log(archive: Archive, signer: Signer, now: datetime) -> str:
    """Give every new leaf its position in the log and return a signed note of the log's state.

    Store the note outside the database: only there does it prove anything against whoever controls the database. Where
    nothing is new, the note is that of the last time.
    """
    with archive.write() as connection:
        archive.serialise(connection, "ledger")
        _enter_missing(connection)
        _number(connection)
        leaves = _leaves(connection)
        root = merkle.root(leaves)
        kept = connection.value(str, _NOTE, size=len(leaves), root=root)
        # Signing again would give another time to the same state, and time stamps next to the first note would be lost.
        if kept is not None and signer.signed(kept):
            return kept
        note = signer.sign(Checkpoint(signer.name, len(leaves), root.hex(), now))
        connection.insert("checkpoint", "ON CONFLICT DO NOTHING", size=len(leaves), root=root, at=now, note=note)
        return note


def list_checkpoints(archive: Archive) -> list[str]:
    """Return the notes of all checkpoints, oldest first."""
    with archive.read() as connection:
        return connection.column(str, "SELECT note FROM checkpoint ORDER BY size")


def positions_of(archive: Archive, article: str, numbers: Sequence[int]) -> dict[int, int]:
    """Return the positions of versions in the log; those that no checkpoint covers yet are left out."""
    with archive.read() as connection:
        found = connection.all(_OF_VERSIONS, ident=article, numbers=list(numbers))
    return {row.n: row.position for row in found if row.position is not None}


def sealed_size(archive: Archive, article: str, numbers: Sequence[int]) -> int | None:
    """Return the smallest log size that includes these versions, or None if one has no position yet."""
    found = positions_of(archive, article, numbers)
    return max(found.values()) + 1 if len(found) == len(numbers) else None


def prove_entries(archive: Archive, positions: Sequence[int | None], size: int) -> list[tuple[str, ...] | None]:
    """Return proofs that the entries at `positions` are in the log of `size` leaves, None for those that are not."""
    with archive.read() as connection:
        leaves = _leaves(connection, size)
    return [
        None
        if position is None or position >= len(leaves)
        else tuple(each.hex() for each in merkle.inclusion_proof(leaves, position))
        for position in positions
    ]


def prove_consistency(archive: Archive, older: int, size: int) -> tuple[str, ...]:
    """Return a proof that the log of `older` leaves is a prefix of the log of `size` leaves."""
    with archive.read() as connection:
        leaves = _leaves(connection, size)
    return tuple(each.hex() for each in merkle.consistency_proof(leaves, older))


def _enter_missing(connection: Connection) -> None:
    """Add versions stored by a release that had no log yet, in the form that does not cover their changes."""
    from .evidence import SELECT_EVIDENCE, evidence_of

    lacking = "SELECT v.id FROM version v LEFT JOIN leaf l ON l.version_id = v.id WHERE l.version_id IS NULL LIMIT 1"
    if connection.value(int, lacking) is None:
        return
    last: dict[int, str] = {}
    for row in connection.all(f"{SELECT_EVIDENCE} WHERE l.version_id IS NULL ORDER BY v.article_id, v.n"):
        evidence = evidence_of(row)
        if evidence.previous is None and row.article_id in last:
            evidence = replace(evidence, previous=last[row.article_id])
        last[row.article_id] = evidence.leaf(1)
        connection.insert("leaf", version_id=row.id, hash=bytes.fromhex(last[row.article_id]))


def _number(connection: Connection) -> None:
    """Give the next positions to entries without one, by row id.

    Not when they are stored: on PostgreSQL rows commit out of order, and no entry may change its position.
    """
    tables = (("leaf", "version_id"), ("recapture", "id"), ("event", "id"))
    lasts = [connection.value(int, f"SELECT max(position) FROM {table}") for table, _ in tables]
    first = max((last + 1 for last in lasts if last is not None), default=0)
    for table, key in tables:
        waiting = connection.column(int, f"SELECT {key} FROM {table} WHERE position IS NULL ORDER BY {key}")
        numbered = [{"row": row, "place": place} for place, row in enumerate(waiting, first)]
        connection.run_many(f"UPDATE {table} SET position = :place WHERE {key} = :row", numbered)
        first += len(numbered)


def _leaves(connection: Connection, size: int | None = None) -> list[bytes]:
    return [bytes(each) for each in connection.column(bytes, SELECT_ENTRIES)][:size]
