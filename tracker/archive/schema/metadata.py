"""The tables that Alembic compares, and as `writethru db move` copies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Boolean

from . import core, learned, proofs, stories
from .columns import METADATA

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem


__all__ = ["METADATA", "CopiedTable", "copied_tables", "core", "in_schema", "learned", "proofs", "stories"]


def in_schema(_item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
    """Say whether Alembic is to compare a thing; the tables of full-text search are made by hand."""
    return not (kind == "table" and (name or "").startswith("fts_"))


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table: its columns, those of its primary key, those that hold booleans, and whether its rows are numbered."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    booleans: frozenset[str]
    numbered: bool


def copied_tables() -> list[CopiedTable]:
    """Return all tables, each after those that it refers to."""
    return [
        CopiedTable(
            name=table.name,
            columns=tuple(column.name for column in table.columns),
            key=tuple(column.name for column in table.primary_key),
            booleans=frozenset(column.name for column in table.columns if isinstance(column.type, Boolean)),
            numbered="id" in table.columns,
        )
        for table in METADATA.sorted_tables
    ]
