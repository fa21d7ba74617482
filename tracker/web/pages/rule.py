"""The page for writing a rule, next to what the rule would have sent in the last week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracker.config.root import Config
from tracker.errors import NotKnown
from tracker.views.json import SCHEMA, Answer
from tracker.web import links
from tracker.web.page_request import PageRequest, View
from tracker.web.rules import LABELS, form_of

if TYPE_CHECKING:
    from tracker.model.alert import Alert
    from tracker.model.version import Version

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

    @classmethod
    def of(cls, version: Version, alert: Alert) -> ReplayedAlert:
        """Return what to show of an alert about `version`."""
        body = alert.payload
        labels = tuple(dict.fromkeys(str(each["kind"]) for each in body["labels"]))
        page = links.led_to(version.article, version.n)
        return cls(version.seen, alert.target, alert.due_at, version.source, body["headline"], labels, page)


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
            given=given,
            targets=tuple(each.name for each in config.targets),
            sources=tuple(each.name for each in config.sources),
            stories=tuple(each.name for each in config.stories),
            only_first=config.match == "first",
            replay=replay,
        )

    @property
    def title(self) -> str:
        """Return the page title."""
        return f"Change the rule {self.given['replaces']}" if self.given["replaces"] else "Write a rule"

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
