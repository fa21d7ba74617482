"""One page, read: bytes in, a Reading out. Pure and deterministic."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser

from tracker.model import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading

from . import fields, kinds, live, prescan, scoring, scripts, shadow
from .decode import decode, is_binary
from .head import Head, read_head, text_of
from .lines import assemble
from .links import Base
from .site import Site, override
from .text import plain
from .tree import CROWDED, PageTree, walk

if TYPE_CHECKING:
    from .rules import SiteRules

EXTRACTOR: Final = "7"
"""Grows when the same page may read differently."""
_FROM_DATA: Final = frozenset({PageKind.JS_SHELL, PageKind.EMPTY})
_PARAGRAPH: Final = re.compile(r"(?<!\s)\s*\n\s*|<br\s*/?>\s*<br\s*/?>|</p>\s*", re.IGNORECASE)
_WORTH: Final = 250


def read(
    html: bytes,
    url: str | None = None,
    *,
    charset: str = "",
    status: int = 200,
    rules: SiteRules | None = None,
    prefer: str = "",
) -> Reading:
    """Return what a response is and, where it is an article, what it says.

    *charset* is the label of the Content-Type header, *status* the HTTP status, *rules* what an outlet needs,
    *prefer* the container signature of the last version. Never raises for what a page may hold; a page that
    hangs or crashes the parser must be read through `ExtractPool`.
    """
    text, cut = prescan.bound(decode(html, charset))
    if is_binary(text):
        return Reading(PageKind.EMPTY, Article(), "", EXTRACTOR, "the bytes are no text")
    tree = LexborHTMLParser(text)
    head = read_head(tree)
    if head.shadows:
        text, cut = prescan.bound(shadow.unfold(text))
        tree = LexborHTMLParser(text)
        head = read_head(tree)
    tree.strip_tags(CROWDED)
    page = walk(tree.body, ids=rules is not None) if tree.body is not None else PageTree()
    found = fields.gather(head, page, url or "")
    site = Site(rules, tree, page)
    base = Base(url or head.canonical, head.base)
    if rules is not None:
        override(found, rules, tree)
    dek, blocks, signature = _body(page, found, site, prefer, head, base)
    article = _article(head, found, dek, blocks)
    kind, why = kinds.recognise(head, page, article, status)
    if kind in _FROM_DATA:
        written = _written_out(head, article)
        if written:
            found.sources["body"] = "json-ld"
            kind, why, signature = PageKind.ARTICLE, "the text stands in JSON-LD alone", "json-ld"
            article = _article(head, found, dek, written)
        else:
            state = scripts.find(tree, (found.title, *_surfaces(article)))
            if state is not None and (state.titled or kinds.says_article(head)):
                dek, blocks, _ = _from_script(state, found, head, base)
                found.sources["body"] = state.source
                kind, signature = PageKind.ARTICLE, "script"
                why = f"the text stands in the script {state.source} alone"
                article = _article(head, found, dek, blocks)
    return Reading(kind, article, signature, EXTRACTOR, "; ".join(filter(None, (why, cut))))


def _surfaces(article: Article) -> tuple[str, ...]:
    shown = article.headlines
    return shown.h1, shown.og, shown.jsonld, shown.html


def _from_script(state: scripts.Found, found: fields.Fields, head: Head, base: Base) -> tuple[str, list[Block], str]:
    """Read the markup of a script as the page would show it."""
    tree = LexborHTMLParser(f"<article>{state.markup}</article>")
    page = walk(tree.body) if tree.body is not None else PageTree()
    return _body(page, replace(found, headline=None), Site(), "", head, base)


def _body(  # one call for two kinds of page
    page: PageTree, found: fields.Fields, site: Site, prefer: str, head: Head, base: Base
) -> tuple[str, list[Block], str]:
    if not page.lines:
        return "", [], ""
    total = scoring.weigh(page)
    scoring.mark_junk(page, total, found.headline)
    site.mark(page)
    box = site.container or scoring.container(page, prefer)
    dek, blocks = assemble(page, box, found, site, base, live=bool(live.reason(head, page)))
    return dek, blocks, scoring.signature(box)


def _article(head: Head, found: fields.Fields, dek: str, blocks: list[Block]) -> Article:
    return Article(
        title=found.title,
        heading=found.heading,
        dek=dek,
        byline=found.byline,
        published=found.published,
        modified=found.modified,
        section=found.section,
        lang=found.lang,
        blocks=tuple(blocks),
        notices=_notices(head, blocks),
        headlines=found.headlines,
        canonical_url=head.canonical,
        fields=tuple(sorted(found.sources.items())),
    )


def _notices(head: Head, blocks: list[Block]) -> tuple[Notice, ...]:
    """Return the notices of the page, and the correction that only JSON-LD tells."""
    told = [Notice(NoticeKind(b.reason), b.text) for b in blocks if b.kind is BlockKind.NOTICE]
    correction = head.article.get("correction")
    text = text_of(correction.get("text") if isinstance(correction, dict) else correction)
    if text and not any(text in notice.text or notice.text in text for notice in told):
        told.append(Notice(NoticeKind.CORRECTION, text))
    return tuple(told)


def _written_out(head: Head, article: Article) -> list[Block]:
    """Return the text that JSON-LD holds where the page itself shows less than half of it."""
    body = head.article.get("articleBody")
    if not isinstance(body, str) or len(body) < _WORTH or len(article.text) * 2 > len(body):
        return []
    paragraphs = [plain(part) for part in _PARAGRAPH.split(body)]
    return [Block(BlockKind.PARAGRAPH, text, "from JSON-LD") for text in paragraphs if text]
