"""The tables that make the archive small and provable: reference pages, entries of the log, checkpoints, tombstones.

Also the later additions to a version: readings of its page, further captures, verdicts of people.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint

from tracker.model.version import Rereading

from .core import Clean, Digest, Instant, Row, Word, column, index_where, one_of, reference_to, row_key


class ReferenceRow(Row, table=True):
    """A page of a source that first versions are coded against: a copy of its own, so that no article hangs on another.

    `poor` counts pages in a row that it hardly helped; after a few the next page takes its place.
    """

    __table_args__ = (Index("ix_reference_source_id", "source_id", "id"),)
    id: int | None = row_key()
    source_id: int = reference_to("source")
    head_id: int = reference_to("blob")
    body_id: int = reference_to("blob")
    poor: int = column(SmallInteger)


class LeafRow(Row, table=True):
    """The entry of a version in the log: the hash of all its evidence; `position` is given by the next checkpoint.

    `change_sha256` is the part of that evidence that is stored nowhere else: it outlasts a takedown of the change.
    """

    __table_args__ = (UniqueConstraint("position"), index_where("position IS NULL", "ix_leaf_unnumbered", "version_id"))
    version_id: int = reference_to("version", primary=True)
    hash: bytes = column(Digest)
    position: int | None = column(BigInteger, nullable=True)
    change_sha256: bytes | None = column(Digest, nullable=True)


class EventRow(Row, table=True):
    """An entry of the log that is neither a version nor a recapture; see `ledger/log.py`.

    `record` is the JSON that `leaf` hashes, `n` the version it is about. Rows are added, never changed.
    """

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
    """The root of the log at one size; `note` is the signed text that is also kept outside the database."""

    size: int = column(BigInteger, primary=True)
    root: bytes = column(Digest)
    at: int = column(Instant)
    note: str = column(Clean)


class TombstoneRow(Row, table=True):
    """Bytes of a version that were taken out: which (`parts`: "capture" or "all"), when and why."""

    version_id: int = reference_to("version", primary=True)
    parts: str = column(Clean)
    reason: str = column(Clean)
    at: int = column(Instant)


class VerdictRow(Row, table=True):
    """A person's verdict on the change that led to a version; rows are added, never changed.

    `shown` and `labels` are label kinds with commas between; `labels` is NULL where the labels were not judged.
    """

    id: int | None = row_key()
    version_id: int = reference_to("version", index=True)
    at: int = column(Instant)
    author: str = column(Clean)
    weight: str = column(Word)
    shown: str = column(Clean)
    labels: str | None = column(Clean, nullable=True)
    note: str = column(Clean)
    link: str = column(Clean)


class ReadingRow(Row, table=True):
    """The text that a later extractor read in the page of a version, which keeps its first text and its leaf.

    The newest one is current; the others have `superseded_at`. `content_id` is the text as it reads by then,
    `no_edit` says that it reads like the version before.
    """

    __table_args__ = (
        CheckConstraint(one_of("came_to", list(Rereading)), name="came_to"),
        Index("ix_reading_version_id", "version_id"),
        index_where("superseded_at IS NULL", "ix_reading_standing", "version_id", unique=True),
    )
    id: int | None = row_key()
    version_id: int = reference_to("version")
    extractor: str = column(Clean)
    at: int = column(Instant)
    superseded_at: int | None = column(Instant, nullable=True)
    came_to: str = column(Word)
    no_edit: bool = column(Boolean)
    signature: str = column(Clean)
    sha256: bytes = column(Digest)
    content_id: int = reference_to("blob")


class RecaptureRow(Row, table=True):
    """A response that showed version `n` again, kept where a source keeps all; `removed` says why its bytes are gone.

    `leaf` is the hash of its evidence, `position` its place in the log, which versions and recaptures share.
    """

    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_recapture_article_id", "article_id", "n"),
        index_where("position IS NULL", "ix_recapture_unnumbered", "id"),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    n: int = column(Integer)
    fetched_at: int = column(Instant)
    status: int = column(SmallInteger)
    sha256: bytes = column(Digest)
    head_id: int = reference_to("blob")
    body_id: int = reference_to("blob")
    leaf: bytes = column(Digest)
    position: int | None = column(BigInteger, nullable=True)
    removed: str = column(Clean)
