"""The base and the column types of all tables; the tables of articles, versions and alerts, and those that prove them.

Times are milliseconds since 1970, hashes 32 bytes, enumerations words or small numbers under a CHECK. The classes only
describe the tables, for Alembic; rows are written and read as plain SQL, see `connection.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import declared_attr, registry
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from tracker.archive.checks import OUTCOMES
from tracker.model.alert import DeliveryState
from tracker.model.source import HubKind
from tracker.model.version import Rereading
from tracker.model.watch import ArticleState

T = TypeVar("T")

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# A table of the metadata, as `writethru db move` copies it.
StoredTable = Table
# Row numbers: SQLite numbers rows itself only if the column is an INTEGER.
Key: Final = BigInteger().with_variant(Integer(), "sqlite")
# An instant, as milliseconds since 1970.
Instant: Final = BigInteger
# A SHA-256, as 32 bytes.
Digest: Final = LargeBinary
# A text without NUL and lone surrogates.
Clean: Final = Text
# A member of an enumeration, as its word.
Word: Final = Text
# A member of an enumeration, as its place in OUTCOMES of `checks.py`: for tables with very many rows.
Code: Final = SmallInteger


def one_of(column: str, words: Sequence[str]) -> str:
    """Return the SQL condition that `column` holds one of `words`."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The base of all tables, with its own metadata because other code in the process may use SQLModel."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the table of a class: that of StoryHomeRow is story_home."""
        return re.sub("(?<=.)([A-Z])", r"_\1", cls.__name__.removesuffix("Row")).lower()


class NumberedRow(Row):
    """The base of tables whose rows are numbered."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)


def reference_to(target: str, *, primary: bool = False, nullable: bool = False, index: bool = False) -> int:
    """Return a reference to rows of `target`."""
    foreign = ForeignKey(f"{target}.id")
    key: int = Field(sa_column=Column(Key, foreign, primary_key=primary, nullable=nullable, index=index or None))
    return key


def column(kind: type[TypeEngine[T]] | TypeEngine[T], *, nullable: bool = False, primary: bool = False) -> T:
    """Return a plain column; as a `primary` key it is never numbered by the database."""
    if primary:
        field: T = Field(sa_column=Column(kind, primary_key=True, autoincrement=False))
    else:
        field = Field(default=None, sa_column=Column(kind, nullable=nullable))
    return field


def index_where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Return an index of the rows that meet `condition` alone."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class SourceRow(NumberedRow, table=True):
    """A configured outlet; while it is `paused`, nothing from it is due.

    `every` (seconds, 0 for none) and `filters` (a hash) are those of the configuration when it was last read.
    """

    __table_args__ = (UniqueConstraint("name"),)
    name: str = column(Clean)
    paused: bool = column(Boolean)
    created_at: int = column(Instant)
    every: float | None = column(Float, nullable=True)
    filters: str | None = column(Clean, nullable=True)


class HubRow(NumberedRow, table=True):
    """A feed, sitemap or section page and its last polls; `key` hashes its kind, address, selector and pattern."""

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint(one_of("kind", list(HubKind)), name="kind"),
        Index("ix_hub_next_poll_at_host", "next_poll_at", "host"),
    )
    source_id: int = reference_to("source")
    key: bytes = column(Digest)
    kind: str = column(Word)
    url: str = column(Clean)
    selector: str = column(Clean)
    pattern: str = column(Clean)
    host: str = column(Clean)
    position: int = column(Integer)
    next_poll_at: int | None = column(Instant, nullable=True)
    last_poll_at: int | None = column(Instant, nullable=True)
    last_ok_at: int | None = column(Instant, nullable=True)
    failures: int = column(Integer)
    last_error: str = column(Clean)
    etag: str = column(Clean)
    last_modified: str = column(Clean)
    articles: int = column(Integer)


_WATCHED: Final = "next_check_at IS NOT NULL AND state <> 'paused'"
_FAILING: Final = "failures > 0 AND state = 'active'"


class ArticleRow(NumberedRow, table=True):
    """One canonical address under watch; `ident` is its id for people."""

    __table_args__ = (
        UniqueConstraint("ident"),
        CheckConstraint(one_of("state", list(ArticleState)), name="state"),
        index_where(_WATCHED, "ix_article_due", "next_check_at", "host"),
        Index("ix_article_host", "host", "next_check_at"),
        Index("ix_article_source_id", "source_id", "id"),
        Index("ix_article_source_change", "source_id", "last_change_at"),
        index_where(_FAILING, "ix_article_failing", "source_id", "last_check_at"),
        Index("ix_article_newest", "last_change_at", "first_seen_at"),
        # All columns that `sources` adds up, so that it reads no articles.
        Index(
            "ix_article_sums",
            "source_id",
            "failures",
            "state",
            "versions",
            "checks",
            "next_check_at",
            "last_check_at",
            "last_seen_at",
            "last_change_at",
        ),
    )
    ident: str = column(String(12))
    source_id: int = reference_to("source")
    url: str = column(Clean)
    host: str = column(Clean)
    first_seen_at: int = column(Instant)
    state: str = column(Word)
    next_check_at: int | None = column(Instant, nullable=True)
    last_check_at: int | None = column(Instant, nullable=True)
    last_seen_at: int | None = column(Instant, nullable=True)
    last_change_at: int | None = column(Instant, nullable=True)
    checks: int = column(Integer)
    versions: int = column(Integer)
    failures: int = column(Integer)
    etag: str = column(Clean)
    last_modified: str = column(Clean)
    signature: str = column(Clean)
    title: str = column(Clean)
    feed_title: str = column(Clean)
    published_at: int | None = column(Instant, nullable=True)
    told_at: int | None = column(Instant, nullable=True)
    touched_at: int | None = column(Instant, nullable=True)
    listed_until: int | None = column(Instant, nullable=True)


class AddressRow(Row, table=True):
    """An address an article was seen under; `key` is the start of the SHA-256 of its identity."""

    key: bytes = column(LargeBinary(16), primary=True)
    article_id: int = reference_to("article", index=True)
    url: str = column(Clean)


class StoryRow(NumberedRow, table=True):
    """An article's membership in a story."""

    __table_args__ = (UniqueConstraint("article_id", "name"), Index("ix_story_name", "name"))
    article_id: int = reference_to("article")
    name: str = column(Clean)


class HostRow(Row, table=True):
    """The pauses, failures and robots.txt of a host."""

    name: str = column(Clean, primary=True)
    not_before: int | None = column(Instant, nullable=True)
    failures: int = column(Integer)
    last_failure_at: int | None = column(Instant, nullable=True)
    robots_status: int | None = column(SmallInteger, nullable=True)
    robots_body: str | None = column(Clean, nullable=True)
    robots_at: int | None = column(Instant, nullable=True)


class VisitRow(NumberedRow, table=True):
    """One check. Its row is small, because there are very many."""

    __table_args__ = (
        CheckConstraint(f"outcome BETWEEN 0 AND {len(OUTCOMES) - 1}", name="outcome"),
        Index("ix_visit_article_id_at", "article_id", "at"),
    )
    article_id: int = reference_to("article")
    at: int = column(Instant)
    outcome: int = column(Code)
    status: int | None = column(SmallInteger, nullable=True)
    elapsed: float = column(Float)
    detail: str | None = column(Clean, nullable=True)
    remark: str | None = column(Word, nullable=True)
    subject: str | None = column(Clean, nullable=True)


class VisitDayRow(Row, table=True):
    """Visits of one `day` (days since 1970) that found nothing new and are no longer kept one by one."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = reference_to("article", primary=True)
    day: int = column(Integer, primary=True)
    outcome: int = column(Code, primary=True)
    checks: int = column(Integer)
    elapsed: float = column(Float)


class BlobRow(NumberedRow, table=True):
    """Bytes as one zstd frame, coded against those of `base_id` if it is set.

    `sha256` is that of the bytes, `crc` the CRC-32 of the frame: some bits of a frame's head do not alter its bytes.
    """

    base_id: int | None = reference_to("blob", nullable=True, index=True)
    raw_len: int = column(Integer)
    sha256: bytes = column(Digest)
    crc: int = column(BigInteger)
    data: bytes = column(LargeBinary)


class VersionRow(NumberedRow, table=True):
    """One editorial state of an article; its content is a blob of JSON."""

    __table_args__ = (
        UniqueConstraint("article_id", "n"),
        CheckConstraint("n >= 1", name="n"),
        Index("ix_version_seen_at", "seen_at", "id"),
    )
    article_id: int = reference_to("article")
    n: int = column(Integer)
    seen_at: int = column(Instant)
    previous_seen_at: int | None = column(Instant, nullable=True)
    status: int = column(SmallInteger)
    extractor: str = column(Clean)
    signature: str = column(Clean)
    sha256: bytes = column(Digest)
    content_id: int = reference_to("blob")


class CaptureRow(Row, table=True):
    """The response a version came from: the decoded body is one blob, everything else about it another."""

    version_id: int = reference_to("version", primary=True)
    fetched_at: int = column(Instant)
    status: int = column(SmallInteger)
    sha256: bytes = column(Digest)
    head_id: int = reference_to("blob")
    body_id: int = reference_to("blob")


class ChangeRow(Row, table=True):
    """The change that led to a version; `data` is JSON as a zstd frame coded against the content of the version.

    `significance` is `Significance.least_score`, or the number that release 0.1 gave. `classifier` is the version of
    the rules that judged the change; NULL for those of release 0.1.
    """

    version_id: int = reference_to("version", primary=True)
    words: int = column(Integer)
    significance: float = column(Float)
    announced: bool | None = column(Boolean, nullable=True)
    raw_len: int = column(Integer)
    crc: int = column(BigInteger)
    data: bytes = column(LargeBinary)
    classifier: int | None = column(SmallInteger, nullable=True)


class LabelRow(Row, table=True):
    """A label of a change, for questions across articles; its evidence is stored in the change."""

    __table_args__ = (Index("ix_label_kind", "kind", "version_id"),)
    version_id: int = reference_to("version", primary=True)
    position: int = column(SmallInteger, primary=True)
    kind: str = column(Word)


_PENDING: Final = "state = 'pending'"
_BATCHES: Final = f"{_PENDING} AND batch IS NOT NULL"


class DeliveryRow(NumberedRow, table=True):
    """An alert in the outbox. A repeated alert has the same `key`; alerts of one `batch` are sent together.

    `alone` and `storm` are those of the `Batch`.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("state", list(DeliveryState)), name="state"),
        index_where(_PENDING, "ix_delivery_pending", "target", "article", "id"),
        Index("ix_delivery_state", "state", "id"),
        index_where(_BATCHES, "ix_delivery_batch", "target", "batch"),
    )
    key: str = column(Clean)
    rule: str = column(Clean)
    target: str = column(Clean)
    article: str = column(Clean)
    version: int = column(Integer)
    payload: str = column(Clean)
    state: str = column(Word)
    created_at: int = column(Instant)
    due_at: int = column(Instant)
    leased_until: int | None = column(Instant, nullable=True)
    attempts: int = column(Integer)
    last_error: str = column(Clean)
    delivered_at: int | None = column(Instant, nullable=True)
    batch: str | None = column(Clean, nullable=True)
    alone: bool | None = column(Boolean, nullable=True)
    storm: str | None = column(Clean, nullable=True)


class ReferenceRow(NumberedRow, table=True):
    """A page of a source that first versions are coded against: a copy, so that no article depends on another.

    `poor` counts pages in a row that it hardly helped; after a few the next page takes its place.
    """

    __table_args__ = (Index("ix_reference_source_id", "source_id", "id"),)
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


class EventRow(NumberedRow, table=True):
    """An entry of the log that is neither a version nor a recapture; see `ledger/log.py`.

    `record` is the JSON that `leaf` hashes, `n` the version it is about. Rows are added, never changed.
    """

    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_event_article_id", "article_id", "id"),
        index_where("position IS NULL", "ix_event_unnumbered", "id"),
    )
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


class VerdictRow(NumberedRow, table=True):
    """A person's verdict on the change that led to a version; rows are added, never changed.

    `shown` and `labels` are label kinds with commas between; `labels` is NULL where the labels were not judged.
    """

    version_id: int = reference_to("version", index=True)
    at: int = column(Instant)
    author: str = column(Clean)
    weight: str = column(Word)
    shown: str = column(Clean)
    labels: str | None = column(Clean, nullable=True)
    note: str = column(Clean)
    link: str = column(Clean)


class ReadingRow(NumberedRow, table=True):
    """The text that a later extractor read in the page of a version, which keeps its first text and its leaf.

    The newest one is current; the others have `superseded_at`. `content_id` is the re-extracted
    text, `no_edit` says that it equals that of the version before.
    """

    __table_args__ = (
        CheckConstraint(one_of("came_to", list(Rereading)), name="came_to"),
        Index("ix_reading_version_id", "version_id"),
        index_where("superseded_at IS NULL", "ix_reading_standing", "version_id", unique=True),
    )
    version_id: int = reference_to("version")
    extractor: str = column(Clean)
    at: int = column(Instant)
    superseded_at: int | None = column(Instant, nullable=True)
    came_to: str = column(Word)
    no_edit: bool = column(Boolean)
    signature: str = column(Clean)
    sha256: bytes = column(Digest)
    content_id: int = reference_to("blob")


class RecaptureRow(NumberedRow, table=True):
    """A response that showed version `n` again, kept where a source keeps all; `removed` says why its bytes are gone.

    `leaf` is the hash of its evidence, `position` its place in the log, which versions and recaptures share.
    """

    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_recapture_article_id", "article_id", "n"),
        index_where("position IS NULL", "ix_recapture_unnumbered", "id"),
    )
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


class HandinRow(NumberedRow, table=True):
    """A saved page that a person handed in, the `n`th of its article; its event in the log says who, when and what.

    `content_id` is the text, `file_id` the file as it was handed in; `removed` says why both are gone.
    """

    __table_args__ = (UniqueConstraint("article_id", "n"),)
    article_id: int = reference_to("article")
    n: int = column(Integer)
    content_id: int = reference_to("blob")
    file_id: int = reference_to("blob")
    removed: str = column(Clean)
