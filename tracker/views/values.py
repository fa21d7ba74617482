"""Shared by all views: the schema number, and frozen values as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import msgspec

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# The version of every JSON object we write. New keys are free; taking one away or changing its meaning needs another.
SCHEMA: Final = 1
# Of objects that tell a change: in release 0.1, `significance` was a number and `substance` had four words.
CHANGE_SCHEMA: Final = 2

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]
_JSON_TYPES: Final = frozenset({str, int, float, bool, type(None)})


def iso(when: datetime | None) -> str | None:
    """Write a time for machines: 2026-11-25T12:05:00Z, with microseconds if there are any."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def fields_json(value: DataclassInstance) -> JsonObject:
    """Return every field of a frozen value by its name, for values whose fields are the keys of their JSON.

    A view that renames, derives or leaves out keys names each of them instead, so that the contract can be read there.
    Fields that begin with an underscore are left out.
    """
    return {name: plain(getattr(value, name)) for name in _field_names(type(value))}


@cache
def _field_names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if not each.name.startswith("_"))


def plain(value: object) -> JsonValue:  # noqa: PLR0911 - until alerts and stories declare theirs
    """Return a value made of JSON types: times in UTC, durations in seconds, enums by their values."""
    # Most values, at a third of the time. By the class itself, because a StrEnum is a str, too.
    if type(value) in _JSON_TYPES:
        return cast("JsonValue", value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (int, float, str)):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, msgspec.Struct):
        return cast("JsonValue", msgspec.to_builtins(value))
    if is_dataclass(value) and not isinstance(value, type):
        return fields_json(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    raise TypeError(f"JSON has no {type(value).__name__}")
