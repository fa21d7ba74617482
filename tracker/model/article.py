"""The content of a page as an `Article`: its blocks, notices and headlines; and the number of words in a text."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final

import orjson

_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, which are written without spaces between words."""
_MARKS: Final = "\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
"""The punctuation of Chinese and Japanese, which is as wide as a character."""
# Compiled when a text first needs them, by `re` itself: most commands count no words.
_ONE_UNSPACED: Final = f"[{_UNSPACED}]"
_SPACED_MARKS: Final = ".,;:!?¡¿…'\"’‘“”«»‹›„‚()[]{}‐‑‒–—-/|•·*_"
"""Punctuation of scripts with spaces. `%` and `€` are read aloud, so "5 %" is two words."""
_WORD: Final = rf"[{_UNSPACED}]|[^\s{_UNSPACED}{_MARKS}]+"


def count_words(text: str) -> int:
    """Count the words of a text: whatever is between spaces, and each character of a script that has none.

    Punctuation alone, such as a dash between spaces or a comma that an edit adds, is not a word.
    """
    if text.isascii() or not re.search(_ONE_UNSPACED, text):
        return sum(1 for token in text.split() if token.strip(_SPACED_MARKS))
    return sum(1 for _ in re.finditer(_WORD, text))


class BlockKind(StrEnum):
    """The kind of a block of a page."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    DATELINE = "dateline"
    TABLE = "table"
    BOX = "box"
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
        BlockKind.BOX,
    }
)
"""The kinds of blocks that are compared and count towards a version's identity: the news text, and its fact boxes."""


# The values of this and of every other enumeration here are stored, and are in exports: add some, but rename none.
class NoticeKind(StrEnum):
    """The kind of a note by the outlet about an edit. The values are those of the labels of the same name."""

    UPDATE = "update-note"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"


class PageKind(StrEnum):
    """The kind of page that a response turned out to be."""

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


# A paywall or a consent wall has text too, but not what the outlet publishes under this address.
VERSIONED = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG, PageKind.GALLERY})
"""The kinds of pages that make a version; all others are refused."""

OUTSIDE_ARTICLE: Final = "outside the article"
"""The reason of blocks from other parts of the page than the article: its footer, its sidebars."""

ENTRY_TIME: Final = "time of an entry"
ENTRY_HEADING: Final = "heading of an entry"
"""The reasons of blocks that head the entries of a live blog."""

LONE_NAME: Final = "lone name"
"""Where a byline was found that nothing marks as one: a name alone below the headline or below the text."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the news text: its words, and its absolute address without tracking parameters."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-sized piece of a page: a line with single spaces, and why the extractor gave it its kind.

    Links are evidence, not identity: another address alone makes no version.
    """

    kind: BlockKind
    text: str
    reason: str = ""
    links: tuple[Link, ...] = ()

    @property
    def editorial(self) -> bool:
        """Whether the block belongs to the news text or to a fact box in it."""
        return self.kind in EDITORIAL


@dataclass(frozen=True, slots=True)
class Notice:
    """An update note, correction, clarification or editor's note, in the outlet's words."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headline in each place that has one: outlets edit them separately."""

    h1: str = ""
    og: str = ""
    html: str = ""
    jsonld: str = ""
    feed: str = ""


# Without slots, because cached properties need a place to be cached in.
@dataclass(frozen=True)
class Article:
    """One editorial state of an article, as extracted.

    Attributes:
        byline: the names of the authors.
        published, modified: aware times that the page gives; None if it gives none.
        blocks: all blocks of the page in order, furniture included.
        fields: which part of the page each piece of metadata came from ("title" → "h1" …).
        heading: the headline as the page spells it, where that differs from the title; in versions before extractor 20
            the h1. It belongs to the version as the title does.
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
        """The headline as the page shows it."""
        return self.heading or self.title

    @cached_property
    def editorial(self) -> tuple[Block, ...]:
        """The blocks of the news text and of its fact boxes, in order. Block indexes of a `Change` count in them."""
        return tuple(b for b in self.blocks if b.editorial)

    @cached_property
    def text(self) -> str:
        """The editorial blocks without fact boxes, joined by blank lines."""
        return "\n\n".join(b.text for b in self.editorial if b.kind is not BlockKind.BOX)

    @cached_property
    def words(self) -> int:
        """The number of words in the text; see `count_words`."""
        return count_words(self.text)

    @cached_property
    def sha256(self) -> str:
        """The identity of this version: a hash of headline, dek, byline, editorial blocks and notices alone."""
        identity: dict[str, object] = {
            "title": self.title,
            "dek": self.dek,
            "byline": list(self.byline),
            "blocks": [[b.kind, b.text] for b in self.editorial],
            "notices": [[n.kind, n.text] for n in self.notices],
        }
        # An empty heading is left out, so that versions stored before the field existed keep their identity.
        if self.heading:
            identity["heading"] = self.heading
        try:
            canonical = orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            # A lone surrogate; of every other text both write the same bytes, which is tested.
            text = json.dumps(identity, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            canonical = text.encode("utf-8", "surrogatepass")
        return hashlib.sha256(canonical).hexdigest()


@dataclass(frozen=True, slots=True)
class SamePage:
    """The answer for a page that still has the content of its fingerprint: it was not read again."""


def container_path(signature: str) -> str:
    """Return the path of the element that a reading's `signature` names; a new layout has another."""
    return signature.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the extractor made of one response.

    Attributes:
        signature: names the element that the body was found in, and marks paragraphs of it (`extraction.container`).
        extractor: the version of the extractor's code and rules.
        detail: why the page is of its kind ("title says 'page not found'").
        fingerprint: recognises the page when it says the same again (`extraction.extractor`); empty if it cannot be.
        is_undecodable: whether the page has an encoding that is not read.
    """

    page: PageKind
    article: Article
    signature: str = ""
    extractor: str = ""
    detail: str = ""
    fingerprint: str = ""
    is_undecodable: bool = False

    @property
    def container(self) -> str:
        """The path of tags of the element that the body was found in."""
        return container_path(self.signature)

    @property
    def is_article(self) -> bool:
        """Whether the page makes a version: it is of such a kind, and has a text or a notice in place of one."""
        has_text = bool(self.article.editorial)
        return self.page in VERSIONED and (has_text or (self.page is PageKind.ARTICLE and bool(self.article.notices)))
