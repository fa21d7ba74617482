"""The payload of an alert as sentences and lines. Pure.

Text from a page is returned as it is; who writes it into a terminal or into HTML makes it safe there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tracker.model.alert import Payload as Body
from tracker.model.change import LABELS, Hunk, LabelKind, most_prominent_first
from tracker.render.plain import words_changed
from tracker.render.rows import notice_title
from tracker.render.text import counted, one_line
from tracker.render.times import day, delay, interval, span

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
    if body["type"] == "article.first-seen":
        return [f"{_capital(when(body))}.", f"{counted(body['words_added'], 'word')}.", *_copies(body)]
    at = when(body)
    verb = {"article.unpublished": "Gone", "article.restored": "Back"}.get(body["type"], "Changed")
    sentences = [f"{verb} {at}." if at.startswith("between") else f"{_capital(at)}."]
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
    pieces = [body["top_hunk"], *(body["changes"] if shows_all(body) else [])]
    return [(_place(piece), [(op, text) for op, text in piece["hunks"]]) for piece in pieces]


def shows_all(body: Body) -> bool:
    """Return whether the alert's format includes every edit."""
    return bool(body.get("format", "full") == "full")


def notices(body: Body) -> list[str]:
    """Return the notices; each begins with its kind. The format "link" includes none."""
    return [] if body.get("format") == "link" else [_notice(each) for each in body["notices"]]


def first_words(body: Body) -> str:
    """Return the first paragraph of a new article. The format "link" does not include it."""
    return "" if body.get("format") == "link" else str(body["opening"] or "")


def more(body: Body) -> str:
    """Return how many changes are not shown, as a sentence, or ""."""
    count = body["more_changes"] + (0 if shows_all(body) else len(body["changes"]))
    if body.get("format") == "link":
        return ""
    return f"… and {counted(count, 'more change')}" if count else ""


def command(body: Body) -> str:
    """Return the command that shows the full change."""
    if body["type"] == "copy.stale":
        return f"writethru story show {body['article']}"
    if body["previous_version"] is None:
        return f"writethru show {body['article']}@v{body['version']}"
    return f"writethru diff {body['article']} {body['previous_version']}..{body['version']}"


def _place(piece: Body) -> str:
    if piece["op"] == "edit":
        return str(piece["where"])
    verb = {"insert": "added", "delete": "removed", "move": "moved"}.get(piece["op"], piece["op"])
    return f"{piece['where']}, {verb}"


def _notice(notice: Body) -> str:
    from tracker.notices.openings import read_opening  # its patterns take a while to compile

    text = str(notice["text"])
    opening = read_opening(text, text.lower().replace("’", "'"))
    # Most notices name their kind in their own language.
    named = opening.is_certain or opening.label not in {"", "weak"}
    return text if named else f"{notice_title(notice['kind'])}: {text}"


def _copies(body: Body) -> list[str]:
    """Return who took the edition over, and which copies had not when they were last checked."""
    copies, lagging = body.get("copies") or [], body.get("lagging") or []
    taken = [f"{one_line(each['source'])}, {delay(each['after'])}" for each in copies[:MAX_COPIES]]
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
