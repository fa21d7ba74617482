"""Verdicts: judge a change."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from tracker.archive.articles import get_article
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.errors import UsageError
from tracker.model.change import LabelKind, Weight
from tracker.service.verdicts import MAX_NOTE_CHARS, Opinion, verdict_on
from tracker.views.verdict import VerdictView
from tracker.web import links
from tracker.web.actions import Actions, Body, Operation, OperationRequest, OperationResult
from tracker.web.numbers import whole_number


class VerdictBody(Body):
    """What a person says about a change; several labels are joined by commas."""

    weight: Literal["", "significant", "routine"] = Field("", description="how much the change matters")
    labels: Literal["", "right"] = Field("", description="right: the labels not named as wrong or missing are right")
    wrong: str = Field("", max_length=500, description="labels that the change should not have")
    missing: str = Field("", max_length=500, description="labels that the change should have")
    note: str = Field("", max_length=MAX_NOTE_CHARS, description="a note")
    link: str = Field("", max_length=4000, description="the address of what it led to, such as a correction")


def _judge(actions: Actions, request: OperationRequest[VerdictBody]) -> OperationResult:
    ident, _, text = request.name.rpartition("@")
    number = whole_number(text)
    if number is None:
        raise UsageError(
            "not the name of a change", resource=request.name, hint="it is the article's ID, @ and the version"
        )
    body = request.body
    opinion = Opinion(
        weight=Weight(body.weight) if body.weight else None,
        labels_right=bool(body.labels),
        wrong=_kinds(body.wrong),
        missing=_kinds(body.missing),
        note=body.note,
        link=body.link,
    )
    with actions.archive() as archive:
        version = get_version(archive, get_article(archive, ident).id, number)
        verdict = verdict_on(version, opinion, request.who, request.now)
        save_verdict(archive, verdict)
    page = links.diff(version.article, version.n - 1, version.n)
    return OperationResult("Verdict saved.", page, VerdictView.of(verdict))


def _kinds(text: str) -> tuple[LabelKind, ...]:
    try:
        return tuple(LabelKind(word.strip()) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError("no such label", resource=text, hint=f"labels are {', '.join(LabelKind)}") from None


VERDICTS: Final = (Operation("/changes/{name}/verdict", "Judge a change.", VerdictBody, _judge, VerdictView),)
