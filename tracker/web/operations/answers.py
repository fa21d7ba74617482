"""What the API answers when something was done."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


def _require(schema: dict[str, Any], answer: type[BaseModel]) -> None:
    schema["required"] = [each.alias or name for name, each in answer.model_fields.items() if each.is_required()]


class Answer(BaseModel):
    """What every answer has."""

    # Of a dataclass inside, every key is there, also one with a default. A default here says that a key may be missing.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True, json_schema_extra=_require)

    schema_: Literal[1] = Field(alias="schema")


class Said(Answer):
    """What was done, in words."""

    done: str = Field(description="what was done, for people")


def said(text: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - values of JSON
    """Return the JSON object of an answer."""
    return {"schema": 1, "done": text, **more}
