"""The tables of what a source's pages and hubs have taught, of what the service notes for itself, and of search.

The index over the words of passages is made by a migration and holds no text of its own: a hit reads its passage from
the version it first stood in.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, Integer, SmallInteger, String, UniqueConstraint

from tracker.model.source import HabitKind

from .columns import Clean, Instant, Row, Word, column, index_where, one_of, reference_to, row_key


class LineRow(Row, table=True):
    """A short line of a source's articles and in how many of them it stands."""

    __tablename__ = "line"
    source_id: int = reference_to("source", primary=True)
    key: str = column(String(16), primary=True)
    articles: int = column(Integer)


class HabitRow(Row, table=True):
    """A line of a source that is no news."""

    __tablename__ = "habit"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint(one_of("kind", list(HabitKind)), name="kind"),
    )
    id: int | None = row_key()
    source_id: int = reference_to("source")
    kind: str = column(Word)
    key: str = column(String(16))
    sample: str = column(Clean)
    articles: int = column(Integer)
    learned_at: int = column(Instant)


class TallyRow(Row, table=True):
    """How far the hubs of a source were right: touch and change, touch alone, change alone."""

    __tablename__ = "tally"
    source_id: int = reference_to("source", primary=True)
    hits: float = column(Float)
    false_touches: float = column(Float)
    misses: float = column(Float)


class MemoRow(Row, table=True):
    """A text that the service keeps for itself from one run to the next, by name."""

    __tablename__ = "memo"
    name: str = column(Clean, primary=True)
    at: int = column(Instant)
    text: str = column(Clean)


class PassageRow(Row, table=True):
    """A paragraph of an article from version *first_n* to *last_n* (none while it stands).

    *block* is its place among the editorial blocks of version *first_n*; -1 is the headline, -2 the dek. *digest* is
    the start of the SHA-256 of its text.
    """

    __tablename__ = "passage"
    __table_args__ = (
        index_where("last_n IS NULL", "ix_passage_standing", "article_id"),
        Index("ix_passage_article_id", "article_id", "first_n"),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    first_n: int = column(Integer)
    last_n: int | None = column(Integer, nullable=True)
    block: int = column(SmallInteger)
    digest: int = column(BigInteger)
