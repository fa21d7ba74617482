"""How a JSON object is declared: as a struct, whose fields are its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

SCHEMA: Final = 1
"""The schema number of objects that describe no change. It rises when a key is removed or its meaning changes."""
CHANGE_SCHEMA: Final = 2
"""The schema number of objects that describe a change. With 1, of release 0.1, `significance` was a number."""

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]
P = TypeVar("P", bound="Part")


class Part(msgspec.Struct, frozen=True):
    """An object inside another. A key whose default is UNSET may be missing."""

    def as_json(self) -> JsonObject:
        """Return the object as a dict of values of JSON, to add keys to it."""
        plain: JsonObject = msgspec.to_builtins(self)
        return plain


class Answer(Part, frozen=True, tag_field="schema", tag=SCHEMA):
    """An object that is written by itself, with "schema"."""


class ChangeAnswer(Answer, frozen=True, tag=CHANGE_SCHEMA):
    """An object that describes a change."""


def from_fields(kind: type[P], value: object, /, **more: object) -> P:
    """Return an object with the fields of `value` that have the names of its keys; `more` has the others.

    A key that may be missing is only there if `more` has it.
    """
    keys: dict[str, Any] = {name: getattr(value, name) for name in _required(kind) if name not in more} | more
    return kind(**keys)


@cache
def _required(kind: type[Part]) -> tuple[str, ...]:
    names, defaults = kind.__struct_fields__, kind.__struct_defaults__
    padded = (msgspec.NODEFAULT,) * (len(names) - len(defaults)) + defaults
    return tuple(name for name, default in zip(names, padded, strict=True) if default is msgspec.NODEFAULT)


def iso(when: datetime | None) -> str | None:
    """Write a time for machines: 2026-11-25T12:05:00Z, with microseconds if there are any."""
    return None if when is None else outlet_time(when.astimezone(UTC))


def outlet_time(when: datetime | None) -> str:
    """Write a date of a page with the outlet's offset: 2026-03-05T23:30:00-05:00. Empty if there is no date."""
    return "" if when is None else when.isoformat().replace("+00:00", "Z")
