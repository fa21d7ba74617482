"""The tables that make the archive small and provable: reference pages, entries of the log, checkpoints, tombstones."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, UniqueConstraint

from .columns import Clean, Digest, Instant, Row, Word, column, index_where, reference_to, row_key


class ReferenceRow(Row, table=True):
    """A page of a source that first versions are coded against: a copy of its own, so that no article hangs on another.

    *poor* counts pages in a row that it hardly helped; after a few the next page takes its place.
    """

    __tablename__ = "reference"
    __table_args__ = (Index("ix_reference_source_id", "source_id", "id"),)
    id: int | None = row_key()
    source_id: int = reference_to("source")
    head_id: int = reference_to("blob")
    body_id: int = reference_to("blob")
    poor: int = column(SmallInteger)


class LeafRow(Row, table=True):
    """What the log keeps of a version: the hash of all its evidence; *position* is given by the next checkpoint.

    *change_sha256* is the part of that evidence that is stored nowhere else: it outlasts a takedown of the change.
    """

    __tablename__ = "leaf"
    __table_args__ = (UniqueConstraint("position"), index_where("position IS NULL", "ix_leaf_unnumbered", "version_id"))
    version_id: int = reference_to("version", primary=True)
    hash: bytes = column(Digest)
    position: int | None = column(BigInteger, nullable=True)
    change_sha256: bytes | None = column(Digest, nullable=True)


class EventRow(Row, table=True):
    """An entry of the log that is no version and no recapture; see `ledger/events.py`.

    *record* is the JSON that *leaf* hashes, *n* the version it is about. Rows are added, never changed.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_event_article_id", "article_id", "id"),
        index_where("position IS NULL", "ix_event_unnumbered", "id"),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    kind: str = column(Word)
    n: int | None = column(Integer, nullable=True)
    record: str = column(Clean)
    leaf: bytes = column(Digest)
    position: int | None = column(BigInteger, nullable=True)


class CheckpointRow(Row, table=True):
    """What the log came to at one size; *note* is the signed text that also stands outside the database."""

    __tablename__ = "checkpoint"
    size: int = column(BigInteger, primary=True)
    root: bytes = column(Digest)
    at: int = column(Instant)
    note: str = column(Clean)


class TombstoneRow(Row, table=True):
    """Bytes of a version that were taken out: which (*parts*: "capture" or "all"), when and why."""

    __tablename__ = "tombstone"
    version_id: int = reference_to("version", primary=True)
    parts: str = column(Clean)
    reason: str = column(Clean)
    at: int = column(Instant)
