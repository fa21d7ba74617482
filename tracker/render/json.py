"""Write values as JSON objects of schema 1. Keys may be added, never renamed: others build on them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .safe import json_safe
from .timeline import is_event
from .times import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Article, Block, BlockChange, Change, Field, Label, Notice, NoticeChange, Tracked, Version

SCHEMA = 1

Object = dict[str, Any]


def dumps(value: Mapping[str, Any]) -> str:
    """Return an object on one line, in Unicode. Characters that could control a terminal are escaped."""
    return json_safe(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def article(content: Article) -> Object:
    """Return the object of `extract --json`."""
    return {
        "schema": SCHEMA,
        "title": content.title,
        "dek": content.dek,
        "byline": list(content.byline),
        "published": iso(content.published),
        "modified": iso(content.modified),
        "section": content.section,
        "lang": content.lang,
        "canonical_url": content.canonical_url,
        "headlines": {name: getattr(content.headlines, name) for name in ("h1", "og", "html", "jsonld", "feed")},
        "blocks": [
            {"kind": b.kind.value, "editorial": b.editorial, "text": b.text, "reason": b.reason, "links": _links(b)}
            for b in content.blocks
        ],
        "notices": [_notice(n) for n in content.notices],
        "fields": dict(content.fields),
        "text": content.text,
        "words": content.words,
        "sha256": content.sha256,
    }


def change(made: Change) -> Object:
    """Return the object of `diff --json`."""
    return {
        "schema": SCHEMA,
        "title": _field(made.title),
        "dek": _field(made.dek),
        "byline": _field(made.byline),
        "blocks": [_block(block) for block in made.blocks],
        "notices": [_notice_change(n) for n in made.notices],
        "labels": [label(each) for each in made.labels],
        "significance": made.significance,
        "announced": made.announced,
        "words_added": made.words_added,
        "words_removed": made.words_removed,
        "budget_hit": made.budget_hit,
        "layout_only": made.layout_only,
    }


def version(kept: Version) -> Object:
    """Return the object of `log --json`; "change" is null for the first version.

    An event of the page has "event" ("unpublished", "restored") and is otherwise the version of that time. "removed"
    says why the content of a version was taken down.
    """
    made = kept.change
    event = {"event": made.labels[0].kind.value} if made and is_event(kept) else {}
    return {
        "schema": SCHEMA,
        "article": kept.article,
        "url": kept.url,
        "version": kept.n,
        "seen": iso(kept.seen),
        "title": kept.content.title,
        "sha256": kept.content.sha256,
        "words": kept.content.words,
        "change": None
        if made is None
        else {
            "words_added": made.words_added,
            "words_removed": made.words_removed,
            "labels": [label(each) for each in made.labels],
            "significance": made.significance,
            "announced": made.announced,
        },
        "notices": [_notice(n) for n in kept.content.notices],
        "previous_seen": iso(kept.previous_seen),
        "source": kept.source,
        "stories": list(kept.stories),
        "capture": kept.capture_sha256,
        "extractor": kept.extractor,
        "first_extractor": kept.first_extractor or kept.extractor,
        "no_edit": kept.no_edit,
        **({"removed": kept.removed} if kept.removed else {}),
        **event,
    }


def tracked(known: Tracked) -> Object:
    """Return an article under watch."""
    return {
        "schema": SCHEMA,
        "article": known.id,
        "url": known.url,
        "title": known.title,
        "source": known.source,
        "stories": list(known.stories),
        "state": known.state.value,
        "versions": known.versions,
        "checks": known.checks,
        "failures": known.failures,
        "first_seen": iso(known.first_seen_at),
        "last_check": iso(known.last_check_at),
        "last_change": iso(known.last_change_at),
        "next_check": iso(known.next_check_at),
    }


def label(given: Label) -> Object:
    """Return a label with its evidence."""
    return {"kind": given.kind.value, "evidence": given.evidence, "blocks": list(given.blocks)}


def _links(block: Block) -> list[Object]:
    return [{"text": link.text, "href": link.href} for link in block.links]


def _notice_change(notice: NoticeChange) -> Object:
    return {
        "kind": notice.kind.value,
        "text": notice.text,
        "op": notice.op.value,
        "explains": list(notice.explains),
        "fields": list(notice.fields),
    }


def _notice(notice: Notice) -> Object:
    return {"kind": notice.kind.value, "text": notice.text}


def _field(field: Field) -> Object:
    return {"old": field.old, "new": field.new, "hunks": [list(hunk) for hunk in field.hunks]}


def _block(block: BlockChange) -> Object:
    return {
        "op": block.op.value,
        "old": block.old,
        "new": block.new,
        "kind": block.kind.value,
        "hunks": [list(hunk) for hunk in block.hunks],
        "sentences": [
            {"op": s.op.value, "old": s.old, "new": s.new, "old_text": s.old_text, "new_text": s.new_text}
            for s in block.sentences
        ],
    }
