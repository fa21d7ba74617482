"""Shared by all views: the schema number, the types of JSON values, and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

SCHEMA: Final = 1

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]


def iso(when: datetime | None) -> str | None:
    """Write a time for machines: 2026-11-25T12:05:00Z, with microseconds if there are any."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")
