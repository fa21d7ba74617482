"""What belongs to the schema that Alembic compares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import habits as habit_tables

# Every module that describes tables: METADATA knows them once they are imported.
from . import memos as memo_tables
from . import proofs as proof_tables
from . import readings as reading_tables
from . import search as search_tables
from . import stories as story_tables
from .core import METADATA

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

__all__ = [
    "METADATA",
    "habit_tables",
    "in_schema",
    "memo_tables",
    "proof_tables",
    "reading_tables",
    "search_tables",
    "story_tables",
]


def in_schema(_item: SchemaItem, name: str | None, kind: str, _reflected: Any, _other: Any) -> bool:
    """Say whether Alembic is to compare a thing; the tables of full-text search are made by hand."""
    return not (kind == "table" and (name or "").startswith("fts_"))
