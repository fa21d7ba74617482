"""The payload of an alert as a message: subject, plain text, a short text for chats, HTML for mail. Pure.

The HTML has inline styles, no images but one that the mail carries, and loads nothing from anywhere. Text keeps the
reader's own colours, so that it is readable in light and dark mode. Only added and removed words have colours, always
foreground and background together, and are underlined or struck through as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from tracker.model.alert import Payload as Body
from tracker.render import html, plain
from tracker.render.text import counted, one_line, safe
from tracker.views.alert import CHECKPOINT_TYPE
from tracker.views.shortening import shorten

from . import payload_text

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


@dataclass(frozen=True, slots=True)
class Message:
    """An alert in words: `text` and `html` for mail, `short` for chats."""

    subject: str
    text: str
    short: str
    html: str


def compose(body: Body, picture: tuple[str, str] | None = None) -> Message:
    """Return the message of an alert, a digest or a checkpoint. `body` is the payload of its delivery.

    `picture` is the Content-ID and the alt text of a picture that the mail carries.
    """
    # The payload may have been stored by an earlier release: later fields are read with `get`.
    if body["type"] == CHECKPOINT_TYPE:
        return _checkpoint(body)
    if body["type"] == "digest":
        return _digest(body)
    templates = body.get("said") or {}
    default = f"{_outlet(body)}{payload_text.name(body)}: {payload_text.headline(body)}"
    subject = shorten(templates.get("subject") or default, MAX_SUBJECT_CHARACTERS)
    if text := templates.get("text"):
        short = shorten(text, MAX_SHORT_CHARACTERS)
        # A template may end in a link, which a reader of a text that was cut needs most.
        if lost := next((each for each in (body["link"], body["url"]) if each in text and each not in short), ""):
            short = f"{shorten(text, MAX_SHORT_CHARACTERS - len(lost) - 2)}\n\n{lost}"
        parts = [_paragraph(piece, _P).replace("\n", "<br>") for piece in text.split("\n\n") if piece.strip()]
        return Message(subject, text.rstrip("\n") + "\n", short, _page(subject, "", parts))
    return Message(subject, _text(body), _short(body), _alert_page(subject, body, picture))


def _text(body: Body) -> str:
    links = dict.fromkeys([body["link"], body["url"]])
    parts = [
        _sourced_headline(body),
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
    # The last alerts are left out of a short text, but counted: a link that is cut leads nowhere.
    lines: list[str] = []
    room = MAX_SHORT_CHARACTERS - len(f"… and {count} more")
    for each in alerts[:MAX_SHORT_ALERTS]:
        line = f"• {payload_text.name(each)}: {payload_text.headline(each)} {each['link']}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    if count > len(lines):
        lines.append(f"… and {count - len(lines)} more")
    return Message(subject, text, "\n".join(lines), _digest_page(subject, body | {"alerts": listed}, rest))


def _outlet(body: Body) -> str:
    """Return the source, to be put before what happened there; "" if it is not known."""
    return f"{one_line(body['source'])} · " if body["source"] else ""


def _sourced_headline(body: Body) -> str:
    source = f"{one_line(body['source'])}: " if body["source"] else ""
    return source + payload_text.headline(body)


def _entry(body: Body) -> str:
    head = f"{_sourced_headline(body)} ({payload_text.name(body)})"
    parts = [head, *(part for part in _content(body) if part), body["link"]]
    return "\n".join(parts).replace("\n", "\n  ")


def _checkpoint(body: Body) -> Message:
    note, key = str(body["note"]), str(body["key"])
    origin, entries, *_ = note.split("\n")
    subject = f"Checkpoint of {origin}: {counted(int(entries), 'entry', 'entries')}"
    command = f"writethru verify --against NOTE --key '{key}'"
    how = "NOTE is a file with these lines:"
    text = f"{_CHECKPOINT}\n\n    {command}\n\n{how}\n\n{note}"
    page = html.page(
        subject,
        f"<p>{html.text(_CHECKPOINT)}</p>\n<p><code>{html.text(command)}</code></p>\n"
        f"<p>{how}</p>\n<pre>{html.text(note)}</pre>",
    )
    return Message(subject, text, note, page)


_SERIF: Final = "Georgia,'Times New Roman',serif"
_SANS: Final = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_P: Final = f"margin:0 0 14px;font:17px/1.5 {_SERIF}"
_H1: Final = f"margin:0 0 10px;font:bold 22px/1.25 {_SERIF}"
_H2: Final = f"margin:0 0 6px;font:bold 18px/1.3 {_SERIF}"
_NOTE: Final = f"margin:0 0 14px;font:14px/1.5 {_SANS}"
_FOOT: Final = f"margin:22px 0 0;padding:12px 0 0;border-top:1px solid #8a8a8a;font:13px/1.6 {_SANS}"
_NAME: Final = f"font:bold 12px/1.4 {_SANS};letter-spacing:.04em"
_EDIT: Final = f"margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #8a8a8a;font:17px/1.5 {_SERIF}"
_BAR: Final = f"margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #b58900;font:16px/1.5 {_SERIF}"
_STYLES: Final = {
    "-": "color:#7d1109;background-color:#fbe3e1;text-decoration:line-through",
    "+": "color:#07481a;background-color:#dcf3e2;text-decoration:underline",
}
_IMAGE: Final = "display:block;width:100%;height:auto;border:0"
_LINK: Final = "color:inherit;text-decoration:underline"
_BUTTON: Final = (
    f"display:inline-block;margin:4px 0 0;padding:9px 16px;border:1px solid #8a8a8a;border-radius:4px;"
    f"font:bold 14px/1.2 {_SANS};color:inherit;text-decoration:none"
)


def _alert_page(subject: str, body: Body, picture: tuple[str, str] | None) -> str:
    """Return one alert as an HTML document; `picture` is the Content-ID and the alt text of a picture in the mail."""
    parts = [_kicker(body, "0 0 6px"), _title(body, _H1, "h1")]
    if picture is not None:
        ident, alt = map(html.text, picture)
        parts.append(f'<p style="margin:0 0 14px"><img src="cid:{ident}" alt="{alt}" width="600" style="{_IMAGE}"></p>')
    parts += _html_content(body)
    links = [_anchor(body["link"], "See the full change", _BUTTON)] if body["link"] != body["url"] else []
    links.append(_anchor(body["url"], "Open the article"))
    parts.append(f'<p style="{_NOTE}">{" &nbsp; ".join(links)}</p>')
    parts.append(_foot(f"<code>{html.text(payload_text.command(body))}</code><br>", body))
    return _page(subject, " ".join(payload_text.facts(body)), parts)


def _digest_page(subject: str, body: Body, rest: str) -> str:
    """Return a digest as an HTML document; `rest` says how many alerts are left out."""
    parts = [f'<h1 style="{_H1}">{html.text(subject)}</h1>']
    for each in body["alerts"]:
        parts.append(_kicker(each, "24px 0 4px"))
        parts.append(_title(each, _H2, "h2"))
        parts += _html_content(each)
    if rest:
        parts.append(_paragraph(rest, _NOTE))
    parts.append(_foot("", body))
    return _page(subject, ", ".join(payload_text.headline(each) for each in body["alerts"][:3]), parts)


def _html_content(body: Body) -> list[str]:
    parts = [_paragraph(" ".join(payload_text.facts(body)), _NOTE)]
    if words := payload_text.first_words(body):
        parts.append(_paragraph(words, _P))
    for name, hunks in payload_text.edits(body):
        # With a direction of its own, the name does not count where the direction of the words is looked for.
        edit = f'<span dir="ltr" style="{_NAME}">{html.text(name)}</span><br>{html.hunks(hunks, _STYLES)}'
        parts.append(f'<p dir="auto" style="{_EDIT}">{edit}</p>')
    parts += [_paragraph(notice, _BAR) for notice in payload_text.notices(body)]
    if more := payload_text.more(body):
        parts.append(_paragraph(more, _NOTE))
    return parts


def _kicker(body: Body, margin: str) -> str:
    """Return the line above a headline: the source, and what happened."""
    return _paragraph(_outlet(body) + payload_text.name(body).upper(), f"{_NAME};margin:{margin}")


def _title(body: Body, style: str, tag: str) -> str:
    return f'<{tag} dir="auto" style="{style}">{_anchor(body["link"], payload_text.headline(body))}</{tag}>'


def _foot(above: str, body: Body) -> str:
    rule, ident = html.text(body["rule"]), html.text(body["id"])
    return f'<p style="{_FOOT}">{above}Rule “{rule}”<br>{ident}</p>'


def _anchor(address: str, text: str, style: str = _LINK) -> str:
    return f'<a href="{html.text(address)}" style="{style}">{html.text(text)}</a>'


def _paragraph(text: str, style: str) -> str:
    return f'<p dir="auto" style="{style}">{html.text(text)}</p>'


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("email.html").read_text("utf-8"))


def _page(subject: str, preview: str, parts: list[str]) -> str:
    """Return the document; a mailbox shows `preview` next to the subject."""
    return _template().substitute(subject=html.text(subject), preview=html.text(preview), inner="\n".join(parts))
