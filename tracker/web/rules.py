"""Alert rules as a form: their fields, and the configuration file changed to a form's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from tracker.config import edits
from tracker.config.field_types import Name
from tracker.config.rules import LeastSignificance, RuleConfig
from tracker.errors import UsageError
from tracker.model.change import LabelKind, Significance

from .actions import Body

LABELS: Final = {
    "to": "Send to",
    "sources": "Sources",
    "stories": "Stories",
    "labels": "Labels",
    "significance": "Minimum significance",
    "min_words": "Minimum words",
    "announced": "Noted by the outlet",
    "headline_only": "Headline changes only",
    "added": "Added text matches",
    "removed": "Removed text matches",
    "urls": "Address matches",
}
_MAX_CHARACTERS: Final = 2000


def _listed(value: object) -> object:
    return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value


def split_lines(value: object) -> object:
    """Return the lines of a field of a form that are not empty; a list from JSON stays as it is."""
    return [each.strip() for each in value.splitlines() if each.strip()] if isinstance(value, str) else value


def _if_empty(default: object) -> BeforeValidator:
    """Return a validator that reads an empty field of a form as `default`."""
    return BeforeValidator(lambda value: default if value == "" else value)


Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(max_length=100)]
Labels = Annotated[tuple[LabelKind, ...], BeforeValidator(_listed)]
Lines = Annotated[tuple[str, ...], BeforeValidator(split_lines), Field(max_length=100)]


class RuleBody(Body):
    """The conditions of a rule. Fields that a change leaves out keep their values."""

    to: Names = Field((), description="names of targets")
    sources: Names = Field((), description="names of sources; empty: any")
    stories: Names = Field((), description="names of stories; empty: any")
    labels: Labels = Field((), description="the change has one of these labels; empty: any")
    significance: Annotated[LeastSignificance, _if_empty(Significance.LOW)] = Field(
        Significance.LOW, description="minimum significance"
    )
    min_words: Annotated[int, _if_empty(0)] = Field(
        0, ge=0, le=9_999_999, description="minimum number of words added and removed, in total"
    )
    announced: Annotated[bool | None, _if_empty(None)] = Field(
        None, description="true: the outlet noted the change; false: it altered or removed a claim without a note"
    )
    headline_only: Annotated[bool, _if_empty(0)] = Field(
        default=False, description="only changes of the headline that leave the text unchanged"
    )
    added: str = Field("", max_length=_MAX_CHARACTERS, description="an expression that the added text matches")
    removed: str = Field("", max_length=_MAX_CHARACTERS, description="an expression that the removed text matches")
    urls: Lines = Field((), description="expressions, one of which the address matches")

    @property
    def conditions(self) -> dict[str, Any]:
        """Return the fields that were given, as values of TOML."""
        given = self.model_dump(mode="json", exclude_unset=True, include=set(LABELS))
        return {name: list(value) if isinstance(value, (list, tuple)) else value for name, value in given.items()}


class NamedRule(RuleBody):
    """A rule: its name and its conditions."""

    name: Name
    replaces: str = Field("", max_length=80, description="the name of the rule that it replaces; empty: it is new")


def form_of(rule: RuleConfig) -> dict[str, str]:
    """Return the fields of a rule as a form holds them."""
    fields = {name: getattr(rule, name) for name in LABELS}
    texts = {name: _text(name, value) for name, value in fields.items()}
    return {"name": rule.name, "replaces": rule.name} | texts


def rows_of(rule: RuleConfig) -> list[tuple[str, str]]:
    """Return the conditions of a rule as (label, value), without those that are not set."""
    found = []
    for name, label in LABELS.items():
        value = getattr(rule, name)
        default = RuleConfig.model_fields[name].default
        if value not in ((), "", 0, None, False, Significance.LOW) or value is False is not default:
            shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else _text(name, value)
            found.append((label, shown.replace("\n", ", ")))
    return found


def edited(text: str, name: str, given: Mapping[str, Any], *, rename: str = "") -> str:
    """Return the configuration text with the keys `given` of rule `name` changed; the rest is not changed.

    Raises NotKnown if there is no such rule, UsageError if the new name is taken, ConfigError if the file cannot be
    edited.
    """
    known = [each.get("name") for each in edits.parse_document(text)[1].get("rules", [])]
    if rename not in {"", name} and rename in known:
        raise UsageError("there is already a rule of this name", resource=rename, hint="choose another name")
    # One key at a time, so that comments and the order of the others stay as they are.
    for key, value in given.items():
        text = edits.set_key(text, "rules", name, key, value, value if _is_empty(key, value) else None)
    return edits.set_key(text, "rules", name, "name", rename or name, None)


def written(text: str, rule: NamedRule) -> str:
    """Return the configuration text with a rule that is new or replaces another. Raises the errors of `edited`."""
    if rule.replaces:
        return edited(text, rule.replaces, rule.conditions, rename=rule.name)
    conditions = {name: value for name, value in rule.conditions.items() if not _is_empty(name, value)}
    return edits.add_rule(text, {"name": rule.name} | conditions)


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - values of a rule
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ("\n" if name == "urls" else ", ").join(map(str, value))
    return "" if value in {0, None, Significance.LOW} else str(value)


def _is_empty(key: str, value: object) -> bool:
    """Return whether a value of a form is the same as no key at all."""
    return value in ([], "", 0, None, Significance.LOW) and not (key == "announced" and value is False)
