"""A person's verdict on a change: the object of `note --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from tracker.model.change import LabelKind, Verdict, Weight

from .json import Answer, from_fields


class VerdictView(Answer, frozen=True):
    """A verdict on the change that led to a version.

    Attributes:
        shown: the labels that the change had when it was judged.
        labels: the labels that the person finds right; None if the labels were not judged.
        link: the result, such as a published correction.
    """

    article: str
    version: int
    at: datetime
    by: str
    weight: Weight | None
    shown: tuple[LabelKind, ...]
    labels: tuple[LabelKind, ...] | None
    note: str
    link: str

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return the object of a verdict."""
        return from_fields(cls, verdict)


def verdict_line(said: Verdict) -> str:
    """Return a verdict as one line of text: significant · not number, but name · Called the desk · by ada."""
    parts = [said.weight.value if said.weight else ""]
    if said.labels is not None:
        wrong = f"not {', '.join(said.wrong)}" if said.wrong else ""
        missing = f"{'but ' if wrong else 'also '}{', '.join(said.missing)}" if said.missing else ""
        parts.append(", ".join(filter(None, (wrong, missing))) or "labels right")
    parts += [said.note, said.link, f"by {said.by}" if said.by else ""]
    return " · ".join(filter(None, parts))
