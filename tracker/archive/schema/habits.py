"""The tables of what a source's pages have taught."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, String, UniqueConstraint
from sqlmodel import Field

from tracker.model.source import HabitKind

from .columns import Clean, Instant, Word, one_of
from .core import Row, column, reference_to, row_key, table_of


class LineRow(Row, table=True):
    """A short line of a source's articles and in how many of them it stands."""

    __tablename__ = "line"
    source_id: int = reference_to("source", primary=True)
    key: str = Field(sa_column=Column(String(16), primary_key=True))
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


line: Final = table_of(LineRow)
habit: Final = table_of(HabitRow)
