"""What belongs to the schema that Alembic compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Every module that describes tables: METADATA knows them once they are imported.
from . import core, learned, proofs, readings, search, stories, verdicts
from .columns import METADATA

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

__all__ = ["METADATA", "core", "in_schema", "learned", "proofs", "readings", "search", "stories", "verdicts"]


def in_schema(_item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
    """Say whether Alembic is to compare a thing; the tables of full-text search are made by hand."""
    return not (kind == "table" and (name or "").startswith("fts_"))
