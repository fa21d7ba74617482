"""The tables of what came after a version was kept: what later extractors read in its page, and further captures."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, func, text

from tracker.model.version import Rereading

from .columns import Clean, Digest, Instant, Word, one_of
from .core import Row, column, reference_to, row_key, table_of, version

_STANDING: Final = "superseded_at IS NULL"


class ReadingRow(Row, table=True):
    """What a later extractor read in the page of a version, which keeps the text it was kept with and its leaf.

    The newest one stands; the others have *superseded_at*. *content_id* is the text as it reads by then, *no_edit* says
    that it reads like the version before.
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint(one_of("came_to", list(Rereading)), name="came_to"),
        Index("ix_reading_version_id", "version_id"),
        Index(
            "ix_reading_standing",
            "version_id",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
    )
    id: int | None = row_key()
    version_id: int = reference_to("version")
    extractor: str = column(Clean)
    at: int = column(Instant)
    superseded_at: int | None = column(Instant, nullable=True)
    came_to: str = column(Word)
    no_edit: bool = column(Boolean)
    signature: str = column(Clean)
    sha256: str = column(Digest)
    content_id: int = reference_to("blob")


class RecaptureRow(Row, table=True):
    """A response that showed version *n* again, kept where a source keeps all; *removed* says why its bytes are gone.

    *leaf* is the hash of its evidence, *position* its place in the log, which versions and recaptures share.
    """

    __tablename__ = "recapture"
    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_recapture_article_id", "article_id", "n"),
        Index(
            "ix_recapture_unnumbered",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    n: int = column(Integer)
    fetched_at: int = column(Instant)
    status: int = column(SmallInteger)
    sha256: str = column(Digest)
    head_id: int = reference_to("blob")
    body_id: int = reference_to("blob")
    leaf: str = column(Digest)
    position: int | None = column(BigInteger, nullable=True)
    removed: str = column(Clean)


reading: Final = table_of(ReadingRow)
recapture: Final = table_of(RecaptureRow)

STANDS: Final = (reading.c.version_id == version.c.id) & reading.c.superseded_at.is_(None)
"""What joins a version to what its page reads like now; no row where none read it but the first."""
TEXT: Final = func.coalesce(reading.c.content_id, version.c.content_id)
"""The text of a version as it reads now."""
