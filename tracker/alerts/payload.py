"""Alerts about versions, stale copies and checkpoints. Pure: what each says is made by `views.webhook`.

The same arguments give the same key and the same payload, so that an alert that is made twice is sent once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..model.alert import Alert
from ..render.json import dumps
from ..views.shortening import shorten
from ..views.webhook import CHECKPOINT_TYPE, CheckpointView, StaleCopyView, VersionAlertView
from . import templates
from .schedule import scheduled

if TYPE_CHECKING:
    from ..config import RuleConfig
    from ..model.article import Article
    from ..model.version import Version

MAX_PAYLOAD_BYTES: Final = 20_000
MAX_TEMPLATE_CHARACTERS: Final = 8000


@dataclass(frozen=True, slots=True)
class Style:
    """How an alert is worded: its format ("link", "summary" or "full") and the user's templates, if there are any."""

    format: str = "full"
    subject: str = ""
    body: str = ""


def style_of(rule: RuleConfig) -> Style:
    """Return how the alerts of `rule` are worded."""
    return Style(rule.format, rule.subject, rule.body)


def alert_key(*parts: object) -> str:
    """Return the key of the alert that `parts`, values JSON can hold, identify."""
    return f"wt_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"


def version_alert(
    rule: str,
    target: str,
    version: Version,
    previous: Article | None,
    *,
    link: str,
    event: str = "",
    salt: str = "",
    style: Style = Style(),
) -> Alert:
    """Return the alert about `version` for `target`.

    `previous` is the content that the version replaced, `link` the base address of the web page, which may be empty.
    `event` is set for a change of status, such as "unpublished:…". `salt` makes the key differ from that of any other
    alert.
    """
    # Article, version and text: a version that is stored again after a takedown has another text, and so another alert.
    key = alert_key(version.article, version.n, version.content.sha256, rule, target, event, salt)
    said = VersionAlertView(key, rule, version, previous, link, event).as_json()
    return Alert(key, rule, target, version.article, version.n, encode(said, style))


def stale_copy_alerts(
    rule: RuleConfig,
    copy: Version,
    *,
    key: str,
    notice: tuple[str, str],
    origin: Version,
    hours: float,
    link: str,
    at: datetime,
) -> tuple[Alert, ...]:
    """Return one alert for each target of `rule`: for `hours`, `copy` has lacked a notice (kind, text) of `origin`.

    `key` identifies the copy and the notice, so that each target is sent one alert. `link` is the base address of the
    web page, which may be empty; `at` is when the stale copy was found.
    """
    alerts = []
    for target in dict.fromkeys(rule.to):
        ident = alert_key(key, rule.name, target)
        said = StaleCopyView(ident, rule.name, copy, notice, origin, hours, link).as_json()
        alert = Alert(ident, rule.name, target, copy.article, copy.n, encode(said, style_of(rule)))
        alerts.append(scheduled(alert, rule, at))
    return tuple(alerts)


def checkpoint_alert(target: str, note: str, public_key: str) -> Alert:
    """Return the alert that sends a signed note to `target`."""
    key = alert_key(CHECKPOINT_TYPE, target, note)
    # The second line of a note is the number of entries.
    entries = int(note.split("\n")[1])
    return Alert(
        key, "checkpoints", target, "checkpoints", entries, dumps(CheckpointView(key, note, public_key).as_json())
    )


def encode(body: dict[str, Any], style: Style) -> str:
    """Return `body` in its `style` as JSON; if it is over `MAX_PAYLOAD_BYTES`, changes are left out, then labels."""
    body["format"] = style.format
    if style.subject or style.body:
        filled = {"subject": templates.subject(style.subject, body), "text": templates.fill(style.body, body)}
        body["said"] = {name: shorten(text, MAX_TEMPLATE_CHARACTERS) for name, text in filled.items()}
    text = dumps(body)
    # Changes first: labels say in a few bytes what happened.
    while len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES and (body["changes"] or body["labels"]):
        if body["changes"]:
            body["changes"].pop()
            body["more_changes"] += 1
        else:
            body["labels"] = body["labels"][: len(body["labels"]) // 2]
        text = dumps(body)
    return text
