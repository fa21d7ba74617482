"""An alert: the object of `alerts list --json`, and its message, the `data` of a webhook.

The message is written once, when the alert is made, and stored; docs/reference/webhook.schema.json describes it. Each
part that `log --json` has too is the same object there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Self

from tracker.model.alert import Delivery, DeliveryState
from tracker.model.article import Article, Notice
from tracker.model.change import BlockChange, Change, Field, LabelKind, NoticeChange, Op, Significance
from tracker.model.citation import FollowedCitation
from tracker.model.version import Version

from .change import ChangeSummary, near_edits, shorten, top_hunk
from .json import CHANGE_SCHEMA, SCHEMA, Answer, JsonObject, Part, from_fields, iso
from .version import VersionView


class AlertLabel(Part, frozen=True):
    """A label of the change that an alert is about."""

    kind: str
    evidence: str


class AlertView(Answer, frozen=True):
    """An alert; `held` if it waits because many articles of its source changed at once.

    Why it was created is in its payload, which is empty after a takedown.
    """

    id: str
    rule: str
    target: str
    article: str
    version: int
    state: DeliveryState
    attempts: int
    created: datetime
    due: datetime | None
    delivered: datetime | None
    together: bool
    held: bool
    error: str
    type: str | None
    headline: str | None
    url: str | None
    labels: list[AlertLabel]

    @classmethod
    def of(cls, each: Delivery, *, held: bool = False) -> Self:
        """Return the object of an alert."""
        # Empty after a takedown, which removes what quotes the text.
        payload = each.payload
        return from_fields(
            cls,
            each,
            id=each.key,
            created=each.created_at,
            due=each.due_at,
            delivered=each.delivered_at,
            together=each.batch is not None,
            held=held,
            error=each.last_error,
            type=payload.get("type"),
            headline=payload.get("headline"),
            url=payload.get("url"),
            # An alert that release 0.1 made has its words.
            labels=[label | {"kind": LabelKind(label["kind"]).value} for label in payload.get("labels", [])],
        )


# The one message that is about no article; receivers tell it by this type.
CHECKPOINT_TYPE: Final = "archive.checkpoint"
# With these limits nearly every payload stays below 20 kB, from which on `alerts.payload.worded` leaves edits out.
MAX_CHANGES: Final = 12
MAX_LABELS: Final = 40
MAX_NOTICES: Final = 8
MAX_HEADLINE_CHARACTERS: Final = 500
MAX_NOTICE_CHARACTERS: Final = 1000
MAX_OPENING_CHARACTERS: Final = 600
MAX_EVIDENCE_CHARACTERS: Final = 300
MAX_CONTEXT_WORDS: Final = 16
"""Unchanged words shown on each side of an edit."""
# A message shows the beginning of an edit and links to the rest.
MAX_HUNK_WORDS: Final = 120


def version_alert(
    key: str, rule: str, version: Version, previous: Article | None, site: str, event: str = ""
) -> JsonObject:
    """Return the alert about a version: what happened, when, how much it matters, and the edits, the top one first.

    `previous` is the content that the version replaced, `site` the base address of the web page; without one, the alert
    links to the article. `event` is set for a change of status, such as "unpublished:…".
    """
    change = version.change
    kind = event.partition(":")[0] or ("first-seen" if change is None else "changed")
    notices: Sequence[Notice | NoticeChange] = version.content.notices
    if change is not None:
        notices = [notice for notice in change.notices if notice.op is Op.INSERT]
    body = _frame(key, f"article.{kind}", rule, version, site) | {
        "previous_headline": None if previous is None else shorten(previous.title, MAX_HEADLINE_CHARACTERS),
        "last_seen_old": iso(version.previous_seen),
        "notices": [
            {"kind": each.kind.value, "text": shorten(each.text, MAX_NOTICE_CHARACTERS)}
            for each in notices[:MAX_NOTICES]
        ],
    }
    if change is None:
        first = version.content.editorial[:1]
        opening = shorten(first[0].text, MAX_OPENING_CHARACTERS) if first else None
        return body | {"words_added": version.content.words, "opening": opening}
    edits = _edits(change)
    body |= ChangeSummary.of(change).as_json() | {
        "labels": [
            {"kind": label.kind.value, "evidence": shorten(label.evidence, MAX_EVIDENCE_CHARACTERS)}
            | {"blocks": list(label.blocks)}
            for label in change.labels[:MAX_LABELS]
        ],
        "top_hunk": edits[0] if edits else None,
        "changes": edits[1:MAX_CHANGES],
        "more_changes": max(len(edits) - MAX_CHANGES, 0),
    }
    if not event:
        body["previous_version"] = version.n - 1
        page = f"{version.article}/{version.n - 1}..{version.n}"
        body["link"] = f"{site.rstrip('/')}/a/{page}" if site else version.url
    return body


def with_citations(body: JsonObject, followed: Sequence[FollowedCitation]) -> JsonObject:
    """Return the alert `body` about a version with the cited passages that it changes, and their edits first."""
    listed = followed[:MAX_CHANGES]
    edits = [
        _edit("cited passage", Field(each.citation.passage, each.passage.text, each.passage.hunks))
        for each in listed
        if each.passage.hunks
    ]
    passages = [
        {"id": each.citation.key, "state": each.passage.state}
        | {"quotation": shorten(each.citation.quotation, MAX_OPENING_CHARACTERS)}
        for each in listed
    ]
    body |= {"citations": passages}
    return body | ({"top_hunk": edits[0], "changes": edits[1:], "more_changes": 0} if edits else {})


def stale_copy_alert(
    key: str, rule: str, copy: Version, notice: tuple[str, str], origin: Version, hours: float, site: str
) -> JsonObject:
    """Return the alert about a copy that has lacked a notice (kind, text) of its `origin` for so many `hours`."""
    kind, text = notice
    seen = VersionView.of(origin).as_json()
    return _frame(key, "copy.stale", rule, copy, site) | {
        "first_seen_new": seen["seen"],
        "labels": [{"kind": kind, "evidence": shorten(text, MAX_EVIDENCE_CHARACTERS), "blocks": []}],
        # The rule was written for exactly this: a copy without the correction.
        "significance": Significance.HIGH.value,
        "announced": False,
        "notices": [{"kind": kind, "text": shorten(text, MAX_NOTICE_CHARACTERS)}],
        "hours": round(hours, 2),
        "origin": {
            **{name: seen[name] for name in ("article", "version", "url", "source")},
            "headline": shorten(origin.content.title, MAX_HEADLINE_CHARACTERS),
        },
    }


def checkpoint_alert(key: str, note: str, public_key: str) -> JsonObject:
    """Return the alert with a signed checkpoint: with it anybody can check later that nothing was changed since."""
    return {"schema": SCHEMA, "id": key, "type": CHECKPOINT_TYPE, "note": note, "key": public_key}


def digest(key: str, rule: str, since: datetime, until: datetime, alerts: Sequence[JsonObject]) -> JsonObject:
    """Return the alerts of one rule that were made from `since` to `until` as one message."""
    return {
        "schema": SCHEMA,
        "id": key,
        "type": "digest",
        "rule": rule,
        "from": iso(since),
        "until": iso(until),
        "count": len(alerts),
        "alerts": alerts,
    }


def _frame(key: str, kind: str, rule: str, version: Version, site: str) -> JsonObject:
    """Return the keys that every alert about a version has; those that describe a change are empty."""
    seen = VersionView.of(version).as_json()
    # Every key is there in every alert, so that receivers need not ask which kind it is before they read one.
    return {
        "schema": CHANGE_SCHEMA,
        "id": key,
        "type": kind,
        "rule": rule,
        **{name: seen[name] for name in ("article", "version", "sha256", "source")},
        "stories": list(version.stories),
        "url": seen["url"],
        "previous_version": None,
        "link": f"{site.rstrip('/')}/a/{version.article}/{version.n}" if site else version.url,
        "headline": shorten(version.content.title, MAX_HEADLINE_CHARACTERS),
        "previous_headline": None,
        "last_seen_old": None,
        "first_seen_new": seen["seen"],
        "labels": [],
        "substance": None,
        "significance": None,
        "announced": None,
        "noted": None,
        "classifier": None,
        "words_added": 0,
        "words_removed": 0,
        "notices": [],
        "opening": None,
        "top_hunk": None,
        "changes": [],
        "more_changes": 0,
    }


def _edits(change: Change) -> list[JsonObject]:
    """Return every edit: the most important one first, then the others in the order of the text."""
    edits: list[tuple[str, BlockChange | Field]] = [
        (name, field)
        for name, field in (("headline", change.title), ("dek", change.dek), ("byline", change.byline))
        if field.changed
    ]
    edits += [(block.kind.value, block) for block in change.blocks if block.op is not Op.SAME]
    top = top_hunk(change)
    if not edits:
        return [_edit("notice", top)] if top.hunks and not change.is_empty else []
    # By identity: two paragraphs may have been edited alike.
    first = next((index for index, (_, edit) in enumerate(edits) if edit is top), 0)
    edits.insert(0, edits.pop(first))
    return [_edit(place, edit) for place, edit in edits]


def _edit(place: str, edit: BlockChange | Field) -> JsonObject:
    """Return an edit as the message has it; `place` names a field such as "headline", or the kind of the block."""
    words = MAX_CONTEXT_WORDS if len(edit.hunks) > 1 else 2 * MAX_CONTEXT_WORDS
    hunks = near_edits(edit.hunks, words, MAX_HUNK_WORDS)
    block = edit if isinstance(edit, BlockChange) else None
    return {
        "where": place,
        "op": block.op.value if block else Op.EDIT.value,
        "old": block.old if block else None,
        "new": block.new if block else None,
        "hunks": [list(hunk) for hunk in hunks],
        "cut": hunks != edit.hunks,
    }
