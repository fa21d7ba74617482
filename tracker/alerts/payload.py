"""The payload of an alert: JSON, schema 1, written when the alert is made and never changed. Pure.

Webhooks publish it (`docs/reference/webhook.schema.json`), so keys may be added but never renamed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..model.alert import Alert
from ..model.change import BlockChange, Field, Hunk, Op
from ..render.highlight import top_hunk
from ..render.json import dumps
from ..views.change import hunks_json, noted_json
from ..views.values import SCHEMA, iso
from . import templates

if TYPE_CHECKING:
    from ..config import RuleConfig
    from ..model.article import Article
    from ..model.change import Change
    from ..model.version import Version

MAX_PAYLOAD_BYTES: Final = 20_000
MAX_CHANGES: Final = 12
MAX_LABELS: Final = 40
MAX_NOTICES: Final = 8
MAX_HEADLINE_CHARACTERS: Final = 500
MAX_NOTICE_CHARACTERS: Final = 1000
MAX_OPENING_CHARACTERS: Final = 600
MAX_EVIDENCE_CHARACTERS: Final = 300
MAX_TEMPLATE_CHARACTERS: Final = 8000
MAX_CONTEXT_WORDS: Final = 16
"""Unchanged words shown on each side of an edit."""
MAX_HUNK_WORDS: Final = 120
MAX_WORD_CHARACTERS: Final = 20
"""A text of n words is cut to n times as many characters, because not every script has spaces between words."""

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """How an alert is worded: its format ("link", "summary" or "full") and the user's templates, if there are any."""

    format: str = "full"
    subject: str = ""
    body: str = ""


def style_of(rule: RuleConfig) -> Style:
    """Return how the alerts of `rule` are worded."""
    return Style(rule.format, rule.subject, rule.body)


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
    style: Style = Style(),
) -> Alert:
    """Return the alert about `version` for `target`. The same arguments give the same key and payload.

    `previous` is the content that the version replaced. Without `link`, the base address of the web page, the alert
    links to the article. `event` is set for a change of status, such as "unpublished:…". `salt` makes the key differ
    from that of any other alert.
    """
    key = alert_key(version.article, version.n, version.content.sha256, rule, target, event, salt)
    body = _body(key, rule, version, previous, link=link, event=event)
    apply_style(body, style)
    return Alert(key, rule, target, version.article, version.n, encode(body))


def apply_style(body: Object, style: Style) -> None:
    """Add to `body` its format, and the text that the user's templates make of it."""
    body["format"] = style.format
    if style.subject or style.body:
        filled = {"subject": templates.subject(style.subject, body), "text": templates.fill(style.body, body)}
        body["said"] = {name: cut(text, MAX_TEMPLATE_CHARACTERS) for name, text in filled.items()}


def base_body(key: str, kind: str, rule: str, version: Version, *, link: str) -> Object:
    """Return a payload with the keys that every alert has; those that describe a change are empty."""
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
        "headline": cut(content.title, MAX_HEADLINE_CHARACTERS),
        "previous_headline": None,
        "last_seen_old": None,
        "first_seen_new": iso(version.seen),
        "labels": [],
        "substance": None,
        "significance": None,
        "announced": None,
        "noted": None,
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
    kind = event.partition(":")[0] or ("first-seen" if change is None else "changed")
    body = base_body(key, f"article.{kind}", rule, version, link=link) | {
        "link": _link(version, link, event),
        "previous_headline": cut(previous.title, MAX_HEADLINE_CHARACTERS) if previous is not None else None,
        "last_seen_old": iso(version.previous_seen),
        "notices": _notices(version),
    }
    if change is None:
        opening = cut(content.editorial[0].text, MAX_OPENING_CHARACTERS) if content.editorial else None
        return body | {"words_added": content.words, "opening": opening}
    changes = _changes(change)
    return body | {
        "previous_version": None if event else version.n - 1,
        "labels": [
            {"kind": label.kind.value, "evidence": cut(label.evidence, MAX_EVIDENCE_CHARACTERS)}
            for label in change.labels[:MAX_LABELS]
        ],
        "substance": change.substance,
        "significance": change.significance,
        "announced": change.announced,
        "noted": noted_json(change),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "top_hunk": changes[0] if changes else None,
        "changes": changes[1:MAX_CHANGES],
        "more_changes": max(len(changes) - MAX_CHANGES, 0),
    }


def _link(version: Version, base: str, event: str) -> str:
    if not base:
        return version.url
    which = f"{version.n - 1}..{version.n}" if version.change is not None and not event else f"{version.n}"
    return f"{base.rstrip('/')}/a/{version.article}/{which}"


def _notices(version: Version) -> list[Object]:
    """Return the notices that are new in `version`."""
    if version.change is None:
        new = [(notice.kind, notice.text) for notice in version.content.notices]
    else:
        new = [(notice.kind, notice.text) for notice in version.change.notices if notice.op is Op.INSERT]
    return [{"kind": kind.value, "text": cut(text, MAX_NOTICE_CHARACTERS)} for kind, text in new[:MAX_NOTICES]]


def _changes(change: Change) -> list[Object]:
    """Return every edit: the most important one first, then the others in the order of the text."""
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
        "hunks": hunks_json(hunks),
        "cut": hunks != list(piece.hunks),
    }


def _shortened(hunks: tuple[Hunk, ...]) -> list[Hunk]:
    """Return `hunks` with unchanged text cut to the words next to an edit, and very long edits to their beginning."""
    last = len(hunks) - 1
    return [
        (op, _context(text, index, last) if op == "=" else _head(text, MAX_HUNK_WORDS))
        for index, (op, text) in enumerate(hunks)
    ]


def _context(text: str, index: int, last: int) -> str:
    if index == 0:
        return _tail(text, MAX_CONTEXT_WORDS) if last else _head(text, 2 * MAX_CONTEXT_WORDS)
    if index == last:
        return _head(text, MAX_CONTEXT_WORDS)
    if len(text.split()) <= 2 * MAX_CONTEXT_WORDS:
        return cut(text, 2 * MAX_CONTEXT_WORDS * MAX_WORD_CHARACTERS)
    return f"{_head(text, MAX_CONTEXT_WORDS)} {_tail(text, MAX_CONTEXT_WORDS).removeprefix('… ')}"


def _head(text: str, most: int) -> str:
    words = text.split()
    if len(words) <= most:
        return cut(text, most * MAX_WORD_CHARACTERS)
    lead = " " if text[:1].isspace() else ""
    return cut(lead + " ".join(words[:most]), most * MAX_WORD_CHARACTERS).removesuffix("…") + " …"


def _tail(text: str, most: int) -> str:
    words = text.split()
    if len(words) <= most and len(text) <= most * MAX_WORD_CHARACTERS:
        return text
    end = " " if text[-1:].isspace() else ""
    return "… " + " ".join(words[-most:])[-most * MAX_WORD_CHARACTERS :] + end


def cut(text: str, most: int) -> str:
    """Return `text`, shortened to `most` characters."""
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"


def encode(body: Object) -> str:
    """Return `body` as JSON of at most `MAX_PAYLOAD_BYTES`; it is shortened from the last change, then the labels."""
    text = dumps(body)
    while len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES and (body["changes"] or body["labels"]):
        if body["changes"]:
            body["changes"].pop()
            body["more_changes"] += 1
        else:
            body["labels"] = body["labels"][: len(body["labels"]) // 2]
        text = dumps(body)
    return text
