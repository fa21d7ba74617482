"""One page, read: bytes in, a Reading out. Pure and deterministic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser

from ..model import Article, Block, BlockKind, Notice, NoticeKind, Reading
from . import evidence, fields, kinds, prescan
from .decode import decode
from .head import Head, read_head
from .lines import assemble
from .tree import STRIPPED, Page, walk

if TYPE_CHECKING:
    from .rules import SiteRules

EXTRACTOR: Final = "1"
"""Grows when the same page may read differently."""


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
    tree = LexborHTMLParser(text)
    head = read_head(tree)
    tree.strip_tags(STRIPPED)
    page = walk(tree.body) if tree.body is not None else Page()
    return _compose(head, page, url or "", status, rules, prefer, cut)


def _compose(head: Head, page: Page, url: str, status: int, rules: SiteRules | None, prefer: str, cut: str) -> Reading:
    found = fields.gather(head, page, url)
    blocks: list[Block] = []
    signature = dek = ""
    if page.lines:
        total = evidence.weigh(page)
        evidence.mark_junk(page, total, found.headline)
        box = evidence.container(page, total)
        signature = evidence.signature(box)
        dek, blocks = assemble(page, box, found)
    article = Article(
        title=found.title,
        dek=dek,
        byline=found.byline,
        published=found.published,
        modified=found.modified,
        section=found.section,
        lang=found.lang,
        blocks=tuple(blocks),
        notices=tuple(Notice(NoticeKind(b.reason), b.text) for b in blocks if b.kind is BlockKind.NOTICE),
        headlines=found.headlines,
        canonical_url=head.canonical,
        fields=tuple(sorted(found.sources.items())),
    )
    kind, why = kinds.recognise(head, page, article, status)
    return Reading(kind, article, signature, EXTRACTOR, why or cut)
