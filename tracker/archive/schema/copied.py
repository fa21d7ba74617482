"""The tables as `writethru db move` copies them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Boolean

from .metadata import METADATA


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
