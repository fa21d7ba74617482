"""An alert as it is frozen into the outbox: JSON, schema 1, at most 20 kB. Keys may be added, never renamed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..model import Alert, BlockChange, Field, Hunk, Op
from ..render import top_hunk
from ..render.json import dumps
from ..render.times import iso
from . import templates

if TYPE_CHECKING:
    from ..model import Article, Change, Version

SCHEMA: Final = 1
MAX_PAYLOAD_BYTES: Final = 20_000
MAX_CHANGES: Final = 12
MAX_LABELS: Final = 40
MAX_NOTICES: Final = 8
_CONTEXT_WORDS: Final = 16
_HUNK_WORDS: Final = 120
_WORD: Final = 20
_ID_LENGTH: Final = 40
MAX_TEMPLATE_CHARACTERS: Final = 8000

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """How an alert is worded: "link", "summary" or "full", and a user's templates where there are any."""

    form: str = "full"
    subject: str = ""
    body: str = ""


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
    """Return the alert that tells *target* of *version*; the same arguments give the same key and payload.

    *salt* makes a repeat on purpose another alert (`alerts test`).
    """
    named = [version.article, version.n, version.content.sha256, rule, target, event, salt]
    digest = hashlib.sha256(json.dumps(named).encode()).hexdigest()
    key = f"wt_{digest[:_ID_LENGTH]}"
    body = _body(key, rule, version, previous, link=link, event=event)
    apply_style(body, style)
    return Alert(key, rule, target, version.article, version.n, encode(body))


def apply_style(body: Object, style: Style) -> None:
    """Put into *body* how it is to be worded, and what a user's templates make of it."""
    body["format"] = style.form
    if style.subject or style.body:
        said = {"subject": templates.subject(style.subject, body), "text": templates.fill(style.body, body)}
        body["said"] = {name: _cut(text, MAX_TEMPLATE_CHARACTERS) for name, text in said.items()}


def base_body(key: str, kind: str, rule: str, version: Version, *, link: str) -> Object:
    """Return the keys that every payload has, with nothing said of a change: for alerts that tell of something else."""
    content = version.content
    return {
        "schema": SCHEMA,
        "id": key,
        "type": kind,
        "rule": rule,
        "article": version.article,
        "version": version.n,
        "previous_version": None,
        "sha256": content.sha256,
        "source": version.source,
        "stories": list(version.stories),
        "url": version.url,
        "link": f"{link.rstrip('/')}/a/{version.article}/{version.n}" if link else version.url,
        "headline": _cut(content.title, 500),
        "previous_headline": None,
        "last_seen_old": None,
        "first_seen_new": iso(version.seen),
        "labels": [],
        "significance": None,
        "announced": None,
        "words_added": 0,
        "words_removed": 0,
        "notices": [],
        "opening": None,
        "top_hunk": None,
        "changes": [],
        "more_changes": 0,
    }


def _body(key: str, rule: str, version: Version, previous: Article | None, *, link: str, event: str) -> Object:
    content, change = version.content, version.change
    changes = _changes(change) if change is not None else []
    return base_body(key, f"article.{_type(version, event)}", rule, version, link=link) | {
        "previous_version": version.n - 1 if change is not None and not event else None,
        "link": _link(version, link, event),
        "previous_headline": _cut(previous.title, 500) if previous is not None else None,
        "last_seen_old": iso(version.previous_seen),
        "labels": [
            {"kind": label.kind.value, "evidence": _cut(label.evidence, 300)}
            for label in (change.labels if change is not None else ())[:MAX_LABELS]
        ],
        "significance": change.significance if change is not None else None,
        "announced": change.announced if change is not None else None,
        "words_added": change.words_added if change is not None else content.words,
        "words_removed": change.words_removed if change is not None else 0,
        "notices": _notices(version),
        "opening": _cut(content.editorial[0].text, 600) if change is None and content.editorial else None,
        "top_hunk": changes[0] if changes else None,
        "changes": changes[1:MAX_CHANGES],
        "more_changes": max(len(changes) - MAX_CHANGES, 0),
    }


def _type(version: Version, event: str) -> str:
    if event:
        return event.partition(":")[0]
    return "first-seen" if version.change is None else "changed"


def _link(version: Version, base: str, event: str) -> str:
    if not base:
        return version.url
    which = f"{version.n - 1}..{version.n}" if version.change is not None and not event else f"{version.n}"
    return f"{base.rstrip('/')}/a/{version.article}/{which}"


def _notices(version: Version) -> list[Object]:
    if version.change is None:
        said = [(notice.kind, notice.text) for notice in version.content.notices]
    else:
        said = [(notice.kind, notice.text) for notice in version.change.notices if notice.op is Op.INSERT]
    return [{"kind": kind.value, "text": _cut(text, 1000)} for kind, text in said[:MAX_NOTICES]]


def _changes(change: Change) -> list[Object]:
    """Return every edit, the one that says most first, the others as they stand in the text."""
    pieces: list[tuple[str, BlockChange | Field]] = [
        (name, field)
        for name, field in (("headline", change.title), ("dek", change.dek), ("byline", change.byline))
        if field.changed
    ]
    pieces += [(block.kind.value, block) for block in change.blocks if block.op is not Op.SAME]
    if not pieces:
        notice = top_hunk(change)
        return [_piece("notice", notice)] if notice.hunks and not change.is_empty else []
    top = top_hunk(change)
    first = next((index for index, (_, piece) in enumerate(pieces) if piece is top), 0)
    pieces.insert(0, pieces.pop(first))
    return [_piece(name, piece) for name, piece in pieces]


def _piece(where: str, piece: BlockChange | Field) -> Object:
    hunks = _shortened(piece.hunks)
    return {
        "where": where,
        "op": piece.op.value if isinstance(piece, BlockChange) else Op.EDIT.value,
        "old": piece.old if isinstance(piece, BlockChange) else None,
        "new": piece.new if isinstance(piece, BlockChange) else None,
        "hunks": [list(hunk) for hunk in hunks],
        "cut": hunks != list(piece.hunks),
    }


def _shortened(hunks: tuple[Hunk, ...]) -> list[Hunk]:
    """Cut what stands unchanged to the words next to an edit, and endless edits to their beginning."""
    last = len(hunks) - 1
    return [
        (op, _context(text, index, last) if op == "=" else _head(text, _HUNK_WORDS))
        for index, (op, text) in enumerate(hunks)
    ]


def _context(text: str, index: int, last: int) -> str:
    if index == 0:
        return _tail(text, _CONTEXT_WORDS) if last else _head(text, 2 * _CONTEXT_WORDS)
    if index == last:
        return _head(text, _CONTEXT_WORDS)
    if len(text.split()) <= 2 * _CONTEXT_WORDS:
        return _cut(text, 2 * _CONTEXT_WORDS * _WORD)
    return f"{_head(text, _CONTEXT_WORDS)} {_tail(text, _CONTEXT_WORDS).removeprefix('… ')}"


def _head(text: str, most: int) -> str:
    words = text.split()
    if len(words) <= most:
        return _cut(text, most * _WORD)
    lead = " " if text[:1].isspace() else ""
    return _cut(lead + " ".join(words[:most]), most * _WORD).removesuffix("…") + " …"


def _tail(text: str, most: int) -> str:
    words = text.split()
    if len(words) <= most and len(text) <= most * _WORD:
        return text
    end = " " if text[-1:].isspace() else ""
    return "… " + " ".join(words[-most:])[-most * _WORD :] + end


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def encode(body: Object) -> str:
    """Return *body* as JSON of at most 20 kB: the last changes and labels go first."""
    text = dumps(body)
    while len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES and (body["changes"] or body["labels"]):
        if body["changes"]:
            body["changes"].pop()
            body["more_changes"] += 1
        else:
            body["labels"] = body["labels"][: len(body["labels"]) // 2]
        text = dumps(body)
    return text
