"""The problems of a configuration, in plain sentences.

pydantic finds the problems; its own messages refer to Python ("Input should be a valid tuple") and are never shown.
Each sentence names the key, the expected and the given value. Secrets are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from tracker.addresses.urls import without_credentials
from tracker.durations import format_duration
from tracker.errors import did_you_mean

from .file import variable_of
from .tables import Secret

MAX_SHOWN_CHARACTERS: Final = 120

_EXPECTED: Final = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    bytes: "base64",
    datetime: 'a time, as in "2026-11-25T09:00:00Z"',
}
_LIMITS: Final = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_TAGS: Final = {"union_tag_invalid", "union_tag_not_found"}
_NOT_HERE: Final = (
    'a secret must not be written here; name where it is stored, as in { env = "NAME" } or { file = "PATH" }'
)


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """Return the problems in `error`, which the validation of `model` raised, as one sentence a line."""
    sentences = []
    for item in error.errors():
        place = _Place(model, item["loc"])
        # A value may be text or a table that names a secret: leave out the problem with the type that was not used.
        is_alternative = isinstance(item["input"], dict) != place.branch.endswith(f"{Secret.__name__}]")
        if not (place.branch and is_alternative):
            kind = item["type"]
            path = f"{place.path}.type" if kind in _TAGS else place.path
            if place.secret and kind not in {"extra_forbidden", "missing", "value_error"}:
                sentence = _NOT_HERE
            else:
                sentence = _SENTENCES.get(kind, _wrong_type)(item, place)
            # Otherwise the user would look for the mistake in the file.
            variable = variable_of(path)
            if variable:
                sentence += f" (set by the environment variable {variable})"
            sentences.append(f"{path}: {sentence}" if path else sentence)
    return "\n".join(dict.fromkeys(sentences))


class _Place:
    """Where in the configuration a problem is.

    path: the key as it is written in the file, entries of lists counted from 1: ``sources[1].feeds[2]``.
    types: what may be there; several where one of several tables may.
    description: of the key. tables: the types of the table that has the key. secret: whether a secret belongs there.
    branch: which of several types pydantic tried, in its own words; no part of the key.
    """

    def __init__(self, model: type[BaseModel], location: Iterable[str | int]) -> None:
        self.path = ""
        self.types: list[Any] = [model]
        self.tables: list[type[BaseModel]] = []
        self.description = ""
        self.branch = ""
        self.secret = False
        for part in location:
            self._enter(part)
            self.secret = self.secret or (Secret in self.types and str not in self.types)

    def _enter(self, part: str | int) -> None:
        if isinstance(part, int):
            self.path += f"[{part + 1}]"
            self.types = [found for each in self.types for arg in get_args(each)[:1] for found in _flat(arg)]
            return
        models = _models(self.types)
        tagged = [each for each in models if part in _kinds(each)]
        if tagged and len(models) > 1:
            self.types = list(tagged)  # pydantic names the type of a target or stamp here: no key of the file
            return
        fields = [each.model_fields[part] for each in models if part in each.model_fields]
        if not fields and Secret in self.types and part.startswith("function-"):
            self.branch = part
            self.types = [each for each in self.types if (each is Secret) == part.endswith(f"{Secret.__name__}]")]
            return
        self.path += f".{part}" if self.path else part
        self.tables = models
        self.types = [found for field in fields for found in _flat(field.annotation)]
        self.description = next((field.description for field in fields if field.description), "")


def _unknown_key(item: Any, place: _Place) -> str:  # noqa: ANN401 - as above, and for all below
    given = str(item["loc"][-1])
    # Several types of table may be allowed here: do not suggest the key itself, which only another type has.
    known = sorted({name for table in place.tables for name in table.model_fields} - {given})
    return f"unknown key; {did_you_mean(given, known) or 'known keys here: ' + ', '.join(known)}"


def _unknown_kind(item: Any, place: _Place) -> str:  # noqa: ANN401
    kinds = [kind for table in _models(place.types) for kind in _kinds(table)]
    given = item["ctx"].get("tag")
    return f"required, but missing; choose {_either(kinds)}" if given is None else _choose(str(given), kinds)


def _unknown_choice(item: Any, place: _Place) -> str:  # noqa: ANN401
    given = item["input"]
    return _choose(given, _choices(place.types)) if isinstance(given, str) else _wrong_type(item, place)


def _beyond_limit(item: Any, _place: _Place) -> str:  # noqa: ANN401
    limit, words = next((item["ctx"][key], words) for key, words in _LIMITS.items() if key in item["ctx"])
    # pydantic gives the limit of a duration in words.
    return f"must be {words} {limit if isinstance(limit, str) else f'{limit:g}'}, not {_shown(item['input'])}"


def _wrong_type(item: Any, place: _Place) -> str:  # noqa: ANN401
    """Return a sentence with the type that may be at `place`, the given value and, for a list, an example."""
    given = item["input"]
    header = "".join(letter for letter in place.path if letter not in "[]0123456789")
    for each in place.types:
        if get_origin(each) is tuple:
            if _models(_flat(get_args(each)[0])):
                return f"must be tables ([[{header}]]), not {_shown(given)}"
            example = f"; write {header.rpartition('.')[2]} = [{_shown(given)}]" if isinstance(given, str) else ""
            return f"must be a list in brackets, not {'text' if example else _shown(given)}{example}"
    if _models(place.types):
        named = "" if place.path.endswith("]") else f" ([{header}])"
        return f"must be a table{named}, not {_shown(given)}"
    choices = _choices(place.types)
    expected = _either(choices) if choices else next((_EXPECTED[each] for each in place.types if each in _EXPECTED), "")
    return f"must be {expected or place.description}, not {_shown(given)}"


def _choose(given: str, choices: list[str]) -> str:
    return f"{_shown(given)} is not a valid value; {did_you_mean(given, choices) or 'choose ' + _either(choices)}"


def _either(choices: list[str]) -> str:
    quoted = [repr(choice) for choice in choices]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _shown(value: object) -> str:
    """Return `value` much as it is written in the file: long texts cut, credentials in addresses left out."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return format_duration(value)
    text = without_credentials(value) if isinstance(value, str) else str(value)
    if len(text) > MAX_SHOWN_CHARACTERS:
        text = text[:MAX_SHOWN_CHARACTERS] + "…"
    return repr(text) if isinstance(value, str) else text


def _flat(annotation: Any) -> list[Any]:  # noqa: ANN401 - walks annotations
    """Return the types that an annotation allows, tuples whole, None left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return [found for part in get_args(annotation) for found in _flat(part)]
    return [] if annotation is type(None) else [annotation]


def _models(types: Iterable[Any]) -> list[type[BaseModel]]:
    return [each for each in types if isinstance(each, type) and issubclass(each, BaseModel)]


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the values of `type` that choose this table among several."""
    field = model.model_fields.get("type")
    return get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()


def _choices(types: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for each in types:
        if get_origin(each) is Literal:
            found += map(str, get_args(each))
        elif isinstance(each, type) and issubclass(each, Enum):
            found += [str(member.value) for member in each]
    return found


_SENTENCES: Final[dict[str, Callable[[Any, _Place], str]]] = {
    "extra_forbidden": _unknown_key,
    "missing": lambda _item, place: "required, but missing" + (f" ({place.description})" if place.description else ""),
    "value_error": lambda item, _place: str(item["ctx"]["error"]),
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": _unknown_kind,
    "literal_error": _unknown_choice,
    "enum": _unknown_choice,
    "too_short": lambda _item, _place: "must not be empty",
    "string_too_short": lambda _item, _place: "must not be empty",
    "too_long": lambda item, _place: f"must have at most {item['ctx']['max_length']} entries",
    "string_too_long": lambda item, _place: f"must have at most {item['ctx']['max_length']} characters",
    "string_pattern_mismatch": lambda item, place: (
        f"{_shown(item['input'])} is not allowed; expected: {place.description}"
    ),
    "greater_than": _beyond_limit,
    "greater_than_equal": _beyond_limit,
    "less_than": _beyond_limit,
    "less_than_equal": _beyond_limit,
}
"""By pydantic's type of error; every other type means that the value has the wrong type."""
