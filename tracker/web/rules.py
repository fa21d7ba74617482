"""Alert rules as a form: their fields as text, and the configuration file changed to a form's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tomlkit.items import AoT

from tracker.config import RuleConfig, edits, parse
from tracker.errors import ConfigError, NotKnown, UsageError

_LISTS: Final = ("to", "sources", "stories", "urls", "labels")
_TEXTS: Final = ("added", "removed")
_LABELS: Final = {
    "to": "Send to",
    "sources": "Sources",
    "stories": "Stories",
    "urls": "Address matches",
    "labels": "Labels",
    "min_words": "Minimum words",
    "added": "Added text matches",
    "removed": "Removed text matches",
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form."""

    name: str
    label: str
    value: str
    size: int = 30


def fields_of(rule: RuleConfig) -> list[FormField]:
    """Return the fields of a rule for a form; lists are joined by commas."""
    fields = [FormField(name, _LABELS[name], ", ".join(map(str, getattr(rule, name)))) for name in _LISTS]
    fields.append(FormField("min_words", _LABELS["min_words"], str(rule.min_words), 6))
    return fields + [FormField(name, _LABELS[name], str(getattr(rule, name))) for name in _TEXTS]


def rows_of(rule: RuleConfig) -> list[tuple[str, str]]:
    """Return the conditions of a rule as (label, value), without those that are not set."""
    return [(each.label, each.value) for each in fields_of(rule) if each.value not in {"", "0"}]


def edited(text: str, name: str, form: Mapping[str, str]) -> str:
    """Return the configuration text with rule `name` changed to the values in `form`; the rest is not changed.

    Raises NotKnown if there is no such rule, UsageError if a value is not valid, ConfigError if the file cannot be
    edited.
    """
    document, data = edits.parse_document(text)
    tables = document.get("rules")
    if not isinstance(tables, AoT):
        raise NotKnown("there is no such rule", resource=name)
    place = next((at for at, each in enumerate(data["rules"]) if each.get("name") == name), None)
    if place is None:
        raise NotKnown("there is no such rule", resource=name)
    for key, value in values_of(form).items():
        _put(tables[place], data["rules"][place], key, value)
    made = edits.checked(document.as_string(), data)
    try:
        parse(made.encode("utf-8"))
    except ConfigError as error:
        raise UsageError(error.message, hint="nothing was changed") from None
    return made


def values_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the values in a form as lists, a number and texts. Raises UsageError."""
    values: dict[str, Any] = {}
    for name in _LISTS:
        if name in form:
            values[name] = [each.strip() for each in form[name].split(",") if each.strip()]
    for name in _TEXTS:
        if name in form:
            values[name] = form[name].strip()
    words = form.get("min_words", "").strip()
    if words:
        if not words.isascii() or not words.isdigit() or len(words) > 7:
            raise UsageError("the minimum of words must be a number", resource=words[:80], hint="nothing was changed")
        values["min_words"] = int(words)
    return values


def _put(table: Any, plain: dict[str, Any], key: str, value: Any) -> None:  # noqa: ANN401 - values of TOML
    if value in ([], "", 0):
        if key in plain:
            del table[key]
            del plain[key]
    elif plain.get(key) != value:
        table[key] = value
        plain[key] = value
