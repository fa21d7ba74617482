"""The sample alerts of `alerts test`: the alert that each rule would send to each target, and sending it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final
from uuid import uuid4

from tracker import __version__, compare
from tracker.alerts.channels import channel_of
from tracker.alerts.matching import match_rules
from tracker.alerts.payload import stale_copy_alerts, version_alert
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, Target
from tracker.errors import ConfigError, NotKnown, TrackerError, did_you_mean, unknown
from tracker.fetch.client import HttpFetcher
from tracker.model.alert import Alert, Delivery
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.version import Version

URL: Final = "https://news.example.org/2026/harbour-bridge-closed"
_ARTICLE: Final = "5a3b1e0fd9c2"
_EPOCH: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LEAD: Final = "Hillsborough closed its harbour bridge on Thursday after divers found a crack in the third pier."
_FIGURES: Final = "About 12,000 vehicles cross it on a working day, the port authority said."
_QUOTE: Final = "“We would rather have a queue than a funeral,” said the harbour master, Ines Calloway."
_FERRIES: Final = "Two ferries will carry foot passengers from Friday, every 20 minutes, the council said."
_CORRECTION: Final = Notice(
    NoticeKind.CORRECTION,
    "Correction: An earlier version of this article gave a wrong number of vehicles. It is 21,000, not 12,000.",
)
_UPDATE: Final = Notice(NoticeKind.UPDATE, "(Adds ferry timetable in second paragraph)")


def _article(*paragraphs: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    return Article(title="Harbour bridge closed after crack is found", byline=("A. Sample",), lang="en", blocks=blocks)


_OLD: Final = _article(_LEAD, _FIGURES, _QUOTE)
_NEW_FIGURE: Final = _article(_LEAD, _FIGURES.replace("12,000", "21,000"), _QUOTE)
_NEW: Final = {
    "correction": replace(_NEW_FIGURE, notices=(_CORRECTION,)),
    "headline": replace(_OLD, title="Harbour bridge closed for a month after crack is found"),
    "update": replace(_article(_LEAD, _FERRIES, _FIGURES, _QUOTE), notices=(_UPDATE,)),
    "silent": _NEW_FIGURE,
}
# The kinds of sample.
SAMPLES: Final = tuple(_NEW)


def sample(kind: str, now: datetime = _EPOCH) -> tuple[Version, Article]:
    """Return the invented second version of an article, seen at `now`, and its first one; `kind` is one of SAMPLES."""
    version = Version(
        article=_ARTICLE,
        n=2,
        url=URL,
        seen=now,
        content=_NEW[kind],
        extractor="sample",
        capture_sha256="0" * 64,
        previous_seen=now - timedelta(minutes=5),
        change=compare(_OLD, _NEW[kind]),
        source="sample",
    )
    return version, _OLD


_COPY: Final = "c0b1e5a7d204"
_COPY_URL: Final = "https://other.example.org/2026/harbour-bridge-closed"
_CONDITIONS: Final = "labels min_words added removed announced significance headline_only gone stale_copy cites"
_NO_CONDITIONS: Final = {name: RuleConfig.model_fields[name].default for name in _CONDITIONS.split()}


@dataclass(frozen=True)
class SampleAlert:
    """The alert of one rule to one target; `preview` is text for people, or the object that is sent as JSON."""

    target: Target
    matches: bool
    alert: Alert
    preview: str | dict[str, Any]


def chosen_targets(config: Config, rule: str | None, names: tuple[str, ...]) -> list[Target]:
    """Return the targets with these names and those of the rule, or all targets if neither is given.

    Raises NotKnown if there is no such rule or target, ConfigError if no target is configured.
    """
    known = {target.name: target for target in config.targets}
    if not known:
        hint = "add a [[targets]] table to the configuration file; `writethru config path` shows where it is"
        raise ConfigError("no targets are configured", resource="[[targets]]", hint=hint)
    chosen = list(names)
    if rule is not None:
        found = next((each for each in config.rules if each.name == rule), None)
        if found is None:
            raise unknown("rule", rule, (each.name for each in config.rules))
        chosen += found.to
    for name in chosen:
        if name not in known:
            near = did_you_mean(name, known) or f"known: {', '.join(known)}"
            hint = f"{near}; for another, add a [[targets]] table to the configuration file"
            raise NotKnown("there is no such target", resource=name, hint=hint)
    return [known[name] for name in dict.fromkeys(chosen or known)]


def sample_alerts(
    config: Config, rule: str | None, targets: list[Target], kind: str, now: datetime
) -> list[SampleAlert]:
    """Return what would be sent to `targets` for the sample `kind`.

    Without `rule`, by every rule that matches the sample; with it, by that rule in any case. The sample counts as being
    from the sources, stories and addresses that a rule asks for.
    """
    version, previous = sample(kind, now)
    link = config.service.link
    by_name = {target.name: target for target in targets}
    found = []
    for each in config.rules:
        if rule not in {None, each.name}:
            continue
        anywhere = each.model_copy(update={"urls": ()})
        placed = replace(version, source=(*each.sources, version.source)[0], stories=each.stories[:1])
        if each.stale_copy is not None and kind == "correction":
            alerts = _stale_copy(anywhere, placed, previous, link, "sample")
        else:
            alerts = match_rules([anywhere], placed, previous, link=link)
        matches = bool(alerts)
        if not alerts and rule is not None:
            alerts = match_rules([anywhere.model_copy(update=_NO_CONDITIONS)], placed, previous, link=link)
        for alert in alerts:
            if (target := by_name.get(alert.target)) is not None:
                preview = channel_of(target).preview(target, config, _delivery(alert, now))
                found.append(SampleAlert(target, matches, alert, preview))
    return found


@dataclass(frozen=True, slots=True)
class SentSample:
    """The result of sending a sample alert: `error` is empty if the target accepted it."""

    target: Target
    key: str
    error: str
    seconds: float


async def send_samples(
    config: Config, targets: list[Target], rule: str | None, kind: str, now: datetime
) -> AsyncIterator[SentSample]:
    """Send the sample `kind` to each target and yield the results.

    Each alert says that it is a test, and has a key of its own, so that no receiver takes it for a repeat.
    """
    version, previous = sample(kind, now)
    version = replace(version, content=replace(version.content, title=f"[Test] {version.content.title}"))
    previous = replace(previous, title=f"[Test] {previous.title}")
    wording = next((each for each in config.rules if each.name == rule), None)
    link = config.service.link
    fetcher = HttpFetcher(config.fetch, contact=config.contact, version=__version__)
    try:
        for target in targets:
            salt = uuid4().hex
            if wording is not None and wording.stale_copy is not None and kind == "correction":
                only = wording.model_copy(update={"to": (target.name,)})
                (alert,) = _stale_copy(only, version, previous, link, salt)
            else:
                name = wording.name if wording else "alerts test"
                alert = version_alert(name, target.name, version, previous, link=link, salt=salt, wording=wording)
            started, error = monotonic(), ""
            try:
                await channel_of(target).open(target, config, fetcher).send(_delivery(alert, now), now)
            except TrackerError as failure:
                error = str(failure) + (f" ({failure.hint})" if failure.hint else "")
            yield SentSample(target, alert.key, error, monotonic() - started)
    finally:
        await fetcher.aclose()


def _stale_copy(rule: RuleConfig, origin: Version, previous: Article, link: str, key: str) -> tuple[Alert, ...]:
    """Return the alerts of a rule about stale copies: a copy lacks the correction of the sample."""
    assert rule.stale_copy is not None
    (notice,) = origin.content.notices
    copy = replace(origin, article=_COPY, n=1, url=_COPY_URL, content=previous, source="sample copy", change=None)
    return stale_copy_alerts(
        rule,
        copy,
        key=key,
        notice=(notice.kind.value, notice.text),
        origin=origin,
        hours=rule.stale_copy / timedelta(hours=1),
        link=link,
        at=origin.seen,
    )


def _delivery(alert: Alert, now: datetime) -> Delivery:
    about = (alert.key, alert.rule, alert.target, alert.article, alert.version, alert.payload)
    return Delivery(*about, id=0, created_at=now, due_at=now)
