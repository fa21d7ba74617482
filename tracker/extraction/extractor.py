"""Extract an article from a page: bytes in, a Reading out. Pure and deterministic."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from tracker import parser_limits
from tracker.errors import PageError
from tracker.model.article import VERSIONED, Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading, SamePage

from . import EXTRACTOR, same_page, scoring
from .body import build_body, find_container, make_signature
from .decode import decode, is_binary, unfold_shadow_roots
from .links import LinkBase
from .metadata import Metadata, extract_metadata
from .page_head import PageHead, read_head, text_of
from .page_kind import detect_page_kind, is_declared_article, live_blog_reason
from .page_tree import CROWDED_TAGS, Element, PageTree, build_tree
from .rule_matches import RuleMatches, override_metadata
from .script_text import find_script_text
from .text import plain

if TYPE_CHECKING:
    from .site_rules import SiteRules

_OK: Final = 200
_WITHOUT_TEXT: Final = frozenset({PageKind.JS_SHELL, PageKind.EMPTY})
_PARAGRAPH_BREAK: Final = re.compile(r"(?<!\s)\s*\n\s*|<br\s*/?>\s*<br\s*/?>|</p>\s*", re.IGNORECASE)
_MIN_JSON_LD_TEXT_CHARS: Final = 250
# Without events the parser copies no chosen <option> into <selectedcontent>, which is not read, and is faster.
_PARSER_OPTIONS: Final = LexborDocumentOptions.WO_EVENTS


def read(
    html: bytes,
    url: str | None = None,
    *,
    charset: str = "",
    status: int = 200,
    rules: SiteRules | None = None,
    prefer: str = "",
) -> Reading:
    """Return what a response is and, if it is an article, what it says.

    Args:
        html: the body as it was served.
        url: the address it came from, after redirects.
        charset: the label of the Content-Type header.
        status: the HTTP status.
        rules: the site rules of the outlet.
        prefer: the signature of the last version: what was its text is looked for where its paragraphs are now.

    Never raises for what a page may hold. A page that hangs or crashes the parser must be read through `ExtractPool`.
    """
    parsed = _parse(html, charset)
    return parsed if isinstance(parsed, Reading) else _read(parsed, url, status, rules, prefer)


def read_article(html: bytes, url: str | None = None) -> Article:
    """Return the article that `read` does, without computing what recognises the page at the next visit."""
    parsed = _parse(html, "")
    return (parsed if isinstance(parsed, Reading) else _read(parsed, url, _OK, None, "", is_watched=False)).article


def read_unless_same(
    html: bytes,
    url: str | None,
    fingerprint: str,
    *,
    charset: str = "",
    status: int = 200,
    rules: SiteRules | None = None,
    prefer: str = "",
) -> Reading | SamePage:
    """Return SamePage if a page has the `fingerprint` of an earlier reading, else what `read` returns."""
    parsed = _parse(html, charset)
    if isinstance(parsed, Reading):
        return parsed
    if status == _OK and same_page.is_same(fingerprint, parsed.tree, parsed.head):
        return SamePage()
    return _read(parsed, url, status, rules, prefer)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A page's tree and head; `cut` says what was left out of the page."""

    tree: LexborHTMLParser
    head: PageHead
    cut: str


def _parse(html: bytes, charset: str) -> _Parsed | Reading:
    """Return the parsed page, or a Reading without text where there is nothing to parse."""
    try:
        text, cut = parser_limits.truncate(decode(html, charset))
    except PageError as error:
        return Reading(PageKind.EMPTY, Article(), "", EXTRACTOR, error.message, is_undecodable=True)
    if is_binary(text):
        return Reading(PageKind.EMPTY, Article(), "", EXTRACTOR, "the bytes are not text")
    tree = LexborHTMLParser(text, options=_PARSER_OPTIONS)
    head = read_head(tree)
    if head.has_shadow_roots:
        text, cut = parser_limits.truncate(unfold_shadow_roots(text))
        tree = LexborHTMLParser(text, options=_PARSER_OPTIONS)
        head = read_head(tree)
    tree.strip_tags(CROWDED_TAGS)
    return _Parsed(tree, head, cut)


def _read(
    parsed: _Parsed, url: str | None, status: int, rules: SiteRules | None, prefer: str, *, is_watched: bool = True
) -> Reading:
    """Return the reading of a parsed page, with a signature and a fingerprint if it `is_watched`."""
    tree, head = parsed.tree, parsed.head
    page = build_tree(tree.body, ids=rules is not None) if tree.body is not None else PageTree()
    metadata = extract_metadata(head, page, url or "")
    if rules is not None:
        override_metadata(metadata, rules, tree)
    base = LinkBase(url or head.canonical, head.base)
    dek, blocks, container = _read_body(page, metadata, RuleMatches(rules, tree, page), prefer, head, base)
    signature = make_signature(page, container, blocks) if is_watched and container is not None else ""
    article = _article(head, metadata, dek, blocks)
    kind, reason = detect_page_kind(head, page, article, status)
    fingerprint = ""
    if kind in _WITHOUT_TEXT:
        hidden = _from_json_ld(head, metadata, article) or _from_script(tree, head, metadata, base)
        if hidden is not None:
            article, signature, where = hidden
            kind, reason = PageKind.ARTICLE, f"the text is only in {where}"
    elif is_watched and kind in VERSIONED and container is not None:
        fingerprint = same_page.make_fingerprint(tree, head, page, container, metadata.headline)
    return Reading(kind, article, signature, EXTRACTOR, "; ".join(filter(None, (reason, parsed.cut))), fingerprint)


def _read_body(
    page: PageTree, metadata: Metadata, rules: RuleMatches, prefer: str, head: PageHead, base: LinkBase
) -> tuple[str, list[Block], Element | None]:
    """Return the standfirst, the blocks, and the container they are in."""
    if not page.lines:
        return "", [], None
    total = scoring.weigh(page)
    scoring.mark_junk(page, total, metadata.headline)
    rules.mark_junk(page)
    container = rules.container or find_container(page, prefer)
    is_live_blog = bool(live_blog_reason(head, page))
    dek, blocks = build_body(page, container, metadata, rules, base, is_live_blog=is_live_blog)
    return dek, blocks, container


def _from_json_ld(head: PageHead, metadata: Metadata, article: Article) -> tuple[Article, str, str] | None:
    """Return the article with the text of JSON-LD, if the page itself shows less than half of it.

    The second value is its signature, the third says where the text was.
    """
    text = head.article.get("articleBody")
    if not isinstance(text, str) or len(text) < _MIN_JSON_LD_TEXT_CHARS or len(article.text) * 2 > len(text):
        return None
    paragraphs = [plain(part) for part in _PARAGRAPH_BREAK.split(text)]
    blocks = [Block(BlockKind.PARAGRAPH, each, "from JSON-LD") for each in paragraphs if each]
    if not blocks:
        return None
    metadata.sources["body"] = "json-ld"
    return _article(head, metadata, article.dek, blocks), "json-ld", "JSON-LD"


def _from_script(
    tree: LexborHTMLParser, head: PageHead, metadata: Metadata, base: LinkBase
) -> tuple[Article, str, str] | None:
    """Return the article with the text of a script, read as the page would show it; else as `_from_json_ld` does."""
    shown = metadata.headlines
    found = find_script_text(tree, (metadata.title, shown.h1, shown.og, shown.jsonld, shown.html))
    if found is None or not (found.has_headline or is_declared_article(head)):
        return None
    markup = LexborHTMLParser(f"<article>{found.markup}</article>")
    page = build_tree(markup.body) if markup.body is not None else PageTree()
    dek, blocks, _ = _read_body(page, replace(metadata, headline=None), RuleMatches(), "", head, base)
    metadata.sources["body"] = found.source
    where = "a script" if found.source == "script" else f"the script {found.source}"
    return _article(head, metadata, dek, blocks), "script", where


def _article(head: PageHead, metadata: Metadata, dek: str, blocks: list[Block]) -> Article:
    notices = [Notice(NoticeKind(b.reason), b.text) for b in blocks if b.kind is BlockKind.NOTICE]
    # Some corrections are in JSON-LD alone (https://schema.org/correction).
    correction = head.article.get("correction")
    text = text_of(correction.get("text") if isinstance(correction, dict) else correction)
    if text and not any(text in notice.text or notice.text in text for notice in notices):
        notices.append(Notice(NoticeKind.CORRECTION, text))
    return Article(
        title=metadata.title,
        heading=metadata.heading,
        dek=dek,
        byline=metadata.byline,
        published=metadata.published,
        modified=metadata.modified,
        section=metadata.section,
        lang=metadata.lang,
        blocks=tuple(blocks),
        notices=tuple(notices),
        headlines=metadata.headlines,
        canonical_url=head.canonical,
        fields=tuple(sorted(metadata.sources.items())),
    )
