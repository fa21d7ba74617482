"""What the payload of an alert says, in sentences and lines. What a page said is data here, never markup. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from ..model import LABELS, Hunk, LabelKind
from ..render import one_line
from ..render.times import day, interval, span

Body = dict[str, Any]

_SAID: Final = {True: "The outlet says so on the page.", False: "The outlet does not say so on the page."}
_FLAPS: Final = "This text stood here before: it flaps. While it goes on, versions are kept and not told."


def headline(body: Body) -> str:
    """Return the headline on one line, the address where there is none."""
    return one_line(body["headline"]) or str(body["url"])


def name(body: Body) -> str:
    """Return what happened in a few words: correction, silent edit, new headline."""
    if body["type"] == "copy.stale":
        return "copy not corrected"
    if body["type"] == "article.first-seen":
        return "new article"
    kinds = {label["kind"] for label in body["labels"]}
    return next((row.alert_name for kind, row in LABELS.items() if row.alert_name and kind.value in kinds), "changed")


def when(body: Body) -> str:
    """Return when it happened, as an interval."""
    old = body["last_seen_old"]
    return interval(datetime.fromisoformat(old) if old else None, datetime.fromisoformat(body["first_seen_new"]))


def facts(body: Body) -> list[str]:
    """Return sentences: when, how much, of which kind, whether it was announced."""
    if body["type"] == "copy.stale":
        return _stale(body)
    if body["type"] == "article.first-seen":
        return [f"{_capital(when(body))}.", f"{body['words_added']} words."]
    at = when(body)
    verb = {"article.unpublished": "Gone", "article.restored": "Back"}.get(body["type"], "Changed")
    said = [f"{verb} {at}." if at.startswith("between") else f"{_capital(at)}."]
    if body["words_added"] or body["words_removed"]:
        said.append(f"+{body['words_added']} −{body['words_removed']} words.")
    if kinds := labels(body):
        said.append(f"Labels: {kinds}.")
    if body["announced"] is not None:
        said.append(_SAID[body["announced"]])
    if LabelKind.FLAP.value in {label["kind"] for label in body["labels"]}:
        said.append(_FLAPS)
    return said


def labels(body: Body) -> str:
    """Return the kinds of the labels, each once."""
    return ", ".join(dict.fromkeys(label["kind"] for label in body["labels"]))


def edits(body: Body) -> list[tuple[str, list[Hunk]]]:
    """Return each edit that the alert's format shows, with its name, the one that says most first."""
    if body.get("format") == "link" or not body["top_hunk"]:
        return []
    pieces = [body["top_hunk"], *(body["changes"] if shows_all(body) else [])]
    return [(_place(piece), [(op, text) for op, text in piece["hunks"]]) for piece in pieces]


def shows_all(body: Body) -> bool:
    """Say whether the alert's format shows every edit."""
    return bool(body.get("format", "full") == "full")


def notices(body: Body) -> list[str]:
    """Return the notices, each with its kind before it unless it names itself; none where only a link is asked for."""
    return [] if body.get("format") == "link" else [_notice(each) for each in body["notices"]]


def first_words(body: Body) -> str:
    """Return the opening of a new article; nothing where only a link is asked for."""
    return "" if body.get("format") == "link" else str(body["opening"] or "")


def more(body: Body) -> str:
    """Say how many changes are not shown, or nothing."""
    count = body["more_changes"] + (0 if shows_all(body) else len(body["changes"]))
    if body.get("format") == "link":
        return ""
    return f"… and {count} more {'change' if count == 1 else 'changes'}" if count else ""


def command(body: Body) -> str:
    """Return the command that shows the whole change."""
    if body["type"] == "copy.stale":
        return f"writethru story show {body['article']}"
    if body["previous_version"] is None:
        return f"writethru show {body['article']}@{body['version']}"
    return f"writethru diff {body['article']} {body['previous_version']}..{body['version']}"


def _place(piece: Body) -> str:
    if piece["op"] == "edit":
        return str(piece["where"])
    verb = {"insert": "added", "delete": "removed", "move": "moved"}.get(piece["op"], piece["op"])
    return f"{piece['where']}, {verb}"


def _notice(notice: Body) -> str:
    kind, text = str(notice["kind"]), str(notice["text"])
    named = text.lower().lstrip("([").startswith(kind.partition("-")[0])
    return text if named else f"{kind}: {text}"


def _stale(body: Body) -> list[str]:
    origin = body["origin"]
    said = datetime.fromisoformat(body["first_seen_new"])
    kind = body["labels"][0]["kind"]
    return [
        f"{one_line(body['source']) or 'This copy'} still printed it without the {kind} when last looked at,",
        f"{span(timedelta(hours=body['hours']))} after {one_line(origin['source']) or 'the origin'} made it",
        f"({said:%H:%M} UTC on {day(said)}, version {origin['version']}: {one_line(origin['url'])}).",
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
