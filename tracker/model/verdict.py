"""What a person says about a change: how much it matters, and which labels are right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .labels import LabelKind


class Weight(StrEnum):
    """How much a change matters, as a person sees it."""

    SIGNIFICANT = "significant"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's verdict on the change that led to a version. Verdicts are added and never changed.

    Attributes:
        shown: the labels that the change had when it was judged.
        labels: the labels that the person finds right; None if the labels were not judged.
        link: the result, such as a published correction.
    """

    article: str
    version: int
    at: datetime
    by: str = ""
    weight: Weight | None = None
    # Stored with the verdict, because a later release may label the change differently.
    shown: tuple[LabelKind, ...] = ()
    labels: tuple[LabelKind, ...] | None = None
    note: str = ""
    link: str = ""

    @property
    def wrong(self) -> tuple[LabelKind, ...]:
        """The labels that the change had and should not have had."""
        return () if self.labels is None else tuple(kind for kind in self.shown if kind not in self.labels)

    @property
    def missing(self) -> tuple[LabelKind, ...]:
        """The labels that the change should have had."""
        return tuple(kind for kind in self.labels or () if kind not in self.shown)
