"""What belongs to the schema that Alembic compares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.types import TypeDecorator

# Every module that describes tables: METADATA knows them once they are imported.
from . import beliefs as belief_tables
from . import habits as habit_tables
from . import proofs as proof_tables
from . import readings as reading_tables
from . import search as search_tables
from . import stories as story_tables
from .core import METADATA

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

__all__ = [
    "METADATA",
    "belief_tables",
    "habit_tables",
    "in_schema",
    "proof_tables",
    "reading_tables",
    "render",
    "search_tables",
    "story_tables",
]


def in_schema(_item: SchemaItem, name: str | None, kind: str, _reflected: Any, _other: Any) -> bool:  # noqa: ANN401
    """Say whether Alembic is to compare a thing; the tables of full-text search are made by hand."""
    return not (kind == "table" and (name or "").startswith("fts_"))


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's own types
    """Write the archive's column types into migration scripts as what they are inside: scripts outlive classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False
