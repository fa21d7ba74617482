"""Alerts about versions, editions, stale copies and checkpoints, and digests. Pure: `views.alert` declares them.

The same arguments give the same key and the same payload, so that an alert that is made twice is sent once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from string import Template
from typing import Final

from msgspec import to_builtins

from tracker.config.tables import RuleConfig
from tracker.model.alert import Alert, Delivery, Payload
from tracker.model.article import Article
from tracker.model.change import LabelKind
from tracker.model.citation import FollowedCitation
from tracker.model.version import Version
from tracker.render import plain
from tracker.render.json import dumps
from tracker.render.text import one_line, safe
from tracker.views import alert as views
from tracker.views.alert import CHECKPOINT_TYPE
from tracker.views.change import shorten
from tracker.views.version import EditionCopy

from . import message
from .schedule import COPY_WAIT, scheduled

MAX_PAYLOAD_BYTES: Final = 20_000
MAX_TEMPLATE_CHARACTERS: Final = 8000


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
    wording: RuleConfig | None = None,
) -> Alert:
    """Return the alert about `version` for `target`.

    `previous` is the content that the version replaced, `link` the base address of the web page, which may be empty.
    `event` is set for a change of status, such as "unpublished:…". `salt` makes the key differ from that of any other
    alert.
    """
    # Article, version and text: a version that is stored again after a takedown has another text, and so another alert.
    key = alert_key(version.article, version.n, version.content.sha256, rule, target, event, salt)
    body = views.version_alert(key, rule, version, previous, link, event)
    return Alert(key, rule, target, version.article, version.n, worded(body, wording))


def citation_alert(
    rule: RuleConfig,
    target: str,
    version: Version,
    previous: Article | None,
    followed: Sequence[FollowedCitation],
    *,
    link: str,
    event: str,
) -> Alert:
    """Return the alert that passages that are cited were changed by `version`, or are gone with its page.

    See `version_alert` for `previous`, `link` and `event`. Its first edits are those of the passages.
    """
    alert = version_alert(rule.name, target, version, previous, link=link, event=event, salt="cites", wording=None)
    return replace(alert, payload=worded(views.with_citations(alert.payload, followed), rule))


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
        body = views.stale_copy_alert(ident, rule.name, copy, notice, origin, hours, link)
        alert = Alert(ident, rule.name, target, copy.article, copy.n, worded(body, rule))
        alerts.append(scheduled(alert, rule, at))
    return tuple(alerts)


def checkpoint_alert(target: str, note: str, public_key: str) -> Alert:
    """Return the alert that sends a signed note to `target`."""
    key = alert_key(CHECKPOINT_TYPE, target, note)
    # The second line of a note is the number of entries.
    entries = int(note.split("\n")[1])
    payload = views.checkpoint_alert(key, note, public_key)
    return Alert(key, "checkpoints", target, "checkpoints", entries, payload)


def worded(body: Payload, wording: RuleConfig | None) -> Payload:
    """Return `body` with the format and the filled templates of the rule `wording`; None: in full.

    If it is over `MAX_PAYLOAD_BYTES` as JSON, changes are left out, then labels.
    """
    body = body | {"format": wording.format if wording else "full"}
    if wording and (wording.subject or wording.body):
        filled = {"subject": one_line(_fill(wording.subject, body)), "text": _fill(wording.body, body)}
        body["said"] = {name: shorten(text, MAX_TEMPLATE_CHARACTERS) for name, text in filled.items()}
    # Changes first: labels say in a few bytes what happened.
    while len(dumps(body).encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES and (body["changes"] or body["labels"]):
        if body["changes"]:
            body |= {"changes": body["changes"][:-1], "more_changes": body["more_changes"] + 1}
        else:
            body["labels"] = body["labels"][: len(body["labels"]) // 2]
    return body


def _fill(template: str, body: Payload) -> str:
    """Return a user's `template` with each of its names replaced once by a value from the payload `body`.

    `string.Template` has no expressions, attributes or calls. Text from a page is put in as a value and not expanded
    again, so a headline "$url" or "{{7*7}}" is kept as it is.
    """
    # A template decides how much it shows, whatever the format.
    whole = body | {"format": "full"}
    edits = [f"{name}: {plain.hunks(hunks)}" for name, hunks in message.edits(whole)]
    kinds = frozenset(LabelKind(label["kind"]) for label in body["labels"])
    values = {
        "rule": one_line(body["rule"]),
        "headline": one_line(body["headline"]),
        "previous_headline": one_line(body["previous_headline"] or ""),
        "url": str(body["url"]),
        "link": str(body["link"]),
        "source": one_line(body["source"]),
        "story": ", ".join(one_line(story) for story in body["stories"]),
        "labels": message.labels(body),
        "when": message.when(body),
        "facts": " ".join(message.facts(body)),
        "words_added": str(body["words_added"]),
        "words_removed": str(body["words_removed"]),
        "announced": plain.noted_in_words(kinds, announced=body["announced"]),
        "edit": edits[0] if edits else "",
        "edits": "\n\n".join(edits),
        "notices": "\n\n".join(message.notices(whole)),
        "article": str(body["article"]),
        "version": str(body["version"]),
        "id": str(body["id"]),
    }
    return safe(Template(template).safe_substitute(values))


MAX_DIGEST_BYTES: Final = 200_000
MAX_DIGEST_DELIVERIES: Final = 200


def combine(deliveries: Sequence[Delivery]) -> Delivery:
    """Return one delivery for all of `deliveries`, which have one target and batch; a single one is returned unchanged.

    Its key is made of their keys, so that a repeat has the same key. If their payloads exceed `MAX_DIGEST_BYTES`, the
    last ones are left out, but counted.
    """
    first = deliveries[0]
    if len(deliveries) == 1:
        return first
    name = first.batch.name if first.batch else ""
    key = alert_key(first.target, name, [each.key for each in deliveries])
    # The payload of a version that was taken down is empty.
    alerts = [each.payload for each in deliveries if each.payload]
    payload = views.digest(key, first.rule, first.created_at, deliveries[-1].created_at, alerts)
    # A quarter at a time: writing the whole again for each alert would take seconds for a large digest.
    while len(dumps(payload).encode("utf-8", "surrogatepass")) > MAX_DIGEST_BYTES and len(alerts) > 1:
        payload["alerts"] = alerts = alerts[: max(1, len(alerts) * 3 // 4)]
    rule = hashlib.sha256(first.rule.encode("utf-8", "surrogatepass")).hexdigest()
    return replace(
        first,
        key=key,
        # Mail programs show messages about one article as one thread, and so the digests of one rule.
        article=f"digest-{rule[:12]}",
        version=0,
        payload=payload,
        attempts=max(each.attempts for each in deliveries),
    )


# The type of the note on copies that lag.
LAGGING: Final = "edition.lagging"
MAX_NAMED_COPIES: Final = 40

# Alerts about editions: not those of a page that is gone or back, and not those whose payload a takedown emptied.
EDITIONS: Final = {"article.changed", "article.first-seen", LAGGING}


@dataclass(frozen=True, slots=True)
class LaggingCopy:
    """A copy that still has an older text. `checked` is the last time that it was seen with it."""

    article: str
    source: str
    url: str
    runs: int
    checked: datetime


def is_lagging(delivery: Delivery) -> bool:
    """Return whether an alert is a note on copies that lag."""
    return bool(delivery.payload.get("type") == LAGGING)


def with_copies(
    payload: Payload, rule: RuleConfig, copies: Sequence[EditionCopy], lagging: Sequence[LaggingCopy]
) -> Payload:
    """Return the payload of an alert about an edition with the copies that took it over, and those that did not."""
    named = {
        "copies": [to_builtins(each) for each in copies[:MAX_NAMED_COPIES]],
        "lagging": [to_builtins(each) for each in lagging[:MAX_NAMED_COPIES]],
    }
    return worded(payload | named, rule)


def lagging_alert(
    alert: Delivery, rule: RuleConfig, copies: Sequence[EditionCopy], lagging: Sequence[LaggingCopy], after: timedelta
) -> Alert:
    """Return the note that follows `alert` when `after` has passed since its edition was seen."""
    key = alert_key(LAGGING, alert.key)
    body = alert.payload | {"id": key, "type": LAGGING, "opening": None, "notices": [], "top_hunk": None}
    body |= {"changes": [], "more_changes": 0}
    note = Alert(key, alert.rule, alert.target, alert.article, alert.version, with_copies(body, rule, copies, lagging))
    # `scheduled` adds the wait for copies again, which the note has had already.
    seen = datetime.fromisoformat(body["first_seen_new"])
    return scheduled(note, rule, seen + after - COPY_WAIT)
