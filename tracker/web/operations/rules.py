"""Rules: change one."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from tracker.web.actions import Actions, Body, Done, Operation, Order
from tracker.web.rules import edited

from .answers import Said, said


class RuleBody(Body):
    """The conditions of a rule; lists are joined by commas. What is left out stays as it is."""

    to: str = Field("", max_length=2000, description="names of targets")
    sources: str = Field("", max_length=2000, description="names of sources")
    stories: str = Field("", max_length=2000, description="names of stories")
    urls: str = Field("", max_length=2000, description="expressions that the address matches")
    labels: str = Field("", max_length=2000, description="the change has one of these labels")
    min_words: str = Field("", max_length=9, description="least words added and removed together")
    added: str = Field("", max_length=2000, description="an expression that the added text matches")
    removed: str = Field("", max_length=2000, description="an expression that the removed text matches")


def _edit(do: Actions, it: Order[RuleBody]) -> Done:
    do.edit(lambda text: edited(text, it.name, it.body.model_dump(exclude_unset=True)), it.now)
    text = f"Rule {it.name} saved. The running service will apply it."
    return Done(text, "/alerts", said(text))


RULES: Final = (Operation("/rules/{name:path}", "/api/v1/rules/{name:path}", "Change a rule.", RuleBody, _edit, Said),)
