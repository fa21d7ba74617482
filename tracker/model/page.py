"""What a page says: blocks, notices, headlines, an article."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class BlockKind(StrEnum):
    """What a block of a page is; the first six are editorial."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    DATELINE = "dateline"
    TABLE = "table"
    NOTICE = "notice"
    CREDIT = "credit"
    PROMO = "promo"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"


EDITORIAL = frozenset(
    {
        BlockKind.PARAGRAPH,
        BlockKind.SUBHEAD,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
        BlockKind.DATELINE,
        BlockKind.TABLE,
    }
)


class NoticeKind(StrEnum):
    """What the outlet itself says of an edit."""

    UPDATE = "update-note"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"


class PageKind(StrEnum):
    """What a response turned out to be; only the first three make a version."""

    ARTICLE = "article"
    LIVE_BLOG = "live-blog"
    GALLERY = "gallery"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent-wall"
    BOT_WALL = "bot-wall"
    SOFT_404 = "soft-404"
    LISTING = "listing"
    JS_SHELL = "js-shell"
    EMPTY = "empty"


VERSIONED = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG, PageKind.GALLERY})


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the news text: the words it stands on, the absolute address without tracking parameters."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-sized piece of a page: its class, its text (one line, single blanks), why it got that class.

    *links* stand in the text, in order. They are evidence, not identity: another address alone makes no new version.
    """

    kind: BlockKind
    text: str
    reason: str = ""
    links: tuple[Link, ...] = ()

    @property
    def editorial(self) -> bool:
        """Say whether the block belongs to the news text."""
        return self.kind in EDITORIAL


@dataclass(frozen=True, slots=True)
class Notice:
    """An update note, correction, clarification or editor's note, in the outlet's words."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Headlines:
    """Every surface a headline stands on; outlets edit them apart from one another."""

    h1: str = ""
    og: str = ""
    html: str = ""
    jsonld: str = ""
    feed: str = ""


@dataclass(frozen=True)
class Article:
    """One editorial state of an article, as extracted.

    *fields* says which source on the page gave each metadatum ("title" → "h1" …). *heading* is the h1 where the title
    was taken from other surfaces that say something else; it belongs to the version as the title does.
    """

    title: str = ""
    dek: str = ""
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    lang: str = ""
    blocks: tuple[Block, ...] = ()
    notices: tuple[Notice, ...] = ()
    headlines: Headlines = Headlines()
    canonical_url: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    heading: str = ""

    @property
    def shown_title(self) -> str:
        """Return the headline as the page shows it."""
        return self.heading or self.title

    @cached_property
    def editorial(self) -> tuple[Block, ...]:
        """Return the blocks of the news text, in order; a Change counts blocks in this tuple."""
        return tuple(b for b in self.blocks if b.editorial)

    @cached_property
    def text(self) -> str:
        """Return the editorial blocks joined by a blank line."""
        return "\n\n".join(b.text for b in self.editorial)

    @cached_property
    def words(self) -> int:
        """Count the blank-separated words of the text."""
        return len(self.text.split())

    @cached_property
    def sha256(self) -> str:
        """Return the identity of this version: headline, dek, byline, editorial blocks and notices, nothing else."""
        identity: dict[str, object] = {
            "title": self.title,
            "dek": self.dek,
            "byline": list(self.byline),
            "blocks": [[b.kind.value, b.text] for b in self.editorial],
            "notices": [[n.kind.value, n.text] for n in self.notices],
        }
        if self.heading:  # versions from before there was one keep their identity
            identity["heading"] = self.heading
        canonical = json.dumps(identity, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the extractor made of one response.

    *signature* names the container the body was found in; *extractor* is the version of the code and rules.
    *detail* says why the page is what it is ("title says 'page not found'").
    """

    page: PageKind
    article: Article
    signature: str = ""
    extractor: str = ""
    detail: str = ""
