"""Times and frozen values as values of JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from .json import JsonValue


def iso(when: datetime | None) -> str | None:
    """Write a time for machines: 2026-11-25T12:05:00Z, with microseconds if there are any."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: object) -> JsonValue:
    """Return a frozen value, or a sequence of them, made of JSON types; times must be in UTC."""
    made: JsonValue = msgspec.to_builtins(value)
    return made
