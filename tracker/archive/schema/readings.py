"""The tables of what came after a version was kept: what later extractors read in its page, and further captures."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint

from tracker.model.version import Rereading

from .columns import Clean, Digest, Instant, Row, Word, column, index_where, one_of, reference_to, row_key


class ReadingRow(Row, table=True):
    """What a later extractor read in the page of a version, which keeps the text it was kept with and its leaf.

    The newest one stands; the others have *superseded_at*. *content_id* is the text as it reads by then, *no_edit* says
    that it reads like the version before.
    """

    __tablename__ = "reading"
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
    """A response that showed version *n* again, kept where a source keeps all; *removed* says why its bytes are gone.

    *leaf* is the hash of its evidence, *position* its place in the log, which versions and recaptures share.
    """

    __tablename__ = "recapture"
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
