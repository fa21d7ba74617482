"""An article under watch, and the content of its page."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from tracker.model.article import Article, BlockKind, Headlines, Link, Notice
from tracker.model.watch import WatchedArticle

from .json import Answer, Part, from_fields


class ArticleRecord(Answer, frozen=True):
    """An article as exports write it and imports restore it: a second export must give the same bytes."""

    article: str
    url: str
    source: str
    first_seen: datetime
    state: str
    feed_title: str
    stories: tuple[str, ...]

    @classmethod
    def of(cls, known: WatchedArticle) -> Self:
        """Return the record of an article."""
        return from_fields(cls, known, article=known.id, first_seen=known.first_seen_at)


class ArticleView(ArticleRecord, frozen=True):
    """An article under watch, with how often it was checked, and when."""

    title: str
    versions: int
    checks: int
    failures: int
    last_check: datetime | None
    last_change: datetime | None
    next_check: datetime | None
    possibly_gone_since: datetime | None

    @classmethod
    def of(cls, known: WatchedArticle) -> Self:
        """Return the object of an article."""
        return from_fields(
            cls,
            known,
            article=known.id,
            first_seen=known.first_seen_at,
            last_check=known.last_check_at,
            last_change=known.last_change_at,
            next_check=known.next_check_at,
        )


class BlockView(Part, frozen=True):
    """A block, with why the extractor gave it its kind, and whether it belongs to the news text."""

    kind: BlockKind
    text: str
    reason: str
    links: tuple[Link, ...]
    editorial: bool


class ContentView(Answer, frozen=True):
    """The content of an extracted page: the `content` of `show --json`, the object of `extract --json`."""

    title: str
    dek: str
    byline: tuple[str, ...]
    published: datetime | None
    modified: datetime | None
    section: str
    lang: str
    canonical_url: str
    headlines: Headlines
    blocks: list[BlockView]
    notices: tuple[Notice, ...]
    fields: dict[str, str]
    text: str
    words: int
    sha256: str

    @classmethod
    def of(cls, page: Article) -> Self:
        """Return metadata, every block with its class and the reason for it, and notices."""
        return from_fields(
            cls, page, blocks=[from_fields(BlockView, each) for each in page.blocks], fields=dict(page.fields)
        )
