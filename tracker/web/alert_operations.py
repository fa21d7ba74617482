"""The operations on rules and targets: try, write and remove them, and send a target a sample alert."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Final, Literal

from tracker.alerts.channels import channel_of
from tracker.alerts.matching import replay_rules
from tracker.archive.opening import open_archive
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.config import edits
from tracker.config.root import Config
from tracker.config.tables import RuleConfig
from tracker.errors import ConfigError, DeliveryError, UsageError
from tracker.model.version import VersionQuery
from tracker.service.sample_alerts import SentSample, chosen_targets, send_samples
from tracker.views.json import Answer

from . import links
from .actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said, parsed
from .pages.alerts import (
    MAX_SHOWN_ALERTS,
    NamedRule,
    Replayed,
    ReplayedAlert,
    RuleBody,
    RulePage,
    TargetBody,
    edit_rule,
    rule_form,
    write_rule,
)

REPLAYED: Final = timedelta(days=7)
MAX_REPLAYED_VERSIONS: Final = 2000
"""Only the newest versions are replayed, so that it takes seconds."""


class SampleBody(Body):
    """What kind of invented change a target is sent."""

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
        raise DeliveryError(f"the target did not take the sample: {sent.error}", resource=request.name)
    value = Sent(request.name, sent.target.type, round(sent.seconds, 3))
    return OperationResult(f"{request.name} took the sample alert after {sent.seconds:.1f} s.", "/alerts", value)


def _sample(config: Config, name: str, kind: str, now: datetime) -> SentSample:
    async def send() -> SentSample:
        (target,) = chosen_targets(config, None, (name,))
        return await anext(send_samples(config, [target], None, kind, now))

    return asyncio.run(send())


class TargetSaved(Said, frozen=True):
    """A target that was written into the configuration, and sent a sample alert.

    Attributes:
        error: why it did not take the sample; empty if it did
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
    text = f"{name} is saved, and took a test alert after {sent.seconds:.1f} s. A rule can send alerts to it now."
    if sent.error:
        text = f"{name} is saved, but did not take a test alert: {sent.error}. To change it, remove and add it again."
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
_REPLAY: Final = "Show what a rule would have sent in the last week."
_TEST: Final = "Send a sample alert to a target."
_SAVE: Final = "Write a target, and send it a sample alert."
_NOT_TAKEN: Final = {"502": "The target did not take the sample."}
ALERT_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("/rule", _REPLAY, NamedRule, _preview_rule, Replayed, slow=True, endpoint="/api/v1/preview-rule"),
    Operation("/rule/save", "Write a rule.", NamedRule, _save_rule, Said, endpoint=_API),
    # Before the next one, whose path it matches too.
    Operation("/rules/{name:path}/remove", "Remove a rule.", Nothing, _remove_rule, Said),
    Operation("", "Change a rule.", RuleBody, _edit_rule, Said, endpoint=f"{_API}/{{name:path}}"),
    Operation("/targets/{name:path}/test", _TEST, SampleBody, _send_sample, Sent, slow=True, refusals=_NOT_TAKEN),
    Operation("/target/save", _SAVE, TargetBody, _save_target, TargetSaved, slow=True, endpoint="/api/v1/targets"),
    Operation("/targets/{name:path}/remove", "Remove a target.", Nothing, _remove_target, Said),
)
