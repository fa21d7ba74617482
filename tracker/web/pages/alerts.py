"""The pages of alerts: delivered, pending and failed ones, the rules, and the alerts a rule would have sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from tracker.alerts import message
from tracker.archive.outbox import list_deliveries
from tracker.archive.watch_state import count_all
from tracker.config.root import Config
from tracker.config.rules import RuleConfig
from tracker.errors import NotKnown
from tracker.model.alert import Delivery, DeliveryState
from tracker.model.watch import Counts
from tracker.pipeline.settle import held_source
from tracker.service.source_status import SourceStatus
from tracker.views.alert import AlertView
from tracker.views.json import SCHEMA, Answer
from tracker.web import links
from tracker.web.page_request import PageRequest, View
from tracker.web.rules import LABELS, form_of

from .filters import Filter, filter_of, matching

MAX_DELIVERIES: Final = 60
MAX_FILTERED_DELIVERIES: Final = 500
"""A filter is applied to this many of the newest alerts."""
STATES: Final = ("all", *DeliveryState)


@dataclass(frozen=True)
class DeliveryView:
    """A delivery, its headline, and whether it is held. `page` is empty if it is not about an article.

    `source` is empty for a digest and for an alert of a release that did not name it. `what` names the event:
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
    deliveries = []
    for each in found:
        # Payloads of earlier releases, and those slimmed after a while, lack some of these keys.
        body = each.payload
        if body.get("type", "").startswith("archive."):
            deliveries.append(DeliveryView(each, "checkpoint of the archive", "", held=False))
            continue
        headline = body.get("headline") or f"{each.article[:8]} v{each.version}"
        page, held = links.led_to(each.article, each.version), bool(held_source(each, request.now))
        what = message.name(body) if "labels" in body else ""
        deliveries.append(DeliveryView(each, headline, page, held, body.get("source") or "", what))
    return Alerts(
        deliveries=tuple(deliveries),
        counts=request.cache.cached("alert-counts", lambda: count_all(archive)),
        state=state,
        rules=config.rules if config else (),
        source_status=request.cache.source_status(request.now),
        filter=chosen,
        targets=tuple((each.name, each.type) for each in config.targets) if config and request.admin else (),
    )


MAX_SHOWN_ALERTS: Final = 40


@dataclass(frozen=True, slots=True)
class ReplayedAlert:
    """An alert that a rule would have sent."""

    seen: datetime
    target: str
    due: datetime | None
    source: str
    headline: str
    labels: tuple[str, ...]
    page: str


class Replayed(Answer, frozen=True):
    """What a rule would have sent, newest first, with the numbers of alerts and of messages.

    Attributes:
        versions: how many stored versions were looked at
        complete: whether these are all versions since then
        count: how many alerts it would have sent
        messages: in how many messages, where alerts wait for a digest or quiet hours
        alerts: the newest of them
    """

    since: datetime
    versions: int
    complete: bool
    count: int
    messages: int
    alerts: list[ReplayedAlert]


@dataclass(frozen=True)
class RulePage(View):
    """The form of a rule. `given` are its fields; `replay` is there once it was previewed."""

    template: ClassVar[str] = "rule.html"
    title: str
    given: Mapping[str, str]
    targets: tuple[str, ...]
    sources: tuple[str, ...]
    stories: tuple[str, ...]
    only_first: bool
    replay: Replayed | None = None

    @classmethod
    def of(cls, config: Config, given: Mapping[str, str], replay: Replayed | None = None) -> RulePage:
        """Return the page for the fields `given`."""
        return cls(
            title=f"Change the rule {given['replaces']}" if given["replaces"] else "Write a rule",
            given=given,
            targets=tuple(each.name for each in config.targets),
            sources=tuple(each.name for each in config.sources),
            stories=tuple(each.name for each in config.stories),
            only_first=config.match == "first",
            replay=replay,
        )

    def answer(self) -> Mapping[str, Any]:
        """Return the JSON object of the page."""
        return {"schema": SCHEMA, "given": self.given, "targets": self.targets, "replay": self.replay}


def rule(request: PageRequest) -> RulePage:
    """Return the page of a new rule, or of the rule that the query names. Raises NotKnown."""
    config = request.config or Config()
    name = request.query.get("name", "")
    if not name:
        empty = dict.fromkeys((*LABELS, "name", "replaces"), "")
        given = empty | {key: request.query[key][:500] for key in LABELS if key in request.query}
        return RulePage.of(config, given)
    found = next((each for each in config.rules if each.name == name), None)
    if found is None:
        raise NotKnown("there is no such rule", resource=name[:80])
    return RulePage.of(config, form_of(found))
