"""The table of what people say of changes."""

from __future__ import annotations

from .columns import Clean, Instant, Row, Word, column, reference_to, row_key


class VerdictRow(Row, table=True):
    """A person's verdict on the change that led to a version; rows are added, never changed.

    *shown* and *labels* are label kinds with commas between; *labels* is NULL where the labels were not judged.
    """

    __tablename__ = "verdict"
    id: int | None = row_key()
    version_id: int = reference_to("version", index=True)
    at: int = column(Instant)
    author: str = column(Clean)
    weight: str = column(Word)
    shown: str = column(Clean)
    labels: str | None = column(Clean, nullable=True)
    note: str = column(Clean)
    link: str = column(Clean)
