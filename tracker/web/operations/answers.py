"""What the API answers when something was done."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Part(BaseModel):
    """An object inside an answer."""


class Answer(BaseModel):
    """What every answer has."""

    schema_: Literal[1] = Field(alias="schema")


class Said(Answer):
    """What was done, in words."""

    done: str = Field(description="what was done, for people")


def said(text: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - values of JSON
    """Return the JSON object of an answer."""
    return {"schema": 1, "done": text, **more}
