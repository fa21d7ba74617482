"""A frozen alert as words: subject, plain text, a short text for chats, HTML for mail. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ..render import one_line, plain, safe
from . import checkpoints, email_html, payload_text

MAX_SUBJECT_CHARACTERS: Final = 200
MAX_SHORT_CHARACTERS: Final = 1500
MAX_LISTED_ALERTS: Final = 100
MAX_SHORT_ALERTS: Final = 12

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """An alert in words: *text* and *html* for mail, *short* (at most 1500 characters) for chats."""

    subject: str
    text: str
    short: str
    html: str


def compose(payload: str) -> Message:
    """Write the alert of *payload*, which is JSON as `payload.version_alert` or `digest.combine` froze it."""
    body: Body = json.loads(payload)
    if body["type"] == checkpoints.KIND:
        return Message(*checkpoints.compose(body))
    if body["type"] == "digest":
        return _digest(body)
    said = body.get("said") or {}
    subject = _cut(
        said.get("subject") or f"{payload_text.name(body)}: {payload_text.headline(body)}", MAX_SUBJECT_CHARACTERS
    )
    if own := said.get("text"):
        return Message(
            subject, own.rstrip("\n") + "\n", _cut(own, MAX_SHORT_CHARACTERS), email_html.plain(subject, own)
        )
    return Message(subject, _text(body), _short(body), email_html.alert(subject, body))


def _text(body: Body) -> str:
    parts = [payload_text.headline(body), *_middle(body)]
    links = dict.fromkeys([body["link"], body["url"]])
    parts.append("\n".join([*links, payload_text.command(body)]))
    parts.append(f"Rule “{one_line(body['rule'])}” · {body['id']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _middle(body: Body) -> list[str]:
    parts = [" ".join(payload_text.facts(body)), safe(payload_text.first_words(body))]
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in payload_text.edits(body)]
    parts += [safe(notice) for notice in payload_text.notices(body)]
    parts.append(payload_text.more(body))
    return parts


def _short(body: Body) -> str:
    parts = [" ".join(payload_text.facts(body)), safe(payload_text.first_words(body))]
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in payload_text.edits(body)]
    parts += [safe(notice) for notice in payload_text.notices(body)[:1]]
    return _with_link("\n\n".join(part for part in parts if part), body["link"])


def _digest(body: Body) -> Message:
    alerts: list[Body] = body["alerts"]
    articles = len({each["article"] for each in alerts})
    count = body["count"]
    said = f"{count} {'change' if count == 1 else 'changes'} in {articles} {'article' if articles == 1 else 'articles'}"
    subject = _cut(f"{one_line(body['rule'])}: {said}", MAX_SUBJECT_CHARACTERS)
    listed = alerts[:MAX_LISTED_ALERTS]
    left = count - len(listed)
    rest = f"… and {left} more: writethru alerts list" if left else ""
    text = "\n\n".join([subject, *(_entry(each) for each in listed), *([rest] if rest else [])])
    lines = [
        f"• {payload_text.name(each)}: {payload_text.headline(each)} {each['link']}"
        for each in alerts[:MAX_SHORT_ALERTS]
    ]
    if count > MAX_SHORT_ALERTS:
        lines.append(f"… and {count - MAX_SHORT_ALERTS} more")
    short = _cut("\n".join(lines), MAX_SHORT_CHARACTERS)
    return Message(
        subject, f"{text}\n\n{body['id']}\n", short, email_html.digest(subject, body | {"alerts": listed}, rest)
    )


def _entry(body: Body) -> str:
    source = f"{one_line(body['source'])}: " if body["source"] else ""
    head = f"{source}{payload_text.headline(body)} ({payload_text.name(body)})"
    parts = [head, *(part for part in _middle(body) if part), body["link"]]
    return "\n".join(parts).replace("\n", "\n  ")


def _with_link(said: str, link: str) -> str:
    room = max(MAX_SHORT_CHARACTERS - len(link) - 2, 0)
    return f"{_cut(said, room)}\n\n{link}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"
