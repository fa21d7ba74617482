"""Frozen dataclasses of the model to JSON and back, exactly.

Driven by the classes' own annotations, so that a field added to the model with a default is kept from that day on and
older rows still read. Fields that hold their default are left out.
"""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    Convert = Callable[[Any], Any]

T = TypeVar("T")


def dump(value: Any, *, without: Collection[str] = ()) -> bytes:
    """Return *value*, a dataclass of the model, as canonical JSON; fields named in *without* are left out.

    Any string survives, lone surrogates too. Raises ValueError for NaN and infinities.
    """
    kind: Any = type(value)
    plain = _encoder(kind)(value)
    for name in without:
        plain.pop(name, None)
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        return text.encode("utf-8", "surrogatepass")


def load(kind: type[T], data: bytes, **given: Any) -> T:
    """Return the dataclass that `dump` wrote; *given* are the fields it left out."""
    try:
        plain = orjson.loads(data)
    except orjson.JSONDecodeError:
        plain = json.loads(data.decode("utf-8", "surrogatepass"))
    annotation: Any = kind
    decode: Callable[..., T] = _decoder(annotation)
    return decode(plain, **given)


def _same(value: Any) -> Any:
    return value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a number without an end is not JSON compliant")
    return value


@cache
def _encoder(annotation: Any) -> Convert:
    kind = _inner(annotation)
    if is_dataclass(kind):
        return _dataclass_encoder(kind)
    if kind is datetime:
        return lambda value: None if value is None else value.isoformat()
    if kind is float:
        return lambda value: None if value is None else _finite(value)
    if get_origin(kind) is tuple:
        item = _items(kind)
        # A tuple is a list to JSON, and a StrEnum a string.
        if item is None:
            parts = [_encoder(part) for part in get_args(kind)]
            if all(part is _same for part in parts):
                return _same
            return lambda value: [encode(each) for encode, each in zip(parts, value, strict=True)]
        one = _encoder(item)
        return _same if one is _same else (lambda value: [one(each) for each in value])
    return _same


def _dataclass_encoder(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    plan = {field.name: _encoder(hints[field.name]) for field in fields(kind)}
    defaults = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    needed = [name for name in plan if name not in defaults]
    needed_of, others_of, usual = _getter(needed), _getter(list(defaults)), tuple(defaults.values())
    converts = {name: convert for name, convert in plan.items() if convert is not _same}
    needed_converts = [(name, convert) for name, convert in converts.items() if name in needed]

    def encode(value: Any) -> Any:
        if value is None:
            return None
        plain = dict(zip(needed, needed_of(value), strict=True))
        for name, convert in needed_converts:
            plain[name] = convert(plain[name])
        others = others_of(value)
        # Most small ones, of which there are many, hold their defaults.
        if others != usual:
            for (name, default), part in zip(defaults.items(), others, strict=True):
                if part is not default and part != default:
                    plain[name] = converts[name](part) if name in converts else part
        return plain

    return encode


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these attributes at one go."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


@cache
def _decoder(annotation: Any) -> Convert:
    kind = _inner(annotation)
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if kind is datetime:
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        members: dict[Any, Any] = {member.value: member for member in kind}
        return members.__getitem__
    if get_origin(kind) is tuple:
        item = _items(kind)
        if item is None:
            parts = [_decoder(part) for part in get_args(kind)]
            if all(part is _same for part in parts):
                return tuple
            return lambda value: tuple(decode(each) for decode, each in zip(parts, value, strict=True))
        one = _decoder(item)
        return tuple if one is _same else (lambda value: tuple(one(each) for each in value))
    return _same


def _dataclass_decoder(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    plan = {field.name: _decoder(hints[field.name]) for field in fields(kind)}

    def decode(plain: Any, **given: Any) -> Any:
        if plain is None:
            return None
        return kind(**{name: plan[name](value) for name, value in plain.items()}, **given)

    return decode


def _inner(annotation: Any) -> Any:
    """Return what an annotation is about: `X | None` is about X, a Literal about its values' type."""
    origin = get_origin(annotation)
    if origin is Literal:
        return str
    if origin in {Union, types.UnionType}:
        (inner,) = (part for part in get_args(annotation) if part is not type(None))
        return inner
    return annotation


def _items(kind: Any) -> Any | None:
    """Return X of tuple[X, ...], or None for a tuple of fixed length."""
    arguments = get_args(kind)
    return arguments[0] if len(arguments) == 2 and arguments[1] is Ellipsis else None
