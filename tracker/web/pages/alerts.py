"""The page of alerts: delivered, pending and failed ones, and the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from tracker.archive.counts import count_all
from tracker.archive.outbox import list_deliveries
from tracker.model.alert import Delivery, DeliveryState
from tracker.views.alert import AlertView
from tracker.views.json import Answer
from tracker.web.page_request import PageRequest, View

from .. import links
from .filters import Filter, filter_of, matching

if TYPE_CHECKING:
    from tracker.config.rules import RuleConfig
    from tracker.model.watch import Counts
    from tracker.service.source_status import SourceStatus

MAX_DELIVERIES: Final = 60
MAX_FILTERED_DELIVERIES: Final = 500
"""A filter is applied to this many of the newest alerts."""
STATES: Final = ("all", *DeliveryState)


@dataclass(frozen=True)
class DeliveryView:
    """A delivery, its headline, and whether it is held. `page` is empty if it is not about an article.

    `source` is empty for a digest and for an alert of a release that did not name it. `what` says what happened:
    "correction".
    """

    delivery: Delivery
    headline: str
    page: str
    held: bool
    source: str = ""
    what: str = ""

    @property
    def state(self) -> str:
        """Return its state in one word."""
        return "held" if self.held else self.delivery.state.replace("dead", "failed")


class AlertsAnswer(Answer, frozen=True):
    """Alerts and their deliveries.

    Attributes:
        rules: the rules, as in the configuration
    """

    pending: int
    delivered: int
    dead: int
    alerts: list[AlertView]
    rules: list[dict[str, object]]


@dataclass(frozen=True)
class Alerts(View):
    """Deliveries, newest first, and the configured rules."""

    template: ClassVar[str] = "alerts.html"
    title: ClassVar[str] = "Alerts"
    deliveries: tuple[DeliveryView, ...]
    counts: Counts
    state: str
    rules: tuple[RuleConfig, ...]
    source_status: SourceStatus
    targets: tuple[tuple[str, str], ...]
    filter: Filter

    def answer(self) -> AlertsAnswer:
        """Return the JSON object of the page."""
        return AlertsAnswer(
            self.counts.pending_alerts,
            self.counts.delivered_alerts,
            self.counts.dead_alerts,
            [AlertView.of(each.delivery, held=each.held) for each in self.deliveries],
            [each.model_dump(mode="json") for each in self.rules],
        )


def alerts(request: PageRequest) -> Alerts:
    """Return the page of alerts. Raises UsageError."""
    state = request.one_of("state", STATES)
    archive, config = request.archive, request.config
    chosen = filter_of(request)
    most = MAX_FILTERED_DELIVERIES if chosen.active else MAX_DELIVERIES
    found = list_deliveries(archive, None if state == "all" else DeliveryState(state), most)
    if chosen.active:
        kept = matching(archive, chosen, ((each.article, each.version) for each in found))
        found = [each for each in found if (each.article, each.version) in kept][:MAX_DELIVERIES]
    return Alerts(
        deliveries=tuple(_delivery(each, request.now) for each in found),
        counts=request.cache.kept("alert-counts", lambda: count_all(archive)),
        state=state,
        rules=config.rules if config else (),
        source_status=request.cache.source_status(request.now),
        filter=chosen,
        targets=tuple((each.name, each.type) for each in config.targets) if config and request.admin else (),
    )


def _delivery(each: Delivery, now: datetime) -> DeliveryView:
    from tracker.alerts import payload_text
    from tracker.pipeline.settle import held_source

    # Payloads of earlier releases, and those slimmed after a while, lack some of these keys.
    body = each.payload
    if body.get("type", "").startswith("archive."):
        return DeliveryView(each, "checkpoint of the archive", "", held=False)
    return DeliveryView(
        each,
        body.get("headline") or f"{each.article[:8]} v{each.version}",
        links.led_to(each.article, each.version),
        bool(held_source(each, now)),
        body.get("source") or "",
        payload_text.name(body) if "labels" in body else "",
    )
