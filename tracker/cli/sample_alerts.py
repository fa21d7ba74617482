"""One invented alert, sent for real."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from tracker import __version__
from tracker.alerts import match, notifiers, sample, tell, tell_stale
from tracker.alerts.match import style_of
from tracker.alerts.message import compose
from tracker.alerts.payload import Style
from tracker.alerts.webhook import event
from tracker.errors import ConfigError, TrackerError
from tracker.fetch import HttpFetcher
from tracker.model import Delivery
from tracker.render import one_line

from .lookup import unknown

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.alerts.message import Message
    from tracker.config import Config, RuleConfig, Target
    from tracker.model import Alert, Article, Version

    from .app import App

_COPY: Final = "c0b1e5a7d204"
_COPY_URL: Final = "https://other.example.org/2026/harbour-bridge-closed"
_OPEN: Final = {
    "labels": (),
    "min_words": 0,
    "added": "",
    "removed": "",
    "announced": None,
    "significance": 0.0,
    "headline_only": False,
    "stale_copy": None,
}


def wanted(config: Config, rule: str | None, names: tuple[str, ...]) -> list[Target]:
    """Return the targets that are meant: the named, those of a rule, or all. Raises NotKnown, ConfigError."""
    known = {target.name: target for target in config.targets}
    if not known:
        raise ConfigError("no target is configured", resource="[[targets]]", hint="writethru config path says where")
    chosen = list(names)
    if rule is not None:
        found = next((each for each in config.rules if each.name == rule), None)
        if found is None:
            raise unknown("rule", rule, [each.name for each in config.rules])
        chosen += found.to
    for name in chosen:
        if name not in known:
            raise unknown("target", name, list(known))
    return [known[name] for name in dict.fromkeys(chosen or known)]


@dataclass(frozen=True)
class Trial:
    """What one rule would send to one target; *meets* says whether the rule asks for such a change."""

    rule: str
    target: str
    kind: str
    meets: bool
    alert: Alert
    message: Message
    event: str


def trials(config: Config, rule: str | None, targets: list[str], kind: str, now: datetime) -> list[Trial]:
    """Return what would be sent: by the rule of that name, met or not, else by every rule that the sample meets.

    The sample is taken to be of the source and the story that a rule asks for, and at an address it asks for.
    """
    version, previous = sample(kind, now)
    found = []
    for each in config.rules:
        if rule not in {None, each.name}:
            continue
        here = each.model_copy(update={"urls": ()})
        placed = replace(version, source=(*each.sources, version.source)[0], stories=each.stories[:1])
        told = _told(here, placed, previous, config.service.link, kind)
        meets = bool(told)
        if not told and rule is not None:
            told = match([here.model_copy(update=_OPEN)], placed, previous, link=config.service.link)
        found += [_trial(config, alert, now, meets=meets) for alert in told if alert.target in targets]
    return found


def _told(rule: RuleConfig, version: Version, previous: Article, link: str, kind: str) -> tuple[Alert, ...]:
    """Return what *rule* tells of the sample; one about stale copies that a copy lacks its correction."""
    if rule.stale_copy is None or kind != "correction":
        return match([rule], version, previous, link=link)
    return _stale(rule, version, previous, link, "sample")


def _stale(rule: RuleConfig, origin: Version, previous: Article, link: str, key: str) -> tuple[Alert, ...]:
    assert rule.stale_copy is not None
    (notice,) = origin.content.notices
    copy = replace(origin, article=_COPY, n=1, url=_COPY_URL, content=previous, source="sample copy", change=None)
    said = (notice.kind.value, notice.text)
    hours = rule.stale_copy / timedelta(hours=1)
    return tell_stale(rule, copy, key=key, notice=said, origin=origin, hours=hours, link=link, at=origin.seen)


def _trial(config: Config, alert: Alert, now: datetime, *, meets: bool) -> Trial:
    kind = next(target.type for target in config.targets if target.name == alert.target)
    words = compose(alert.payload)
    return Trial(alert.rule, alert.target, kind, meets, alert, words, event(_delivery(alert, now)))


def _invented(
    config: Config, rule: RuleConfig | None, target: str, kind: str, version: Version, previous: Article
) -> Alert:
    """Return an alert that is no repeat of any other."""
    link, salt = config.service.link, uuid4().hex
    if rule is not None and rule.stale_copy is not None and kind == "correction":
        return _stale(rule.model_copy(update={"to": (target,)}), version, previous, link, salt)[0]
    style = style_of(rule) if rule else Style()
    return tell(rule.name if rule else "alerts test", target, version, previous, link=link, salt=salt, style=style)


def _delivery(alert: Alert, now: datetime) -> Delivery:
    return Delivery(0, alert.key, alert.rule, alert.target, alert.article, alert.version, alert.payload, now, now)


async def send_samples(app: App, targets: list[Target], rule: str | None, kind: str) -> int:
    """Send the sample to each target, say what came of it, and return how many took it."""
    config = app.config
    version, previous = sample(kind, app.now)
    meant = next((each for each in config.rules if each.name == rule), None)
    fetcher = HttpFetcher(config.fetch, contact=config.contact, version=__version__)
    took = 0
    try:
        for target in targets:
            alert = _invented(config, meant, target.name, kind, version, previous)
            delivery = _delivery(alert, app.now)
            began, trouble = monotonic(), ""
            try:
                # one target at a time, so that a secret that is missing spoils only its own
                made = notifiers(config.model_copy(update={"targets": (target,)}), fetcher)
                await made[target.name].send(delivery, app.now)
            except TrackerError as error:
                trouble = str(error) + (f" ({error.hint})" if error.hint else "")
            took += not trouble
            _tell(app, target, alert.key, trouble, monotonic() - began)
    finally:
        await fetcher.aclose()
    return took


def _tell(app: App, target: Target, key: str, trouble: str, seconds: float) -> None:
    if app.settings.json:
        value = {"schema": 1, "target": target.name, "type": target.type, "id": key, "ok": not trouble}
        app.out.data(value | {"seconds": round(seconds, 3), "error": trouble})
        return
    what = f"failed: {one_line(trouble)}" if trouble else f"taken in {seconds:.1f} s"
    app.out.line(f"{target.name} ({target.type}): {what}")
