"""Rules: see what one would have sent, write it, change it, remove it; and try a target."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from tracker.alerts.matching import replay_rules
from tracker.archive.opening import open_archive
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.config import edits
from tracker.errors import DeliveryError
from tracker.model.version import VersionQuery
from tracker.views.json import Answer
from tracker.web.actions import (
    Actions,
    Body,
    Nothing,
    Operation,
    OperationRequest,
    OperationResult,
    Said,
    parsed,
)
from tracker.web.pages.rule import MAX_SHOWN_ALERTS, Replayed, ReplayedAlert, RulePage
from tracker.web.rules import NamedRule, RuleBody, edited, form_of, written

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.rules import RuleConfig

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


def _preview(actions: Actions, request: OperationRequest[NamedRule]) -> OperationResult:
    config = parsed(written(actions.text(), request.body))
    rule = next(each for each in config.rules if each.name == request.body.name)
    shown = replay(actions, rule, config, request.now)
    page = RulePage.of(config, form_of(rule) | {"replaces": request.body.replaces}, replay=shown)
    return OperationResult(page="/alerts", value=shown, view=page)


def replay(actions: Actions, rule: RuleConfig, config: Config, now: datetime) -> Replayed:
    """Return what a rule would have sent for what was stored in the last week."""
    since = begin = now - REPLAYED
    with open_archive(actions.database, readonly=True) as archive:
        newest = list_summaries(archive, VersionQuery(since=since, limit=MAX_REPLAYED_VERSIONS))
        if len(newest) == MAX_REPLAYED_VERSIONS:
            begin = newest[-1].seen
        versions = iter_versions(archive, VersionQuery(since=begin, reverse=True))
        found = list(replay_rules([rule], versions, link=config.service.link, first=False))
    batches = Counter((one.target, one.batch.name) for _, one in found if one.batch and not one.batch.alone)
    alerts = [ReplayedAlert.of(version, alert) for version, alert in reversed(found)]
    at_once = len(found) - batches.total()
    return Replayed(
        since=begin,
        versions=len(newest),
        complete=begin == since,
        count=len(found),
        messages=at_once + len(batches),
        alerts=alerts[:MAX_SHOWN_ALERTS],
    )


def _write(actions: Actions, request: OperationRequest[NamedRule]) -> OperationResult:
    actions.edit(lambda text: written(text, request.body), request.now)
    return OperationResult(f"Rule {request.body.name} saved. The running service will apply it.", "/alerts")


def _edit(actions: Actions, request: OperationRequest[RuleBody]) -> OperationResult:
    actions.edit(lambda text: edited(text, request.name, request.body.conditions), request.now)
    return OperationResult(f"Rule {request.name} saved. The running service will apply it.", "/alerts")


def _remove(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    actions.edit(lambda text: edits.remove(text, "rules", request.name), request.now)
    return OperationResult(f"Rule {request.name} removed. Alerts that it made already are still sent.", "/alerts")


def _send(_: Actions, request: OperationRequest[SampleBody]) -> OperationResult:
    from tracker.service.sample_alerts import SentSample, chosen_targets, send_samples

    async def send() -> SentSample:
        (target,) = chosen_targets(request.settings, None, (request.name,))
        return await anext(send_samples(request.settings, [target], None, request.body.sample, request.now))

    sent = asyncio.run(send())
    # 502, because it is the target's server that failed, not this one.
    if sent.error:
        raise DeliveryError(f"the target did not take the sample: {sent.error}", resource=request.name)
    value = Sent(request.name, sent.target.type, round(sent.seconds, 3))
    return OperationResult(f"{request.name} took the sample alert after {sent.seconds:.1f} s.", "/alerts", value)


_API: Final = "/api/v1/rules"
_REPLAY: Final = "Show what a rule would have sent in the last week."
_TEST: Final = "Send a sample alert to a target."
_NOT_TAKEN: Final = {"502": "The target did not take the sample."}

RULES: Final = (
    Operation("/rule", _REPLAY, NamedRule, _preview, Replayed, slow=True, endpoint="/api/v1/preview-rule"),
    Operation("/rule/save", "Write a rule.", NamedRule, _write, Said, endpoint=_API),
    # Before the next one, whose path it matches too.
    Operation("/rules/{name:path}/remove", "Remove a rule.", Nothing, _remove, Said),
    Operation("", "Change a rule.", RuleBody, _edit, Said, endpoint=f"{_API}/{{name:path}}"),
    Operation("/targets/{name:path}/test", _TEST, SampleBody, _send, Sent, slow=True, refusals=_NOT_TAKEN),
)
