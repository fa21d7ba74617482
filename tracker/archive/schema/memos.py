"""The tables of what is believed of updates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float
from sqlmodel import Field

from .columns import Clean, Instant
from .core import Row, column, reference_to, table_of


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
    name: str = Field(sa_column=Column(Clean, primary_key=True))
    at: int = column(Instant)
    text: str = column(Clean)


tally: Final = table_of(TallyRow)
memo: Final = table_of(MemoRow)
