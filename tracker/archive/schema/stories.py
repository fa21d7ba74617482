"""The tables of stories: what was read for them, where articles stand, what a person decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Float, Index, Integer
from sqlmodel import Field

from tracker.model.story import StoryDecisionKind

from .columns import Clean, Instant, Row, Word, column, one_of, reference_to, row_key


class StoryReadingRow(Row, table=True):
    """A version that was read for its story; a version without such a row is still to be read."""

    __tablename__ = "story_reading"
    version_id: int = reference_to("version", primary=True)
    at: int = column(Instant)


class StoryHomeRow(Row, table=True):
    """The story that the machine put an article into, and why; *least* is the size of its smallest signature."""

    __tablename__ = "story_home"
    __table_args__ = (Index("ix_story_home_story", "story"),)
    article_id: int = reference_to("article", primary=True)
    story: str = column(Clean)
    score: float | None = column(Float, nullable=True)
    is_copy: bool = column(Boolean)
    reasons: str = column(Clean)
    least: int = column(Integer)
    at: int = column(Instant)


class StoryMarkRow(Row, table=True):
    """A mark of a text's signature and an article it stands in: how copies are found."""

    __tablename__ = "story_mark"
    __table_args__ = (Index("ix_story_mark_article_id", "article_id"), {"sqlite_with_rowid": False})
    mark: int = column(BigInteger, primary=True)
    article_id: int = reference_to("article", primary=True)


class StoryCopyRow(Row, table=True):
    """Two articles that hold the same text; the id of the first is the lesser one."""

    __tablename__ = "story_copy"
    __table_args__ = (Index("ix_story_copy_second_id", "second_id"),)
    first_id: int = reference_to("article", primary=True)
    second_id: int = reference_to("article", primary=True)
    contained: float = column(Float)
    reason: str = column(Clean)
    at: int = column(Instant)


class StoryDecisionRow(Row, table=True):
    """What a person decided; rows are added, never changed."""

    __tablename__ = "story_decision"
    __table_args__ = (CheckConstraint(one_of("verdict", list(StoryDecisionKind)), name="verdict"),)
    id: int | None = row_key()
    at: int = column(Instant)
    by: str = column(Clean)
    verdict: str = column(Word)
    story: str = column(Clean)
    articles: str = column(Clean)
    into: str = Field(sa_column=Column("into_story", Clean, nullable=False))


class StoryOutRow(Row, table=True):
    """An article that a person took out of a named story: no configuration brings it back."""

    __tablename__ = "story_out"
    article_id: int = reference_to("article", primary=True)
    name: str = column(Clean, primary=True)
