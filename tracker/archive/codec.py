"""Convert frozen dataclasses to JSON and back, exactly, and to the values of a row and back.

The conversion follows the classes' own annotations: a field added with a default is stored from that day on, and older
rows still load. `row_to_value` and `columns` are for rows whose columns have the names of the fields. `dump` and `load`
are for values stored by the million (articles, changes, captures): fields that hold their default are left out, and
unknown fields are an error, because nothing stored may be lost unseen.

A dataclass that is stored may have fields of these types: str, int, float, bool, datetime, StrEnum, Literal, another
such dataclass, `X | None` and tuple.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cache
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import orjson

from .database.connection import Row, Values, from_ms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from cattrs import Converter

    Convert = Callable[..., Any]

T = TypeVar("T")


def row_to_value(kind: type[T], row: Row, /, **given: object) -> T:
    """Return the dataclass whose fields are the columns of `row` with their names; `given` are the other fields.

    An instant is read from milliseconds, an enumeration from its word, a hash as hexadecimal. An empty column is None
    where the field may be None, else the empty text, zero or false.
    """
    # The plan of a class is made once: lists map thousands of rows.
    plan = _plan(cast("Any", kind))
    return kind(**{name: read(getattr(row, name)) for name, read in plan if name not in given}, **given)


def columns(value: DataclassInstance) -> Values:
    """Return the fields of a dataclass by name, for a statement that names parameters after them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


@cache
def _plan(kind: Any) -> list[tuple[str, Callable[[Any], Any]]]:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    return [(field.name, _reader(hints[field.name])) for field in fields(kind)]


def _reader(annotation: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - annotations have no common type
    kind: Any = str if get_origin(annotation) is Literal else annotation
    if NoneType in get_args(annotation):
        (kind,) = (part for part in get_args(annotation) if part is not NoneType)
    # `str`, but not `str | None`: only a field that cannot be None needs another value for NULL.
    empty = kind() if kind is annotation and kind in {str, int, float, bool} else None
    if kind is datetime or (isinstance(kind, type) and issubclass(kind, (bool, Enum))):
        convert: Any = from_ms if kind is datetime else kind
        return lambda value: empty if value is None else convert(value)
    return lambda value: empty if value is None else value.hex() if type(value) is bytes else value


def dump(value: DataclassInstance, *, without: Collection[str] = ()) -> bytes:
    """Return a dataclass as canonical JSON.

    Fields that hold their default, and those named in `without`, are left out. Any string survives, lone surrogates
    too. Raises ValueError for NaN and infinities.
    """
    plain = _encoder().unstructure(value)
    for name in without:
        plain.pop(name, None)
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    # orjson refuses lone surrogates, which pages do contain and which must be read back unchanged.
    except orjson.JSONEncodeError:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        return text.encode("utf-8", "surrogatepass")


def load(kind: type[T], data: bytes, **given: object) -> T:
    """Return the dataclass that `dump` wrote. `given` are the values of the fields that were left out.

    Raises ValueError for invalid JSON, KeyError for a field that `kind` does not have.
    """
    return decode(kind, parse(data), **given)


def parse(data: bytes) -> dict[str, object]:
    """Return the JSON object that `dump` wrote. Raises ValueError."""
    try:
        plain: dict[str, object] = orjson.loads(data)
    except orjson.JSONDecodeError:
        plain = json.loads(data.decode("utf-8", "surrogatepass"))
    return plain


def decode(kind: type[T], plain: object, **given: object) -> T:
    """Return the dataclass in a JSON object, as `load` does."""
    return cast("T", _decoder(cast("Any", kind))(plain, **given))


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("NaN and infinity are not JSON compliant")
    return value


@cache
def _encoder() -> Converter:
    # Imported here: cattrs takes a quarter of the start of commands that only read, which is most of them.
    from cattrs import Converter
    from cattrs.gen import make_dict_unstructure_fn, override

    encoder = Converter()
    encoder.register_unstructure_hook(datetime, datetime.isoformat)
    encoder.register_unstructure_hook(float, _finite)
    # Enumerations of words are strings already.
    encoder.register_unstructure_hook(StrEnum, lambda value: value)

    @encoder.register_unstructure_hook_factory(is_dataclass)
    def to_plain(kind: Any) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 - a dataclass
        omitted: dict[str, Any] = {
            each.name: override(omit=True) for each in fields(kind) if not each.metadata.get("stored", True)
        }
        return make_dict_unstructure_fn(kind, encoder, _cattrs_omit_if_default=True, **omitted)

    return encoder


# Not through cattrs, which takes twice as long for changes: it compares each of their many parts with its fields.
@cache
def _decoder(annotation: Any) -> Convert:  # noqa: ANN401 - annotations have no common type
    kind: Any = annotation
    if NoneType in get_args(kind):
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    if is_dataclass(kind):
        cls: Any = kind
        hints = get_type_hints(cls)
        stored = [field.name for field in fields(cls) if field.metadata.get("stored", True)]
        plan = {name: _decoder(hints[name]) for name in stored}

        def decode_fields(plain: Any, **given: Any) -> Any:  # noqa: ANN401 - a JSON object or null
            if plain is None:
                return None
            return cls(**{name: plan[name](value) for name, value in plain.items()}, **given)

        return decode_fields
    if kind is datetime:
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        members: dict[Any, Any] = {member.value: member for member in kind}
        return members.__getitem__
    if get_origin(kind) is not tuple:
        return _same
    parts = [_decoder(part) for part in get_args(kind) if part is not Ellipsis]
    if all(part is _same for part in parts):
        return tuple
    if Ellipsis in get_args(kind):
        (one,) = parts
        return lambda value: tuple(map(one, value))
    return lambda value: tuple(convert(each) for convert, each in zip(parts, value, strict=True))


def _same(value: Any) -> Any:  # noqa: ANN401 - values of any annotation
    return value
