"""A frozen alert as words: subject, plain text, a short text for chats, HTML for mail. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ..render import one_line, plain, safe
from . import mailpage, notes, wording

LONGEST_SUBJECT: Final = 200
LONGEST_SHORT: Final = 1500
_MOST_LISTED: Final = 100
_FEW: Final = 12

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """An alert in words: *text* and *html* for mail, *short* (at most 1500 characters) for chats."""

    subject: str
    text: str
    short: str
    html: str


def compose(payload: str) -> Message:
    """Write the alert of *payload*, which is JSON as `payload.tell` or `digest.gathered` froze it."""
    body: Body = json.loads(payload)
    if body["type"] == notes.KIND:
        return Message(*notes.words(body))
    if body["type"] == "digest":
        return _digest(body)
    said = body.get("said") or {}
    subject = _cut(said.get("subject") or f"{wording.name(body)}: {wording.headline(body)}", LONGEST_SUBJECT)
    if own := said.get("text"):
        return Message(subject, own.rstrip("\n") + "\n", _cut(own, LONGEST_SHORT), mailpage.plain(subject, own))
    return Message(subject, _text(body), _short(body), mailpage.alert(subject, body))


def _text(body: Body) -> str:
    parts = [wording.headline(body), *_middle(body)]
    links = dict.fromkeys([body["link"], body["url"]])
    parts.append("\n".join([*links, wording.command(body)]))
    parts.append(f"Rule “{one_line(body['rule'])}” · {body['id']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _middle(body: Body) -> list[str]:
    parts = [" ".join(wording.facts(body)), safe(wording.first_words(body))]
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in wording.edits(body)]
    parts += [safe(notice) for notice in wording.notices(body)]
    parts.append(wording.more(body))
    return parts


def _short(body: Body) -> str:
    parts = [" ".join(wording.facts(body)), safe(wording.first_words(body))]
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in wording.edits(body)]
    parts += [safe(notice) for notice in wording.notices(body)[:1]]
    return _with_link("\n\n".join(part for part in parts if part), body["link"])


def _digest(body: Body) -> Message:
    alerts: list[Body] = body["alerts"]
    articles = len({each["article"] for each in alerts})
    count = body["count"]
    said = f"{count} {'change' if count == 1 else 'changes'} in {articles} {'article' if articles == 1 else 'articles'}"
    subject = _cut(f"{one_line(body['rule'])}: {said}", LONGEST_SUBJECT)
    listed = alerts[:_MOST_LISTED]
    left = count - len(listed)
    rest = f"… and {left} more: writethru alerts list" if left else ""
    text = "\n\n".join([subject, *(_entry(each) for each in listed), *([rest] if rest else [])])
    lines = [f"• {wording.name(each)}: {wording.headline(each)} {each['link']}" for each in alerts[:_FEW]]
    if count > _FEW:
        lines.append(f"… and {count - _FEW} more")
    short = _cut("\n".join(lines), LONGEST_SHORT)
    return Message(
        subject, f"{text}\n\n{body['id']}\n", short, mailpage.digest(subject, body | {"alerts": listed}, rest)
    )


def _entry(body: Body) -> str:
    source = f"{one_line(body['source'])}: " if body["source"] else ""
    head = f"{source}{wording.headline(body)} ({wording.name(body)})"
    parts = [head, *(part for part in _middle(body) if part), body["link"]]
    return "\n".join(parts).replace("\n", "\n  ")


def _with_link(said: str, link: str) -> str:
    room = max(LONGEST_SHORT - len(link) - 2, 0)
    return f"{_cut(said, room)}\n\n{link}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"
