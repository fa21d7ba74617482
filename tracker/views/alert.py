"""An alert on its way to a target: the object of `alerts list --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from tracker.model.alert import Delivery, DeliveryState
from tracker.model.change import LabelKind

from .json import Answer, Part, from_fields


class AlertLabel(Part, frozen=True):
    """A label of the change that an alert is about."""

    kind: str
    evidence: str


class AlertView(Answer, frozen=True):
    """An alert; `held` if it waits because many articles of its source changed at once.

    Why it was created is in its payload, which is empty after a takedown.
    """

    id: str
    rule: str
    target: str
    article: str
    version: int
    state: DeliveryState
    attempts: int
    created: datetime
    due: datetime | None
    delivered: datetime | None
    together: bool
    held: bool
    error: str
    type: str | None
    headline: str | None
    url: str | None
    labels: list[AlertLabel]

    @classmethod
    def of(cls, each: Delivery, *, held: bool = False) -> Self:
        """Return the object of an alert."""
        # Empty after a takedown, which removes what quotes the text.
        payload = each.payload
        return from_fields(
            cls,
            each,
            id=each.key,
            created=each.created_at,
            due=each.due_at,
            delivered=each.delivered_at,
            together=each.batch is not None,
            held=held,
            error=each.last_error,
            type=payload.get("type"),
            headline=payload.get("headline"),
            url=payload.get("url"),
            # An alert that release 0.1 made has its words.
            labels=[label | {"kind": LabelKind(label["kind"]).value} for label in payload.get("labels", [])],
        )
