"""An article under watch, and what a page of it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, fields_json, iso, plain

if TYPE_CHECKING:
    from tracker.model.article import Article, Notice
    from tracker.model.change import NoticeChange
    from tracker.model.check import Tracked


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article under watch."""

    article: Tracked

    def as_json(self) -> JsonObject:
        """Return the article with how often it was checked, and when."""
        known = self.article
        return self.as_record() | {
            "title": known.title,
            "versions": known.versions,
            "checks": known.checks,
            "failures": known.failures,
            "last_check": iso(known.last_check_at),
            "last_change": iso(known.last_change_at),
            "next_check": iso(known.next_check_at),
        }

    def as_record(self) -> JsonObject:
        """Return only what an import restores, as exports write it: a second export must give the same bytes."""
        known = self.article
        return {
            "schema": SCHEMA,
            "article": known.id,
            "url": known.url,
            "source": known.source,
            "first_seen": iso(known.first_seen_at),
            "state": known.state.value,
            "feed_title": known.feed_title,
            "stories": list(known.stories),
        }


@dataclass(frozen=True, slots=True)
class ContentView:
    """What the extractor read on a page: the `content` of `show --json`, the object of `extract --json`."""

    content: Article

    def as_json(self) -> JsonObject:
        """Return metadata, every block with its class and the reason for it, and notices."""
        page = self.content
        return {
            "schema": SCHEMA,
            "title": page.title,
            "dek": page.dek,
            "byline": list(page.byline),
            "published": iso(page.published),
            "modified": iso(page.modified),
            "section": page.section,
            "lang": page.lang,
            "canonical_url": page.canonical_url,
            "headlines": plain(page.headlines),
            "blocks": [fields_json(each) | {"editorial": each.editorial} for each in page.blocks],
            "notices": [notice_json(each) for each in page.notices],
            "fields": dict(page.fields),
            "text": page.text,
            "words": page.words,
            "sha256": page.sha256,
        }


def notice_json(notice: Notice | NoticeChange) -> JsonObject:
    """Return the kind and the text of a notice."""
    return {"kind": notice.kind.value, "text": notice.text}
