"""The payload of an alert in words: single sentences, and messages with subject, text, short text and HTML. Pure.

The sentences contain text of pages unescaped: code that writes them to a terminal or HTML must escape them. The HTML
has inline styles, no image but the one in the mail, and loads nothing. Text keeps the reader's own colours, so that it
is readable in light and dark mode. Only added and removed words have colours, both foreground and background,
and are underlined or struck through as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from tracker.model.alert import Payload as Body
from tracker.model.change import LABELS, Hunk, LabelKind, most_prominent_first
from tracker.notices.openings import read_opening
from tracker.render import html, plain
from tracker.render.plain import words_changed
from tracker.render.rows import notice_title
from tracker.render.text import counted, one_line, safe
from tracker.render.times import day, delay, interval, span
from tracker.views.alert import CHECKPOINT_TYPE
from tracker.views.change import shorten

# The most outlets that a message names; the others are counted.
MAX_COPIES: Final = 10

_ANNOUNCED: Final = {
    True: "The outlet published a note about it.",
    False: "The outlet published no note about it.",
}
_PARTLY_ANNOUNCED: Final = "The outlet published a note, but it does not explain every edit."
_FLAPS: Final = (
    "The text is back to an earlier version: the article flaps. Its versions are stored, but no more alerts are sent"
    " until it changes to something new."
)


# Type of the alert → its name, and a sentence with the time.
_SUSPICIONS: Final = {
    "article.possibly-unpublished": ("possibly taken down", "The page answered 404 for the first time, {at}."),
    "article.still-published": ("back, not taken down", "The page, which had answered 404, is back, {at}."),
}
_UNSURE: Final = (
    "It may be a fault of the site. Another alert follows when it is sure, after about half an hour, or when the page"
    " is back."
)


def headline(body: Body) -> str:
    """Return the headline on one line, or the address if there is none."""
    return one_line(body["headline"]) or str(body["url"])


def name(body: Body) -> str:
    """Return what happened in a few words, such as "correction", "edit not noted by the outlet" or "new headline"."""
    if body["type"] == "copy.stale":
        return "copy not corrected"
    if body["type"] == "edition.lagging":
        return "copies lag"
    if body["type"] == "article.first-seen":
        return "new article"
    if passages := body.get("citations"):
        states = list(dict.fromkeys(each["state"] for each in passages))
        return f"cited passage {states[0]}" if len(states) == 1 else "cited passages changed"
    if body["type"] in _SUSPICIONS:
        return _SUSPICIONS[body["type"]][0]
    kinds = {LabelKind(label["kind"]) for label in body["labels"]}
    return next((row.alert_name for kind, row in LABELS.items() if row.alert_name and kind in kinds), "changed")


def when(body: Body) -> str:
    """Return when it happened, as an interval."""
    old = body["last_seen_old"]
    return interval(datetime.fromisoformat(old) if old else None, datetime.fromisoformat(body["first_seen_new"]))


def facts(body: Body) -> list[str]:
    """Return sentences: when it changed, how much, which labels, and whether the outlet published a note."""
    if body["type"] == "copy.stale":
        origin, kind = body["origin"], body["labels"][0]["kind"]
        outlet, wire = one_line(body["source"]) or "This copy", one_line(origin["source"]) or "the original"
        published, missed = datetime.fromisoformat(body["first_seen_new"]), span(timedelta(hours=body["hours"]))
        return [
            f"{outlet} still had the text without the {kind} when it was last checked,",
            f"{missed} after {wire} published it",
            f"({published:%H:%M} UTC on {day(published)}, version {origin['version']}: {one_line(origin['url'])}).",
        ]
    at = when(body)
    capital = at[:1].upper() + at[1:]
    if body["type"] == "article.first-seen":
        return [f"{capital}.", f"{counted(body['words_added'], 'word')}.", *_copies(body)]
    if body["type"] in _SUSPICIONS:
        is_unsure = body["type"] == "article.possibly-unpublished"
        return [_SUSPICIONS[body["type"]][1].format(at=at), *([_UNSURE] if is_unsure else [])]
    verb = {"article.unpublished": "Gone", "article.restored": "Back"}.get(body["type"], "Changed")
    sentences = [f"{verb} {at}." if at.startswith("between") else f"{capital}."]
    sentences = [*map(_cited, body.get("citations") or ()), *sentences]
    if body["words_added"] or body["words_removed"]:
        sentences.append(f"{words_changed(body['words_added'], body['words_removed'])}.")
    if kinds := labels(body):
        sentences.append(f"Labels: {kinds}.")
    if body["announced"] is not None:
        partly = body["announced"] is False and body["notices"]
        sentences.append(_PARTLY_ANNOUNCED if partly else _ANNOUNCED[body["announced"]])
    if LabelKind.FLAP.value in {label["kind"] for label in body["labels"]}:
        sentences.append(_FLAPS)
    return [*sentences, *_copies(body)]


def labels(body: Body) -> str:
    """Return the kinds of the labels, each once, the most prominent first, separated by commas."""
    return ", ".join(most_prominent_first({label["kind"] for label in body["labels"]}))


def edits(body: Body) -> list[tuple[str, list[Hunk]]]:
    """Return the edits that the alert's format includes, each with its place, the most important one first."""
    if body.get("format") == "link" or not body["top_hunk"]:
        return []
    found = []
    for piece in [body["top_hunk"], *(body["changes"] if body.get("format", "full") == "full" else [])]:
        place = str(piece["where"])
        if piece["op"] != "edit":
            verb = {"insert": "added", "delete": "removed", "move": "moved"}.get(piece["op"], piece["op"])
            place = f"{place}, {verb}"
        found.append((place, [(op, text) for op, text in piece["hunks"]]))
    return found


def notices(body: Body) -> list[str]:
    """Return the notices; each begins with its kind. The format "link" includes none."""
    if body.get("format") == "link" or not body["notices"]:
        return []
    found = []
    for each in body["notices"]:
        text = str(each["text"])
        opening = read_opening(text, text.lower().replace("’", "'"))
        # Most notices name their kind in their own language.
        named = opening.is_certain or opening.label not in {"", "weak"}
        found.append(text if named else f"{notice_title(each['kind'])}: {text}")
    return found


def first_words(body: Body) -> str:
    """Return the first paragraph of a new article. The format "link" does not include it."""
    return "" if body.get("format") == "link" else str(body["opening"] or "")


def more(body: Body) -> str:
    """Return a sentence that counts the changes that are not shown, or ""."""
    if body.get("format") == "link":
        return ""
    count = body["more_changes"] + (0 if body.get("format", "full") == "full" else len(body["changes"]))
    return f"… and {counted(count, 'more change')}" if count else ""


def command(body: Body) -> str:
    """Return the command that shows the full change."""
    if body["type"] == "copy.stale":
        return f"writethru story show {body['article']}"
    if body["previous_version"] is None:
        return f"writethru show {body['article']}@v{body['version']}"
    return f"writethru diff {body['article']} {body['previous_version']}..{body['version']}"


def _cited(passage: Body) -> str:
    """Return what happened to a passage that was cited."""
    happened = {
        "altered": "was altered",
        "removed": "was removed",
        "corrected": "was changed, and the outlet published a note about it",
        "gone": "is no longer online: the page was taken down",
    }[passage["state"]]
    return f"The passage that you cited {happened}: “{one_line(passage['quotation'])}”."


def _copies(body: Body) -> list[str]:
    """Return a sentence on the copies that have the edition, and one on those that did not at their last check."""
    copies, lagging = body.get("copies") or [], body.get("lagging") or []
    taken = [
        f"{one_line(each['source'])}, {delay(each['after'])}{', without the note' if each.get('without_note') else ''}"
        for each in copies[:MAX_COPIES]
    ]
    not_yet = [
        f"{one_line(each['source'])} (still v{each['runs']} at {datetime.fromisoformat(each['checked']):%H:%M} UTC)"
        for each in lagging[:MAX_COPIES]
    ]
    more = [f"{len(each) - MAX_COPIES} more" if len(each) > MAX_COPIES else "" for each in (copies, lagging)]
    return [
        f"{name} {' · '.join(filter(None, [*found, rest]))}."
        for name, found, rest in zip(("Also at", "Not yet at"), (taken, not_yet), more, strict=True)
        if found
    ]


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
    source = f"{one_line(body['source'])} · " if body["source"] else ""
    default = f"{source}{name(body)}: {headline(body)}"
    subject = shorten(templates.get("subject") or default, MAX_SUBJECT_CHARACTERS)
    if text := templates.get("text"):
        short = shorten(text, MAX_SHORT_CHARACTERS)
        # A template may end in a link, which a reader needs even more if the text is cut.
        if lost := next((each for each in (body["link"], body["url"]) if each in text and each not in short), ""):
            short = f"{shorten(text, MAX_SHORT_CHARACTERS - len(lost) - 2)}\n\n{lost}"
        parts = [_paragraph(piece, _P).replace("\n", "<br>") for piece in text.split("\n\n") if piece.strip()]
        return Message(subject, text.rstrip("\n") + "\n", short, _page(subject, "", parts))
    return _alert(subject, body, picture)


def _alert(subject: str, body: Body, picture: tuple[str, str] | None) -> Message:
    """Return the message of an alert about one article, without templates; `picture` as in `compose`."""
    links = list(dict.fromkeys([body["link"], body["url"]]))
    shown = command(body)
    rule = f"Rule “{one_line(body['rule'])}” · {body['id']}"
    source = f"{one_line(body['source'])}: " if body["source"] else ""
    parts = [source + headline(body), *_content(body), "\n".join([*links, shown]), rule]
    text = "\n\n".join(part for part in parts if part) + "\n"
    # The short text is cut, so that the link is always there.
    short = "\n\n".join(part for part in _content(body, short=True) if part)
    short = f"{shorten(short, max(MAX_SHORT_CHARACTERS - len(body['link']) - 2, 0))}\n\n{body['link']}"
    page = _heading(body, "0 0 6px", _H1, "h1")
    if picture is not None:
        ident, alt = map(html.text, picture)
        page.append(f'<p style="margin:0 0 14px"><img src="cid:{ident}" alt="{alt}" width="600" style="{_IMAGE}"></p>')
    page += _html_content(body)
    anchors = [_anchor(body["link"], "See the full change", _BUTTON)] if body["link"] != body["url"] else []
    anchors.append(_anchor(body["url"], "Open the article"))
    page.append(f'<p style="{_NOTE}">{" &nbsp; ".join(anchors)}</p>')
    end = f"<code>{html.text(shown)}</code><br>Rule “{html.text(body['rule'])}”<br>{html.text(body['id'])}"
    page.append(f'<p style="{_FOOT}">{end}</p>')
    return Message(subject, text, short, _page(subject, " ".join(facts(body)), page))


def _content(body: Body, *, short: bool = False) -> list[str]:
    """Return the paragraphs between headline and links; `short` leaves out all notices but the first."""
    found = notices(body)
    return [
        " ".join(facts(body)),
        safe(first_words(body)),
        *(f"{name}: {safe(plain.hunks(hunks))}" for name, hunks in edits(body)),
        *map(safe, found[:1] if short else found),
        "" if short else more(body),
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
    entries = []
    page = [f'<h1 style="{_H1}">{html.text(subject)}</h1>']
    for each in listed:
        source = f"{one_line(each['source'])}: " if each["source"] else ""
        head = f"{source}{headline(each)} ({name(each)})"
        entry = "\n".join([head, *(part for part in _content(each) if part), each["link"]])
        entries.append(entry.replace("\n", "\n  "))
        page += [*_heading(each, "24px 0 4px", _H2, "h2"), *_html_content(each)]
    if rest:
        entries.append(rest)
        page.append(_paragraph(rest, _NOTE))
    page.append(f'<p style="{_FOOT}">Rule “{html.text(body["rule"])}”<br>{html.text(body["id"])}</p>')
    text = "\n\n".join([subject, *entries, body["id"]]) + "\n"
    # The last alerts are left out of a short text, but counted: a link that is cut leads nowhere.
    lines: list[str] = []
    room = MAX_SHORT_CHARACTERS - len(f"… and {count} more")
    for each in alerts[:MAX_SHORT_ALERTS]:
        line = f"• {name(each)}: {headline(each)} {each['link']}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    if count > len(lines):
        lines.append(f"… and {count - len(lines)} more")
    preview = ", ".join(headline(each) for each in listed[:3])
    return Message(subject, text, "\n".join(lines), _page(subject, preview, page))


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


def _html_content(body: Body) -> list[str]:
    parts = [_paragraph(" ".join(facts(body)), _NOTE)]
    if words := first_words(body):
        parts.append(_paragraph(words, _P))
    for name, hunks in edits(body):
        # With a direction of its own, the name does not count where the direction of the words is looked for.
        edit = f'<span dir="ltr" style="{_NAME}">{html.text(name)}</span><br>{html.hunks(hunks, _STYLES)}'
        parts.append(f'<p dir="auto" style="{_EDIT}">{edit}</p>')
    parts += [_paragraph(notice, _BAR) for notice in notices(body)]
    if rest := more(body):
        parts.append(_paragraph(rest, _NOTE))
    return parts


def _heading(body: Body, margin: str, style: str, tag: str) -> list[str]:
    """Return the line with the source and what happened, and the headline below it."""
    source = f"{one_line(body['source'])} · " if body["source"] else ""
    above = _paragraph(source + name(body).upper(), f"{_NAME};margin:{margin}")
    return [above, f'<{tag} dir="auto" style="{style}">{_anchor(body["link"], headline(body))}</{tag}>']


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
