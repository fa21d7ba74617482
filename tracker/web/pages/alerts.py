"""Alerts: what was told to whom, what waits, what was given up, and the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracker.model import DeliveryState
from tracker.render.json import SCHEMA
from tracker.render.times import iso

from ..asked import View
from ..twin import plain

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import RuleConfig
    from tracker.model import Counts, Delivery

    from ..asked import Asked

_MOST: Final = 60
STATES: Final = ("all", *DeliveryState)


@dataclass(frozen=True)
class Alerts(View):
    """Deliveries, newest first, and the rules they come from; *targets* are the names a rule may tell."""

    template: ClassVar[str] = "alerts.html"
    deliveries: tuple[Delivery, ...]
    counts: Counts
    state: str
    rules: tuple[RuleConfig, ...]
    targets: tuple[str, ...]
    now: datetime

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return "Alerts"

    def as_json(self) -> dict[str, Any]:
        """Return the JSON twin."""
        return {
            "schema": SCHEMA,
            "pending": self.counts.pending_alerts,
            "delivered": self.counts.delivered_alerts,
            "dead": self.counts.dead_alerts,
            "alerts": [delivery_json(each) for each in self.deliveries],
            "rules": [each.model_dump(mode="json") for each in self.rules],
        }


def delivery_json(each: Delivery) -> dict[str, Any]:
    """Return a delivery as `alerts list --json` writes it."""
    return {
        "schema": SCHEMA,
        "id": each.key,
        "rule": each.rule,
        "target": each.target,
        "article": each.article,
        "version": each.version,
        "state": plain(each.state),
        "attempts": each.attempts,
        "created": iso(each.created_at),
        "due": iso(each.due_at),
        "delivered": iso(each.delivered_at),
        "error": each.last_error,
    }


def alerts(asked: Asked) -> Alerts:
    """Return the page of alerts. Raises UsageError."""
    state = asked.one_of("state", STATES)
    store = asked.archive.store
    config = asked.config
    return Alerts(
        deliveries=tuple(store.deliveries(None if state == "all" else DeliveryState(state), _MOST)),
        counts=asked.archive.kept("counts", store.counts),
        state=state,
        rules=config.rules if config else (),
        targets=tuple(target.name for target in config.targets) if config else (),
        now=asked.now,
    )
