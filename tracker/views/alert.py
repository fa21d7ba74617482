"""An alert on its way to a target: the object of `alerts list --json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.model.labels import LabelKind

from .values import SCHEMA, JsonObject, iso

if TYPE_CHECKING:
    from tracker.model.alert import Delivery


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert; `held` if it waits because many articles of its source changed at once.

    `with_payload` adds the payload itself, as `alerts show --json` does.
    """

    delivery: Delivery
    held: bool = False
    with_payload: bool = False

    def as_json(self) -> JsonObject:
        """Return the delivery, and from its payload why it was created; that is null after a takedown."""
        each = self.delivery
        # Empty after a takedown, which removes what quotes the text.
        payload: dict[str, Any] = json.loads(each.payload)
        # An alert that release 0.1 made has its words.
        labels = [label | {"kind": LabelKind(label["kind"]).value} for label in payload.get("labels", [])]
        value: JsonObject = {
            "schema": SCHEMA,
            "id": each.key,
            "rule": each.rule,
            "target": each.target,
            "article": each.article,
            "version": each.version,
            "state": each.state.value,
            "attempts": each.attempts,
            "created": iso(each.created_at),
            "due": iso(each.due_at),
            "delivered": iso(each.delivered_at),
            "together": each.batch is not None,
            "held": self.held,
            "error": each.last_error,
            "type": payload.get("type"),
            "headline": payload.get("headline"),
            "url": payload.get("url"),
            "labels": labels,
        }
        return value | {"payload": payload} if self.with_payload else value
