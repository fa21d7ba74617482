"""Compare what an archive holds and the alerts it sent with what was published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tracker.demo.schedule import Edition
from tracker.model.article import Article
from tracker.model.change import LabelKind

VERSION: Final = "version"
UNPUBLISHED: Final = str(LabelKind.UNPUBLISHED)


def content_key(
    title: str, dek: str, byline: Iterable[str], paragraphs: Iterable[str], notices: Iterable[tuple[str, str]]
) -> str:
    """Return a hash of a version's words; white space and the division into blocks make no difference."""
    # As JSON, so that no two versions run together to the same text.
    parts = [title, dek, list(byline), " ".join(paragraphs), [list(each) for each in notices]]
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def edition_key(edition: Edition, title: str = "") -> str:
    """Return the content key of an edition, optionally under another title."""
    notes = [(str(kind), text) for kind, text in edition.notes]
    return content_key(title or edition.title, edition.dek, edition.byline, edition.paragraphs, notes)


def article_key(article: Article) -> str:
    """Return the content key of a version from an archive."""
    notices = [(str(notice.kind), notice.text) for notice in article.notices]
    text = " ".join(article.text.split())
    return content_key(article.title, article.dek, article.byline, [text], notices)


def align(archived: Sequence[str], published: Sequence[str]) -> list[int | None]:
    """Match archived versions with published ones, both given as content keys in order.

    Returns:
        For each archived key the index of the published version it matches, or None. Indexes only grow, so a text
        that comes back in the archive matches only if it was also published again.
    """
    found: list[int | None] = []
    start = 0
    for key in archived:
        index = next((i for i in range(start, len(published)) if published[i] == key), None)
        found.append(index)
        if index is not None:
            start = index + 1
    return found


def parse_alert(payload: Mapping[str, Any]) -> tuple[str, str, int, str]:
    """Return the rule, URL, archived version number and event of an alert's payload (schema 1)."""
    is_gone = UNPUBLISHED in {label["kind"] for label in payload["labels"]}
    event = UNPUBLISHED if is_gone else VERSION
    return str(payload["rule"]), str(payload["url"]), int(payload["version"]), event
