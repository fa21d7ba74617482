"""What pydantic found wrong, in words that name the key and what to do."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from tracker.model import LabelKind

from .overrides import variable_of
from .targets import Secret
from .values import nearest
from .whole import Config

_LONGEST_SHOWN = 120


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def explain(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is a TypedDict of its core package
    """Return one line for one thing that is wrong."""
    location = [part for part in item["loc"] if part not in {"email", "webhook", "apprise"}]
    where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    if item["type"] == "extra_forbidden":
        known = sorted(_keys(Config, location[:-1]))
        near = nearest(str(location[-1]), known)
        return f"{where}: no such key{near or '; known here: ' + ', '.join(known)}"
    if Secret in _place(location):
        return f'{where}: a secret never stands in the file: name where it is kept, as in {{ env = "NAME" }}'
    if item["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return f"{where}.type: {_kind_of_target(item)}"
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item["input"]
    if item["type"] not in {"missing", "value_error"} and not isinstance(value, dict | list):
        message += f" (it is {_short(value)})"
    if item["type"] == "enum" and isinstance(value, str):
        message = f"no such kind: {value!r}{nearest(value, [str(kind) for kind in LabelKind]) or f'; {message}'}"
    variable = variable_of(where)
    message += f", set by {variable}" if variable else ""
    return f"{where}: {message}" if where else message


def _kind_of_target(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is a TypedDict of its core package
    kinds = ["email", "webhook", "apprise"]
    named = item["ctx"].get("tag")
    start = f"no such kind of target: {named!r}{nearest(str(named), kinds)}" if named else "what kind of target is this"
    return f"{start}; write one of {', '.join(kinds)}"


def _keys(model: type[BaseModel], location: list[str | int]) -> set[str]:
    return {name for each in _place(location, model) for name in each.model_fields}


def _place(location: list[str | int], model: type[BaseModel] = Config) -> list[type[BaseModel]]:
    models = [model]
    for part in location:
        if isinstance(part, str):
            models = [
                found
                for each in models
                if part in each.model_fields
                for found in _models(each.model_fields[part].annotation)
            ]
    return models


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - walks annotations
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]
