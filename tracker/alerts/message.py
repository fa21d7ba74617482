"""The payload of an alert as a message: subject, plain text, a short text for chats, HTML for mail. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ..render import html, plain
from ..render.text import counted, one_line, safe
from ..views.shortening import shorten
from ..views.webhook import CHECKPOINT_TYPE
from . import email_html, payload_text

MAX_SUBJECT_CHARACTERS: Final = 200
MAX_SHORT_CHARACTERS: Final = 1500
# The most alerts of a digest that a mail lists; the others are counted.
MAX_LISTED_ALERTS: Final = 100
# The same for a chat message.
MAX_SHORT_ALERTS: Final = 12

_CHECKPOINT: Final = (
    "Keep this message. It is a signed checkpoint of the archive. With it you can check later whether anything that"
    " was in the archive at that time has been changed since:"
)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """An alert in words: `text` and `html` for mail, `short` for chats."""

    subject: str
    text: str
    short: str
    html: str


def compose(payload: str, picture: tuple[str, str] | None = None) -> Message:
    """Return the message of an alert, a digest or a checkpoint. `payload` is the JSON text of its delivery.

    `picture` is the Content-ID and the alt text of a picture that the mail carries.
    """
    # The payload is stored text of an earlier release at times: what was added since is read with `get`.
    body: Body = json.loads(payload)
    if body["type"] == CHECKPOINT_TYPE:
        return _checkpoint(body)
    if body["type"] == "digest":
        return _digest(body)
    templates = body.get("said") or {}
    subject = shorten(
        templates.get("subject") or f"{payload_text.name(body)}: {payload_text.headline(body)}", MAX_SUBJECT_CHARACTERS
    )
    if text := templates.get("text"):
        short = shorten(text, MAX_SHORT_CHARACTERS)
        return Message(subject, text.rstrip("\n") + "\n", short, email_html.from_template(subject, text))
    return Message(subject, _text(body), _short(body), email_html.alert(subject, body, picture))


def _text(body: Body) -> str:
    links = dict.fromkeys([body["link"], body["url"]])
    parts = [
        payload_text.headline(body),
        *_content(body),
        "\n".join([*links, payload_text.command(body)]),
        f"Rule “{one_line(body['rule'])}” · {body['id']}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _short(body: Body) -> str:
    text = "\n\n".join(part for part in _content(body, short=True) if part)
    # The text is cut, so that the link is always there.
    room = max(MAX_SHORT_CHARACTERS - len(body["link"]) - 2, 0)
    return f"{shorten(text, room)}\n\n{body['link']}"


def _content(body: Body, *, short: bool = False) -> list[str]:
    """Return the paragraphs between headline and links; `short` leaves out all notices but the first."""
    notices = payload_text.notices(body)
    return [
        " ".join(payload_text.facts(body)),
        safe(payload_text.first_words(body)),
        *(f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in payload_text.edits(body)),
        *map(safe, notices[:1] if short else notices),
        "" if short else payload_text.more(body),
    ]


def _digest(body: Body) -> Message:
    alerts: list[Body] = body["alerts"]
    count = body["count"]
    changes = counted(count, "change")
    articles = counted(len({each["article"] for each in alerts}), "article")
    subject = shorten(f"{one_line(body['rule'])}: {changes} in {articles}", MAX_SUBJECT_CHARACTERS)
    listed = alerts[:MAX_LISTED_ALERTS]
    left_out = count - len(listed)
    rest = f"… and {left_out} more: writethru alerts list" if left_out else ""
    text = "\n\n".join([subject, *map(_entry, listed), *filter(None, [rest]), body["id"]]) + "\n"
    lines = [
        f"• {payload_text.name(each)}: {payload_text.headline(each)} {each['link']}"
        for each in alerts[:MAX_SHORT_ALERTS]
    ]
    if count > MAX_SHORT_ALERTS:
        lines.append(f"… and {count - MAX_SHORT_ALERTS} more")
    short = shorten("\n".join(lines), MAX_SHORT_CHARACTERS)
    return Message(subject, text, short, email_html.digest(subject, body | {"alerts": listed}, rest))


def _entry(body: Body) -> str:
    source = f"{one_line(body['source'])}: " if body["source"] else ""
    head = f"{source}{payload_text.headline(body)} ({payload_text.name(body)})"
    parts = [head, *(part for part in _content(body) if part), body["link"]]
    return "\n".join(parts).replace("\n", "\n  ")


def _checkpoint(body: Body) -> Message:
    note, key = str(body["note"]), str(body["key"])
    origin, entries, *_ = note.split("\n")
    subject = f"Checkpoint of {origin}: {int(entries):,} entries"
    command = f"writethru verify --against NOTE --key '{key}'"
    how = "NOTE is a file with these lines:"
    text = f"{_CHECKPOINT}\n\n    {command}\n\n{how}\n\n{note}"
    page = html.page(
        subject,
        f"<p>{html.text(_CHECKPOINT)}</p>\n<p><code>{html.text(command)}</code></p>\n"
        f"<p>{how}</p>\n<pre>{html.text(note)}</pre>",
    )
    return Message(subject, text, note, page)
