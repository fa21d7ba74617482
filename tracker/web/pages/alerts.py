"""The page of alerts, the form of a rule with its preview, and the operations on alerts, rules and targets."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tracker.alerts import message
from tracker.alerts.channels import channel_of
from tracker.alerts.matching import replay_rules
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.state import count_all
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.config import edits
from tracker.config.root import Config
from tracker.config.tables import NTFY_TOPIC, Name, RuleConfig
from tracker.errors import ConfigError, DeliveryError, NotKnown, UsageError
from tracker.model.alert import Delivery, DeliveryState
from tracker.model.change import LabelKind, Significance
from tracker.model.version import VersionQuery
from tracker.model.watch import Counts
from tracker.pipeline.settle import held_source
from tracker.service.sample_alerts import SentSample, chosen_targets, send_samples
from tracker.service.source_report import SourceStatus
from tracker.views.alert import CHECKPOINT_TYPE, AlertView
from tracker.views.json import SCHEMA, Answer
from tracker.web import links
from tracker.web.actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said, parsed
from tracker.web.page_request import PageRequest, View

from .changes import Filter, filter_of, matching

MAX_DELIVERIES: Final = 60
MAX_FILTERED_DELIVERIES: Final = 500
"""The newest alerts that a filter is applied to."""
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
    has_apprise: bool
    filter: Filter

    @staticmethod
    def rule_rows(rule: RuleConfig) -> list[tuple[str, str]]:
        """Return the conditions of a rule as (label, value), without those that are not set."""
        found = []
        for name, label in RULE_LABELS.items():
            value = getattr(rule, name)
            if value != RuleConfig.model_fields[name].default:
                shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else _text(name, value)
                found.append((label, shown.replace("\n", ", ")))
        return found

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
        if body.get("type") == CHECKPOINT_TYPE:
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
        has_apprise=find_spec("apprise") is not None,
    )


RULE_LABELS: Final = {
    "to": "Send to",
    "sources": "Sources",
    "stories": "Stories",
    "labels": "Labels",
    "significance": "Minimum significance",
    "min_words": "Minimum words",
    "announced": "Noted by the outlet",
    "headline_only": "Headline changes only",
    "added": "Added text matches",
    "removed": "Removed text matches",
    "urls": "Address matches",
}
_MAX_PATTERN_CHARS: Final = 2000


def split_text(value: object, separator: str = ",") -> object:
    """Return the parts of a field of a form that are not empty; a list from JSON stays as it is."""
    return [each.strip() for each in value.split(separator) if each.strip()] if isinstance(value, str) else value


def _if_empty(default: object) -> BeforeValidator:
    """Return a validator that reads an empty field of a form as `default`."""
    return BeforeValidator(lambda value: default if value == "" else value)


Names = Annotated[tuple[str, ...], BeforeValidator(split_text), Field(max_length=100)]
Labels = Annotated[tuple[LabelKind, ...], BeforeValidator(split_text)]
Lines = Annotated[tuple[str, ...], BeforeValidator(partial(split_text, separator="\n")), Field(max_length=100)]


class RuleBody(Body):
    """The conditions of a rule. Fields that a change leaves out keep their values."""

    to: Names = Field((), description="names of targets")
    sources: Names = Field((), description="names of sources; empty: any")
    stories: Names = Field((), description="names of stories; empty: any")
    labels: Labels = Field((), description="the change has one of these labels; empty: any")
    significance: Annotated[Significance, _if_empty(Significance.LOW)] = Field(
        Significance.LOW, description="minimum significance"
    )
    min_words: Annotated[int, _if_empty(0)] = Field(
        0, ge=0, le=9_999_999, description="minimum number of words added and removed, in total"
    )
    announced: Annotated[bool | None, _if_empty(None)] = Field(
        None, description="true: the outlet noted the change; false: a claim was altered or removed without a note"
    )
    headline_only: Annotated[bool, _if_empty(0)] = Field(
        default=False, description="only changes of the headline that leave the text unchanged"
    )
    added: str = Field("", max_length=_MAX_PATTERN_CHARS, description="an expression that the added text matches")
    removed: str = Field("", max_length=_MAX_PATTERN_CHARS, description="an expression that the removed text matches")
    urls: Lines = Field((), description="expressions, one of which the address matches")

    @property
    def conditions(self) -> dict[str, Any]:
        """Return the fields that were given, as values of TOML."""
        given = self.model_dump(mode="json", exclude_unset=True, include=set(RULE_LABELS))
        return {name: list(value) if isinstance(value, (list, tuple)) else value for name, value in given.items()}


SECRETS_BEGIN: Final = "WRITETHRU_ALERT_"
"""Beginning of the variable names that the form accepts, so that it cannot send other secrets of the service."""


def _variable(text: str) -> str:
    if text and not re.fullmatch(SECRETS_BEGIN + "[A-Z0-9_]+", text):
        raise ValueError(f"must be the name of a variable that begins with {SECRETS_BEGIN}, not the secret itself")
    return text


Variable = Annotated[str, AfterValidator(_variable), Field(max_length=100)]


class TargetBody(Body):
    """A target. Secrets are not in it: it names the environment variables of the service that hold them."""

    name: Name
    type: Literal["email", "ntfy", "webhook", "desktop"]
    to: Names = Field((), description="email: the addresses that get the alerts")
    sender: str = Field("", max_length=200, description="email: the address that the alerts come from")
    host: str = Field("", max_length=200, description="email: the SMTP server; empty: localhost")
    port: Annotated[int, _if_empty(0)] = Field(
        0, ge=0, le=65535, description="email: the port of the server; 0: the usual one"
    )
    security: Literal["none", "starttls", "tls"] = Field("none", description="email: the encryption")
    user: str = Field("", max_length=200, description="email: the user name at the server; empty: no login")
    password: Variable = Field("", description="email: the variable that holds the password")
    url: str = Field("", max_length=2000, description="webhook: its address; ntfy: the topic or its address")
    secret: Variable = Field("", description="webhook: the variable that holds the signing secret")

    def entry(self) -> dict[str, Any]:
        """Return the table of the configuration. Raises UsageError."""
        given: dict[str, Any] = {}
        if self.type == "email":
            port = self.port or {"none": 25, "starttls": 587, "tls": 465}[self.security]
            given = {"to": list(self.to), "sender": self.sender, "host": self.host, "port": port}
            given |= {"security": self.security, "user": self.user, "password": _kept_in(self.password)}
        elif self.type == "webhook":
            given = {"url": self.url, "secret": _kept_in(self.secret)}
        elif self.type == "ntfy":
            scheme, _, topic = self.url.rpartition("://")
            if not re.fullmatch(NTFY_TOPIC, topic, re.ASCII):
                hint = "write it as in my-desk or https://ntfy.example.org/my-desk; nothing was saved"
                raise UsageError("not a valid ntfy topic, or it contains a password", resource=self.name, hint=hint)
            given = {"url": f"{'ntfy' if scheme in {'http', 'ntfy'} else 'ntfys'}://{topic}"}
        kind = "apprise" if self.type == "ntfy" else self.type
        return {"name": self.name, "type": kind} | {key: value for key, value in given.items() if value}


def _kept_in(variable: str) -> dict[str, str]:
    return {"env": variable} if variable else {}


class NamedRule(RuleBody):
    """A rule: its name and its conditions."""

    name: Name
    replaces: str = Field("", max_length=80, description="the name of the rule that it replaces; empty: it is new")


def rule_form(rule: RuleConfig) -> dict[str, str]:
    """Return the fields of a rule as a form holds them."""
    fields = {name: getattr(rule, name) for name in RULE_LABELS}
    texts = {name: _text(name, value) for name, value in fields.items()}
    return {"name": rule.name, "replaces": rule.name} | texts


def edit_rule(text: str, name: str, given: Mapping[str, Any], *, rename: str = "") -> str:
    """Return the configuration text with the keys `given` of rule `name` changed; the rest is not changed.

    Raises NotKnown if there is no such rule, UsageError if the new name is taken, ConfigError if the file cannot be
    edited.
    """
    known = [each.get("name") for each in edits.parse_document(text)[1].get("rules", [])]
    if rename not in {"", name} and rename in known:
        raise UsageError("there is already a rule of this name", resource=rename, hint="choose another name")
    # One key at a time, so that comments and the order of the others stay as they are.
    for key, value in given.items():
        text = edits.set_key(text, "rules", name, key, value, value if _is_empty(key, value) else None)
    return edits.set_key(text, "rules", name, "name", rename or name, None)


def write_rule(text: str, rule: NamedRule) -> str:
    """Return the configuration text with a rule that is new or replaces another. Raises the errors of `edit_rule`."""
    if rule.replaces:
        return edit_rule(text, rule.replaces, rule.conditions, rename=rule.name)
    conditions = {name: value for name, value in rule.conditions.items() if not _is_empty(name, value)}
    return edits.append_table(text, "rules", {"name": rule.name} | conditions)


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - values of a rule
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ("\n" if name == "urls" else ", ").join(map(str, value))
    return "" if value in {0, None, Significance.LOW} else str(value)


def _is_empty(key: str, value: object) -> bool:
    """Return whether a value of a form is the same as no key at all."""
    return value in ([], "", 0, None, Significance.LOW) and not (key == "announced" and value is False)


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
    """The alerts that a rule would have sent, newest first.

    Attributes:
        versions: how many stored versions were looked at
        complete: whether these are all versions since then
        count: how many alerts it would have sent
        messages: the number of messages, which is smaller where alerts wait for a digest or quiet hours
        alerts: the newest alerts
    """

    since: datetime
    versions: int
    complete: bool
    count: int
    messages: int
    alerts: list[ReplayedAlert]


@dataclass(frozen=True)
class RulePage(View):
    """The form of a rule. `given` has its fields, `replay` the preview if there is one."""

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
        empty = dict.fromkeys((*RULE_LABELS, "name", "replaces"), "")
        given = empty | {key: request.query[key][:500] for key in RULE_LABELS if key in request.query}
        return RulePage.of(config, given)
    found = next((each for each in config.rules if each.name == name), None)
    if found is None:
        raise NotKnown("there is no such rule", resource=name[:80])
    return RulePage.of(config, rule_form(found))


REPLAYED: Final = timedelta(days=7)
MAX_REPLAYED_VERSIONS: Final = 2000
"""Only the newest versions are replayed, so that it takes seconds."""


class SampleBody(Body):
    """The kind of invented change that the sample alert is about."""

    sample: Literal["correction", "headline", "update", "silent"] = "correction"


class Sent(Answer, frozen=True):
    """A target accepted a sample alert."""

    target: str
    type: str
    seconds: float


def _preview_rule(actions: Actions, request: OperationRequest[NamedRule]) -> OperationResult:
    _, text = actions.read()
    config = parsed(write_rule(text, request.body))
    rule = next(each for each in config.rules if each.name == request.body.name)
    shown = replay(actions, rule, config, request.now)
    page = RulePage.of(config, rule_form(rule) | {"replaces": request.body.replaces}, replay=shown)
    return OperationResult(page="/alerts", value=shown, view=page)


def replay(actions: Actions, rule: RuleConfig, config: Config, now: datetime) -> Replayed:
    """Return the alerts that a rule would have sent for the versions stored in the last week."""
    since = begin = now - REPLAYED
    with open_archive(actions.database, readonly=True) as archive:
        newest = list_summaries(archive, VersionQuery(since=since, limit=MAX_REPLAYED_VERSIONS))
        if len(newest) == MAX_REPLAYED_VERSIONS:
            begin = newest[-1].seen
        versions = iter_versions(archive, VersionQuery(since=begin, reverse=True))
        found = list(replay_rules([rule], versions, link=config.service.link, first=False))
    batches = Counter((one.target, one.batch.name) for _, one in found if one.batch and not one.batch.alone)
    alerts = []
    for version, alert in list(reversed(found))[:MAX_SHOWN_ALERTS]:
        labels = tuple(dict.fromkeys(str(each["kind"]) for each in alert.payload["labels"]))
        headline, page = alert.payload["headline"], links.led_to(version.article, version.n)
        alerts.append(ReplayedAlert(version.seen, alert.target, alert.due_at, version.source, headline, labels, page))
    at_once = len(found) - batches.total()
    return Replayed(
        since=begin,
        versions=len(newest),
        complete=begin == since,
        count=len(found),
        messages=at_once + len(batches),
        alerts=alerts,
    )


def _save_rule(actions: Actions, request: OperationRequest[NamedRule]) -> OperationResult:
    actions.edit(lambda text: write_rule(text, request.body), request.now)
    return OperationResult(f"Rule {request.body.name} saved. The running service will apply it.", "/alerts")


def _edit_rule(actions: Actions, request: OperationRequest[RuleBody]) -> OperationResult:
    actions.edit(lambda text: edit_rule(text, request.name, request.body.conditions), request.now)
    return OperationResult(f"Rule {request.name} saved. The running service will apply it.", "/alerts")


def _remove_rule(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    actions.edit(lambda text: edits.remove(text, "rules", request.name), request.now)
    return OperationResult(f"Rule {request.name} removed. Alerts that it made already are still sent.", "/alerts")


def _send_sample(_: Actions, request: OperationRequest[SampleBody]) -> OperationResult:
    sent = _sample(request.settings, request.name, request.body.sample, request.now)
    # 502, because it is the target's server that failed, not this one.
    if sent.error:
        raise DeliveryError(f"the target did not accept the sample: {sent.error}", resource=request.name)
    value = Sent(request.name, sent.target.type, round(sent.seconds, 3))
    return OperationResult(f"{request.name} accepted the sample alert after {sent.seconds:.1f} s.", "/alerts", value)


def _sample(config: Config, name: str, kind: str, now: datetime) -> SentSample:
    async def send() -> SentSample:
        (target,) = chosen_targets(config, None, (name,))
        return await anext(send_samples(config, [target], None, kind, now))

    return asyncio.run(send())


class TargetSaved(Said, frozen=True):
    """A target that was written into the configuration, and sent a sample alert.

    Attributes:
        error: why the target did not accept the sample; empty if it did
    """

    target: str
    type: str
    error: str


def _save_target(actions: Actions, request: OperationRequest[TargetBody]) -> OperationResult:
    name = request.body.name
    saved = [request.settings]

    def change(text: str) -> str:
        text = edits.append_table(text, "targets", request.body.entry())
        saved[0] = config = parsed(text)
        (target,) = chosen_targets(config, None, (name,))
        try:
            # Before it is saved: the service takes no new configuration with a target that it cannot use.
            channel_of(target).check(target, config)
        except ConfigError as error:
            raise UsageError(f"{error.message}; nothing was saved", resource=name, hint=error.hint) from None
        return text

    actions.edit(change, request.now)
    sent = _sample(saved[0], name, "correction", request.now)
    text = f"{name} is saved and accepted a test alert after {sent.seconds:.1f} s. Rules can send alerts to it now."
    if sent.error:
        text = (
            f"{name} is saved, but did not accept a test alert: {sent.error}. To change it, remove it and add it again."
        )
    return OperationResult(text, "/alerts", TargetSaved(text, name, sent.target.type, sent.error))


def _remove_target(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    name = request.name

    def change(text: str) -> str:
        config = parsed(text)
        if rule := next((each for each in config.rules if name in each.to), None):
            hint = f"{'remove that rule' if rule.to == (name,) else 'change that rule'} first"
            raise UsageError(f"the rule {rule.name!r} sends alerts to it", resource=name, hint=hint)
        if config.archive.checkpoint_target == name:
            raise UsageError("checkpoints are sent to it", resource=name, hint="change checkpoint_target first")
        return edits.remove(text, "targets", name)

    actions.edit(change, request.now)
    text = f"{name} removed. Alerts that still wait for it are kept; writethru alerts drop '{name}' deletes them."
    return OperationResult(text, "/alerts")


_API: Final = "/api/v1/rules"
_REFUSED: Final = {"502": "The target did not accept the sample."}
_REPLAY: Final = "Show the alerts that a rule would have sent in the last week."
_TEST: Final = "Send a sample alert to a target."
_SAVE: Final = "Add a target and send it a sample alert."
ALERT_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("/rule", _REPLAY, NamedRule, _preview_rule, Replayed, slow=True, endpoint="/api/v1/preview-rule"),
    Operation("/rule/save", "Write a rule.", NamedRule, _save_rule, Said, endpoint=_API),
    # Before the next one, whose path it matches too.
    Operation("/rules/{name:path}/remove", "Remove a rule.", Nothing, _remove_rule, Said),
    Operation("", "Change a rule.", RuleBody, _edit_rule, Said, endpoint=f"{_API}/{{name:path}}"),
    Operation("/targets/{name:path}/test", _TEST, SampleBody, _send_sample, Sent, slow=True, refusals=_REFUSED),
    Operation("/target/save", _SAVE, TargetBody, _save_target, TargetSaved, slow=True, endpoint="/api/v1/targets"),
    Operation("/targets/{name:path}/remove", "Remove a target.", Nothing, _remove_target, Said),
)
