"""Rows of the database as dataclasses, and dataclasses as the values of a row, wherever both use the same names."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .values import from_ms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from .database.connection import Row, Values

T = TypeVar("T")


def record(kind: type[T], row: Row, /, **given: object) -> T:
    """Return the dataclass whose fields are the columns of *row* with their names; *given* are the other fields.

    An instant is read from milliseconds, an enumeration from its word, a hash as hexadecimal. An empty column is None
    where the field may be None, else the empty text, zero or false.
    """
    # The plan of a class is made once: lists map thousands of rows.
    plan = _plan(cast("Any", kind))
    return kind(**{name: read(getattr(row, name)) for name, read in plan if name not in given}, **given)


def columns(value: DataclassInstance) -> Values:
    """Return the fields of a dataclass by name, for a statement that names parameters after them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def inner_type(annotation: object) -> object:
    """Return what an annotation is about: `X | None` is about X, a Literal about its values' type."""
    origin = get_origin(annotation)
    if origin is Literal:
        return str
    if origin in {Union, types.UnionType}:
        (inner,) = (part for part in get_args(annotation) if part is not type(None))
        return inner
    return annotation


@cache
def _plan(kind: Any) -> list[tuple[str, Callable[[Any], Any]]]:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    return [(field.name, _reader(hints[field.name])) for field in fields(kind)]


def _reader(annotation: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - annotations have no common type
    kind: Any = inner_type(annotation)
    # `str`, but not `str | None`: only a field that cannot be None needs another value for NULL.
    empty = kind() if kind is annotation and kind in {str, int, float, bool} else None
    if kind is datetime or (isinstance(kind, type) and issubclass(kind, (bool, Enum))):
        convert: Any = from_ms if kind is datetime else kind
        return lambda value: empty if value is None else convert(value)
    return lambda value: empty if value is None else value.hex() if type(value) is bytes else value
