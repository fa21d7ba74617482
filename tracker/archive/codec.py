"""Convert frozen dataclasses to JSON and back, exactly, and to the values of a row and back.

The conversion follows the classes' own annotations: a field added with a default is stored from that day on, and older
rows still load. `record` and `columns` are for rows whose columns have the names of the fields. Of JSON there are two
forms:

- `dump` and `load` are for what is stored by the million (articles, changes, captures). Fields that hold their default
  are left out, and unknown fields are an error, because nothing stored may be lost unseen.
- `dump_memo` and `load_memo` are for the memos by which the service remembers its own state from one run to the next.
  All fields are written, so that a release with other defaults reads what was meant, and unknown fields are ignored,
  as msgspec does.

A dataclass that is stored may have fields of these types: str, int, float, bool, datetime, StrEnum, Literal, another
such dataclass, `X | None` and tuple. One that is a memo may have whatever msgspec knows.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Collection, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cache, partial
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from .values import from_ms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from .database.connection import Row, Values

    Convert = Callable[[Any], Any]

T = TypeVar("T")


def record(kind: type[T], row: Row, /, **given: object) -> T:
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


def dump(value: DataclassInstance, *, without: Collection[str] = ()) -> bytes:
    """Return a dataclass as canonical JSON.

    Fields that hold their default, and those named in `without`, are left out. Any string survives, lone surrogates
    too. Raises ValueError for NaN and infinities.
    """
    kind: Any = type(value)
    plain = _encoder(kind)(value)
    for name in without:
        plain.pop(name, None)
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    # orjson refuses lone surrogates, which pages do contain and which must come back as they were.
    except orjson.JSONEncodeError:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        return text.encode("utf-8", "surrogatepass")


def load(kind: type[T], data: bytes, **given: object) -> T:
    """Return the dataclass that `dump` wrote. `given` are values for the fields that it was told to leave out.

    Raises ValueError for what is not JSON, KeyError for a field that `kind` does not have.
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
    annotation: Any = kind
    convert: Callable[..., T] = _decoder(annotation)
    return convert(plain, **given)


def dump_memo(value: DataclassInstance | Sequence[DataclassInstance], *, without: Collection[str] = ()) -> str:
    """Return a dataclass, or a tuple of them, as the text of a memo.

    Fields named in `without` are left out of a single dataclass: what the name of the memo says need not be in it.
    """
    import msgspec  # here and below, because most commands read no memo

    plain = msgspec.to_builtins(value)
    for name in without:
        del plain[name]
    return json.dumps(plain)


def load_memo(kind: type[T], text: str, **given: object) -> T | None:
    """Return what `dump_memo` wrote, or None for an empty text: there was no such memo.

    `given` are values for the fields that were left out. Raises ValueError where the text is not that of a `kind`.
    """
    if not text:
        return None
    import msgspec

    try:
        plain = json.loads(text)
        return msgspec.convert(plain | given if given else plain, kind, from_attributes=True)
    except (ValueError, TypeError) as error:
        raise ValueError(f"not the memo of a {getattr(kind, '__name__', kind)}: {text[:80]}") from error


def _same(value: Any) -> Any:  # noqa: ANN401 - values of any annotation
    return value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a number without an end is not JSON compliant")
    return value


@cache
def _encoder(annotation: Any) -> Convert:  # noqa: ANN401 - annotations have no common type
    kind: Any = inner_type(annotation)
    if is_dataclass(kind):
        return _dataclass_encoder(kind)
    if kind is datetime:
        return lambda value: None if value is None else value.isoformat()
    if kind is float:
        return lambda value: None if value is None else _finite(value)
    if get_origin(kind) is tuple:
        # A tuple is a list to JSON, and a StrEnum a string.
        convert = _items_converter(kind, _encoder)
        return _same if convert is None else (lambda value: list(convert(value)))
    return _same


def _items_converter(kind: Any, converter_of: Callable[[Any], Convert]) -> Convert | None:  # noqa: ANN401 - a tuple
    """Return what converts the items of a tuple of this `kind`; None if all of them stay as they are."""
    arguments = get_args(kind)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        one = converter_of(arguments[0])
        return None if one is _same else partial(map, one)
    parts = [converter_of(part) for part in arguments]
    if all(part is _same for part in parts):
        return None
    return lambda value: (convert(each) for convert, each in zip(parts, value, strict=True))


def _stored(kind: Any) -> list[Field[Any]]:  # noqa: ANN401 - a dataclass
    """Return the fields of a dataclass that are stored: all but those that say otherwise in their metadata."""
    return [field for field in fields(kind) if field.metadata.get("stored", True)]


def _dataclass_encoder(kind: Any) -> Convert:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    stored = _stored(kind)
    plan = {field.name: _encoder(hints[field.name]) for field in stored}
    defaults = {field.name: field.default for field in stored if field.default is not MISSING}
    needed = [name for name in plan if name not in defaults]
    needed_of, others_of, usual = _getter(needed), _getter(list(defaults)), tuple(defaults.values())
    needed_converts = [(name, plan[name]) for name in needed if plan[name] is not _same]
    others_plan = [(name, default, plan[name]) for name, default in defaults.items()]

    def encode(value: Any) -> Any:  # noqa: ANN401 - a dataclass or None
        if value is None:
            return None
        # Not strict, which takes a quarter of the time of it all: each getter gives one value a name.
        plain = dict(zip(needed, needed_of(value)))  # noqa: B905
        for name, convert in needed_converts:
            plain[name] = convert(plain[name])
        others = others_of(value)
        # Most small ones, of which there are many, hold their defaults.
        if others != usual:
            for (name, default, convert), part in zip(others_plan, others):  # noqa: B905
                # Identity first: most values are the default object itself, and comparing tuples of blocks is slow.
                if part is not default and part != default:
                    plain[name] = part if convert is _same else convert(part)
        return plain

    return encode


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these attributes at one go."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


@cache
def _decoder(annotation: Any) -> Convert:  # noqa: ANN401 - annotations have no common type
    kind: Any = inner_type(annotation)
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if kind is datetime:
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        members: dict[Any, Any] = {member.value: member for member in kind}
        return members.__getitem__
    if get_origin(kind) is tuple:
        convert = _items_converter(kind, _decoder)
        return tuple if convert is None else (lambda value: tuple(convert(value)))
    return _same


def _dataclass_decoder(kind: Any) -> Convert:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    plan = {field.name: _decoder(hints[field.name]) for field in _stored(kind)}

    def decode(plain: Any, **given: Any) -> Any:  # noqa: ANN401 - a JSON object or null
        if plain is None:
            return None
        return kind(**{name: plan[name](value) for name, value in plain.items()}, **given)

    return decode
