"""A frozen alert as words: subject, plain text, HTML. What a page said is data here, never markup. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ..model import Hunk, LabelKind
from ..render import html, one_line, plain, safe
from ..render.times import day, interval, span
from . import notes

LONGEST_SUBJECT: Final = 200
LONGEST_SHORT: Final = 1500

# The first that a change bears names it in the subject.
_NAMES: Final = {
    LabelKind.UNPUBLISHED: "taken down",
    LabelKind.RESTORED: "back again",
    LabelKind.CORRECTION: "correction",
    LabelKind.CLARIFICATION: "clarification",
    LabelKind.EDITORS_NOTE: "editor’s note",
    LabelKind.STEALTH: "silent edit",
    LabelKind.UPDATE_NOTE: "update",
    LabelKind.HEADLINE: "new headline",
}
_SAID: Final = {True: "The outlet says so on the page.", False: "The outlet does not say so on the page."}
_P: Final = "margin:0 0 12px;font:16px/1.5 Georgia,serif"
_NOTE: Final = "margin:0 0 12px;font:13px/1.5 sans-serif;color:#6b6b6b"
_BAR: Final = "border-left:3px solid #b58900;padding-left:10px"
_H1: Final = "margin:0 0 12px;font:bold 20px/1.3 Georgia,serif"


@dataclass(frozen=True, slots=True)
class Message:
    """An alert in words: *text* and *html* for mail, *short* (at most 1500 characters) for chats."""

    subject: str
    text: str
    short: str
    html: str


def compose(payload: str) -> Message:
    """Write the alert of *payload*, which is JSON as `payload.tell` froze it."""
    body: dict[str, Any] = json.loads(payload)
    if body["type"] == notes.KIND:
        return Message(*notes.words(body))
    headline = one_line(body["headline"]) or body["url"]
    subject = f"{_name(body)}: {headline}"
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1] + "…"
    return Message(subject, _text(body, headline), _short(body), _html(body, headline))


def _name(body: dict[str, Any]) -> str:
    if body["type"] == "copy.stale":
        return "copy not corrected"
    kinds = {label["kind"] for label in body["labels"]}
    named = next((name for kind, name in _NAMES.items() if kind.value in kinds), "changed")
    return "new article" if body["type"] == "article.first-seen" else named


def _when(body: dict[str, Any]) -> str:
    old = body["last_seen_old"]
    return interval(datetime.fromisoformat(old) if old else None, datetime.fromisoformat(body["first_seen_new"]))


def _facts(body: dict[str, Any]) -> list[str]:
    """Return sentences: when, how much, of which kind, whether it was announced."""
    if body["type"] == "article.first-seen":
        return [f"{_when(body).capitalize()}.", f"{body['words_added']} words."]
    if body["type"] == "copy.stale":
        return _stale(body)
    kinds = ", ".join(dict.fromkeys(label["kind"] for label in body["labels"]))
    when = _when(body)
    verb = {"article.unpublished": "Gone", "article.restored": "Back"}.get(body["type"], "Changed")
    facts = [f"{verb} {when}." if when.startswith("between") else f"{when.capitalize()}."]
    if body["words_added"] or body["words_removed"]:
        facts.append(f"+{body['words_added']} −{body['words_removed']} words.")
    if kinds:
        facts.append(f"Labels: {kinds}.")
    if body["announced"] is not None:
        facts.append(_SAID[body["announced"]])
    return facts


def _stale(body: dict[str, Any]) -> list[str]:
    origin = body["origin"]
    said = datetime.fromisoformat(body["first_seen_new"])
    return [
        f"This copy still stands without the {body['labels'][0]['kind']} that {one_line(origin['source'])} made",
        f"at {said:%H:%M} UTC on {day(said)} in version {origin['version']},",
        f"{span(timedelta(hours=body['hours']))} before it was last looked at.",
        one_line(origin["url"]),
    ]


def _edits(body: dict[str, Any]) -> list[tuple[str, list[Hunk]]]:
    """Return each edit with its name, the top one first."""
    pieces = [body["top_hunk"], *body["changes"]] if body["top_hunk"] else []
    return [(_place(piece), [(op, text) for op, text in piece["hunks"]]) for piece in pieces]


def _place(piece: dict[str, Any]) -> str:
    if piece["op"] == "edit":
        return str(piece["where"])
    verb = {"insert": "added", "delete": "removed", "move": "moved"}.get(piece["op"], piece["op"])
    return f"{piece['where']}, {verb}"


def _command(body: dict[str, Any]) -> str:
    if body["previous_version"] is None:
        return f"writethru show {body['article']}@{body['version']}"
    return f"writethru diff {body['article']} {body['previous_version']}..{body['version']}"


def _notice(notice: dict[str, Any]) -> str:
    """Return a notice with its kind before it, unless it names itself."""
    kind, text = str(notice["kind"]), str(notice["text"])
    named = text.lower().lstrip("([").startswith(kind.partition("-")[0])
    return text if named else f"{kind}: {text}"


def _more(body: dict[str, Any]) -> str:
    count = body["more_changes"]
    return f"… and {count} more {'change' if count == 1 else 'changes'}" if count else ""


def _text(body: dict[str, Any], headline: str) -> str:
    parts = [headline, " ".join(_facts(body))]
    if body["opening"]:
        parts.append(safe(body["opening"]))
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in _edits(body)]
    parts += [safe(_notice(notice)) for notice in body["notices"]]
    parts.append(_more(body))
    links = list(dict.fromkeys([body["link"], body["url"]]))
    parts.append("\n".join([*links, _command(body)]))
    parts.append(f"Rule “{one_line(body['rule'])}” · {body['id']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _short(body: dict[str, Any]) -> str:
    parts = [" ".join(_facts(body)), safe(body["opening"] or "")]
    parts += [f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in _edits(body)[:1]]
    parts += [safe(_notice(notice)) for notice in body["notices"][:1]]
    said = "\n\n".join(part for part in parts if part)
    link = body["link"]
    room = max(LONGEST_SHORT - len(link) - 2, 0)
    return f"{said if len(said) <= room else said[: max(room - 1, 0)] + '…'}\n\n{link}"


def _html(body: dict[str, Any], headline: str) -> str:
    parts = [
        f'<h1 style="{_H1}"><a href="{html.text(body["link"])}" style="color:inherit">{html.text(headline)}</a></h1>'
    ]
    parts.append(f'<p style="{_NOTE}">{html.text(" ".join(_facts(body)))}</p>')
    if body["opening"]:
        parts.append(f'<p style="{_P}">{html.text(body["opening"])}</p>')
    parts += [
        f'<p style="{_P}"><strong>{html.text(name)}</strong>: {html.hunks(hunks)}</p>' for name, hunks in _edits(body)
    ]
    parts += [f'<p style="{_P};{_BAR}">{html.text(_notice(notice))}</p>' for notice in body["notices"]]
    if body["more_changes"]:
        parts.append(f'<p style="{_NOTE}">{_more(body)}</p>')
    parts.append(
        f'<p style="{_NOTE}"><a href="{html.text(body["url"])}">the article</a>'
        f" · <code>{html.text(_command(body))}</code> · rule “{html.text(body['rule'])}” · {html.text(body['id'])}</p>"
    )
    return html.page(headline, "\n".join(parts))
