"""What the archive keeps: one SQLModel class a table.

Times are milliseconds since 1970, hashes 32 bytes, enumerations words or small numbers under a CHECK. The classes
describe; rows are written and read with SQLAlchemy Core (an ORM costs three times as much on the write path).
"""

from __future__ import annotations

from typing import Any, Final, cast

from sqlalchemy import (
    DDL,
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
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from tracker.model import ArticleState, CheckOutcome, DeliveryState, HubKind, LabelKind

from .columns import Clean, Code, Digest, Instant, Key, Word, one_of

OUTCOMES: Final = (
    CheckOutcome.NEW,
    CheckOutcome.CHANGED,
    CheckOutcome.UNCHANGED,
    CheckOutcome.NOT_MODIFIED,
    CheckOutcome.GONE,
    CheckOutcome.REFUSED,
    CheckOutcome.FAILED,
)
"""The order is part of the schema: a check keeps the place of its outcome in this list."""

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The base of all tables: their own metadata, so that other SQLModel users in one process stay apart."""


def _key() -> Any:  # noqa: ANN401 - what sqlmodel.Field returns
    return Field(default=None, sa_column=Column(Key, primary_key=True))


def _ref(target: str, *, primary: bool = False, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401
    foreign = ForeignKey(f"{target}.id")
    return Field(sa_column=Column(Key, foreign, primary_key=primary, nullable=nullable, index=index or None))


def _col(kind: Any, *, nullable: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's own types
    return Field(default=None, sa_column=Column(kind, nullable=nullable, **kwargs))


class SourceRow(Row, table=True):
    """A configured outlet; while it is *paused*, nothing of it is due."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("name"),)
    id: int | None = _key()
    name: str = _col(Clean)
    paused: bool = _col(Boolean)
    created_at: int = _col(Instant)


class HubRow(Row, table=True):
    """A feed, sitemap or section page and how it fares; *key* hashes what makes it this hub and no other."""

    __tablename__ = "hub"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint(one_of("kind", list(HubKind)), name="kind"),
        Index("ix_hub_next_poll_at_host", "next_poll_at", "host"),
    )
    id: int | None = _key()
    source_id: int = _ref("source")
    key: str = _col(Digest)
    kind: str = _col(Word(HubKind))
    url: str = _col(Clean)
    selector: str = _col(Clean)
    pattern: str = _col(Clean)
    host: str = _col(Clean)
    position: int = _col(Integer)
    next_poll_at: int | None = _col(Instant, nullable=True)
    last_poll_at: int | None = _col(Instant, nullable=True)
    last_ok_at: int | None = _col(Instant, nullable=True)
    failures: int = _col(Integer)
    last_error: str = _col(Clean)
    etag: str = _col(Clean)
    last_modified: str = _col(Clean)
    articles: int = _col(Integer)


_WATCHED: Final = "next_check_at IS NOT NULL AND state <> 'paused'"


class ArticleRow(Row, table=True):
    """One canonical address under watch; *ident* is what people call it by."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("ident"),
        CheckConstraint(one_of("state", list(ArticleState)), name="state"),
        Index("ix_article_due", "next_check_at", "host", sqlite_where=text(_WATCHED), postgresql_where=text(_WATCHED)),
        Index("ix_article_host", "host", "next_check_at"),
        Index("ix_article_source_id", "source_id", "id"),
    )
    id: int | None = _key()
    ident: str = _col(String(12))
    source_id: int = _ref("source")
    url: str = _col(Clean)
    host: str = _col(Clean)
    first_seen_at: int = _col(Instant)
    state: str = _col(Word(ArticleState))
    next_check_at: int | None = _col(Instant, nullable=True)
    last_check_at: int | None = _col(Instant, nullable=True)
    last_seen_at: int | None = _col(Instant, nullable=True)
    last_change_at: int | None = _col(Instant, nullable=True)
    checks: int = _col(Integer)
    versions: int = _col(Integer)
    failures: int = _col(Integer)
    etag: str = _col(Clean)
    last_modified: str = _col(Clean)
    signature: str = _col(Clean)
    title: str = _col(Clean)
    feed_title: str = _col(Clean)


class AddressRow(Row, table=True):
    """An address an article was seen under; *key* is the start of the SHA-256 of its identity."""

    __tablename__ = "address"
    key: bytes = Field(sa_column=Column(LargeBinary(16), primary_key=True))
    article_id: int = _ref("article", index=True)
    url: str = _col(Clean)


class StoryRow(Row, table=True):
    """An article's membership in a story."""

    __tablename__ = "story"
    __table_args__ = (UniqueConstraint("article_id", "name"), Index("ix_story_name", "name"))
    id: int | None = _key()
    article_id: int = _ref("article")
    name: str = _col(Clean)


class HostRow(Row, table=True):
    """What politeness remembers of a host."""

    __tablename__ = "host"
    name: str = Field(sa_column=Column(Clean, primary_key=True))
    not_before: int | None = _col(Instant, nullable=True)
    failures: int = _col(Integer)
    last_failure_at: int | None = _col(Instant, nullable=True)
    latency: float = _col(Float)
    robots_status: int | None = _col(SmallInteger, nullable=True)
    robots_body: str | None = _col(Clean, nullable=True)
    robots_at: int | None = _col(Instant, nullable=True)


class CheckRow(Row, table=True):
    """One visit. Small, for there are very many."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(f"outcome BETWEEN 0 AND {len(OUTCOMES) - 1}", name="outcome"),
        Index("ix_visit_article_id_at", "article_id", "at"),
    )
    id: int | None = _key()
    article_id: int = _ref("article")
    at: int = _col(Instant)
    outcome: int = _col(Code(OUTCOMES))
    status: int | None = _col(SmallInteger, nullable=True)
    elapsed: float = _col(Float)
    detail: str | None = _col(Clean, nullable=True)


class BlobRow(Row, table=True):
    """Bytes as one zstd frame, coded against those of *base_id* where there are such; never changed in place."""

    __tablename__ = "blob"
    id: int | None = _key()
    base_id: int | None = _ref("blob", nullable=True, index=True)
    raw_len: int = _col(Integer)
    sha256: str = _col(Digest)
    data: bytes = _col(LargeBinary)


class VersionRow(Row, table=True):
    """One editorial state of an article; its content is a blob of JSON."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("article_id", "n"),
        CheckConstraint("n >= 1", name="n"),
        Index("ix_version_seen_at", "seen_at", "id"),
    )
    id: int | None = _key()
    article_id: int = _ref("article")
    n: int = _col(Integer)
    seen_at: int = _col(Instant)
    previous_seen_at: int | None = _col(Instant, nullable=True)
    status: int = _col(SmallInteger)
    extractor: str = _col(Clean)
    signature: str = _col(Clean)
    sha256: str = _col(Digest)
    content_id: int = _ref("blob")


class CaptureRow(Row, table=True):
    """The response a version came from: the decoded body is one blob, all else that was seen another."""

    __tablename__ = "capture"
    version_id: int = _ref("version", primary=True)
    fetched_at: int = _col(Instant)
    status: int = _col(SmallInteger)
    sha256: str = _col(Digest)
    head_id: int = _ref("blob")
    body_id: int = _ref("blob")


class ChangeRow(Row, table=True):
    """What led to a version; *data* is JSON as a zstd frame coded against the content of the version."""

    __tablename__ = "change"
    version_id: int = _ref("version", primary=True)
    words: int = _col(Integer)
    significance: float = _col(Float)
    announced: bool | None = _col(Boolean, nullable=True)
    raw_len: int = _col(Integer)
    data: bytes = _col(LargeBinary)


class LabelRow(Row, table=True):
    """A label of a change, for questions across articles; its evidence stands in the change."""

    __tablename__ = "label"
    __table_args__ = (Index("ix_label_kind", "kind", "version_id"),)
    version_id: int = _ref("version", primary=True)
    position: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    kind: str = _col(Word(LabelKind))


_PENDING: Final = "state = 'pending'"


class DeliveryRow(Row, table=True):
    """An alert on its way: the outbox. *key* makes a repeat known as one."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("state", list(DeliveryState)), name="state"),
        Index(
            "ix_delivery_pending",
            "target",
            "article",
            "id",
            sqlite_where=text(_PENDING),
            postgresql_where=text(_PENDING),
        ),
        Index("ix_delivery_state", "state", "id"),
    )
    id: int | None = _key()
    key: str = _col(Clean)
    rule: str = _col(Clean)
    target: str = _col(Clean)
    article: str = _col(Clean)
    version: int = _col(Integer)
    payload: str = _col(Clean)
    state: str = _col(Word(DeliveryState))
    created_at: int = _col(Instant)
    due_at: int = _col(Instant)
    leased_until: int | None = _col(Instant, nullable=True)
    attempts: int = _col(Integer)
    last_error: str = _col(Clean)
    delivered_at: int | None = _col(Instant, nullable=True)


def _table(row: type[Row]) -> Table:
    return cast("Table", row.__table__)  # type: ignore[attr-defined] # SQLModel sets it on classes with table=True


source: Final = _table(SourceRow)
hub: Final = _table(HubRow)
article: Final = _table(ArticleRow)
address: Final = _table(AddressRow)
story: Final = _table(StoryRow)
host: Final = _table(HostRow)
visit: Final = _table(CheckRow)
blob: Final = _table(BlobRow)
version: Final = _table(VersionRow)
capture: Final = _table(CaptureRow)
change: Final = _table(ChangeRow)
label: Final = _table(LabelRow)
delivery: Final = _table(DeliveryRow)


def _ddl(statement: str, dialect: str) -> Any:  # noqa: ANN401 - a listener
    make: Any = DDL
    return make(statement).execute_if(dialect=dialect)


UNPACKED: Final = tuple(
    f"ALTER TABLE {table} ALTER COLUMN data SET STORAGE EXTERNAL" for table in (blob.name, change.name)
)
"""PostgreSQL need not try to compress what zstd already has."""

for _statement, _target in zip(UNPACKED, (blob, change), strict=True):
    event.listen(_target, "after_create", _ddl(_statement, "postgresql"))
