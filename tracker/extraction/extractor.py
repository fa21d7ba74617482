"""Extract an article from a page: bytes in, a Reading out. Pure and deterministic."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import orjson
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from tracker.errors import PageError
from tracker.model.article import VERSIONED, Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading, SamePage
from tracker.parser_limits import truncate

from . import EXTRACTOR, scoring
from .block_classifier import RuleMatches
from .body import LinkBase, build_body, find_container, make_signature, region_around
from .metadata import Metadata, extract_metadata, override_metadata
from .page_head import PageHead, read_head, text_of
from .page_kind import detect_page_kind, is_declared_article, live_blog_reason
from .page_tree import CROWDED_TAGS, ZONES_OR_SKIP, Element, Line, PageTree, build_tree
from .script_text import find_script_text
from .text import decode, is_binary, plain

if TYPE_CHECKING:
    from .site_rules import SiteRules

_OK: Final = 200
_WITHOUT_TEXT: Final = frozenset({PageKind.JS_SHELL, PageKind.EMPTY})
_PARAGRAPH_BREAK: Final = re.compile(r"(?<!\s)\s*\n\s*|<br\s*/?>\s*<br\s*/?>|</p>\s*", re.IGNORECASE)
_MIN_JSON_LD_TEXT_CHARS: Final = 250
_MIN_NOSCRIPT_CHARS: Final = 500
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
    """Return the kind of a response and, if it is an article, the article.

    Args:
        html: the body as it was served.
        url: the address it came from, after redirects.
        charset: the label of the Content-Type header.
        status: the HTTP status.
        rules: the site rules of the outlet.
        prefer: the signature of the last version: the text is looked for where most of its paragraphs are now.

    Never raises, whatever the page contains. Pages that may hang or crash the parser are read through `ExtractPool`.
    """
    parsed = _parse(html, charset)
    return parsed if isinstance(parsed, Reading) else _read(parsed, url, status, rules, prefer)


def read_article(html: bytes, url: str | None = None) -> Article:
    """Return only the article, without computing the signature and fingerprint of the page."""
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
    """Return SamePage if a page has the `fingerprint` of an earlier reading, else the result of `read`."""
    parsed = _parse(html, charset)
    if isinstance(parsed, Reading):
        return parsed
    place, _, digest = fingerprint.rpartition(":")
    if status == _OK and digest and _digest(parsed.tree, parsed.head, place) == digest:
        return SamePage()
    return _read(parsed, url, status, rules, prefer)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A page's tree and head; `cut` names the parts that were left out of the page."""

    tree: LexborHTMLParser
    head: PageHead
    cut: str


def _parse(html: bytes, charset: str) -> _Parsed | Reading:
    """Return the parsed page, or a Reading without text where there is nothing to parse."""
    try:
        text, cut = truncate(decode(html, charset))
    except PageError as error:
        return Reading(PageKind.EMPTY, Article(), "", EXTRACTOR, error.message, is_undecodable=True)
    if is_binary(text):
        return Reading(PageKind.EMPTY, Article(), "", EXTRACTOR, "the bytes are not text")
    tree = LexborHTMLParser(text, options=_PARSER_OPTIONS)
    head = read_head(tree)
    noscript = sum(len(node.text()) for node in tree.css("body noscript"))
    if tree.body is not None and noscript >= _MIN_NOSCRIPT_CHARS and 2 * noscript > len(tree.body.text()):
        tree.unwrap_tags(["noscript"])  # the page shows hardly anything else without its scripts
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
        hidden = _from_scripts(tree, head, metadata, article, base)
        if hidden is not None:
            article, signature, where = hidden
            kind, reason = PageKind.ARTICLE, f"the text is only in {where}"
    elif is_watched and kind in VERSIONED and container is not None:
        fingerprint = make_fingerprint(tree, head, page, container, metadata.headline)
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
    container = rules.container or find_container(page, prefer, metadata.headline)
    is_live_blog = bool(live_blog_reason(head, page))
    dek, blocks = build_body(page, container, metadata, rules, base, is_live_blog=is_live_blog)
    return dek, blocks, container


def _from_scripts(
    tree: LexborHTMLParser, head: PageHead, metadata: Metadata, article: Article, base: LinkBase
) -> tuple[Article, str, str] | None:
    """Return the article with the text of JSON-LD, if the page shows less than half of it, or with that of a script.

    The second value is its signature, the third the place of the text, for people. None if no script has the text.
    """
    text = head.article.get("articleBody")
    if isinstance(text, str) and len(text) >= _MIN_JSON_LD_TEXT_CHARS and len(article.text) * 2 <= len(text):
        paragraphs = [plain(part) for part in _PARAGRAPH_BREAK.split(text)]
        blocks = [Block(BlockKind.PARAGRAPH, each, "from JSON-LD") for each in paragraphs if each]
        if blocks:
            metadata.sources["body"] = "json-ld"
            return _article(head, metadata, article.dek, blocks), "json-ld", "JSON-LD"
    shown = metadata.headlines
    found = find_script_text(tree, (metadata.title, shown.h1, shown.og, shown.jsonld, shown.html))
    if found is None or not (found.has_headline or is_declared_article(head)):
        return None
    # The text of a script is read as the page would show it.
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


# Two responses for one page are hardly ever the same bytes: tokens, teasers, counters and scripts differ. A fingerprint
# names the element that holds headline and text by its place in the tree, and has a digest of that element's text and
# times and of the metadata in the head. If all of that is the same, so is the article. Class names are not part of it:
# a page in which only a class name hides a paragraph counts as the same. So `pipeline.check` reads a page in full every
# few checks. `benchmarks/same_page.py` compares every hit with a full reading.
_SEPARATOR: Final = "\x1f"
_SCRIPT_TAGS: Final = frozenset({"script", "style"})
_SCRIPTS_AND_TIMES: Final = 'script,style,time,[itemprop*="date"]'
# Meta tags with names like these differ at every fetch and say nothing about the article.
_VOLATILE_NAMES: Final = ("csrf", "token", "nonce", "session", "request")


def make_fingerprint(
    tree: LexborHTMLParser, head: PageHead, page: PageTree, container: Element, headline: Line | None
) -> str:
    """Return the fingerprint of a page whose text is in `container`; empty if the place cannot be found again.

    The digest covers the region around the container, where notices are looked for, widened to contain the headline.
    """
    region = region_around(container)
    while headline is not None and not headline.owner.within(region) and region.parent is not None:
        region = region.parent
    steps = []  # which child of which child of the body it is, without the elements that are not read
    element = region
    while element.parent is not None:
        at, step = element.parent.index + 1, 0
        while at < element.index:
            at, step = page.elements[at].end, step + 1
        steps.append(str(step))
        element = element.parent
    place = ".".join(reversed(steps))
    digest = _digest(tree, head, place)
    return f"{place}:{digest}" if digest else ""


def _is_unread(node: LexborNode) -> bool:
    tag = node.tag
    return tag is None or tag == "-text" or ZONES_OR_SKIP.get(tag, 0) < 0


def _digest(tree: LexborHTMLParser, head: PageHead, place: str) -> str:
    """Return the digest of the element at `place` and of the head; empty if there is no such element."""
    region: LexborNode | None = tree.body
    for step in map(int, filter(None, place.split("."))):
        region = region.child if region is not None else None
        while region is not None and (_is_unread(region) or step):
            step -= not _is_unread(region)  # noqa: PLW2901 - counts down
            region = region.next
    if region is None:
        return ""
    hidden, times = set[str](), list[str | None]()
    for node in region.css(_SCRIPTS_AND_TIMES):
        if node.tag in _SCRIPT_TAGS:
            hidden.add(node.text())
        else:
            times.append(node.attributes.get("datetime") or node.attributes.get("content"))
    pieces = [
        piece
        for piece in region.text(separator=_SEPARATOR).split(_SEPARATOR)
        if piece and not piece.isspace() and piece not in hidden
    ]
    metas = {key: value for key, value in head.metas.items() if not any(word in key for word in _VOLATILE_NAMES)}
    fields = (metas, head.title, head.base, head.canonical, head.lang, head.h1s, times)
    found = hashlib.sha256(repr(fields).encode("utf-8", "surrogatepass"))
    found.update(orjson.dumps(head.entities, option=orjson.OPT_NON_STR_KEYS) if head.entities else b"")
    found.update(_SEPARATOR.join(pieces).encode("utf-8", "surrogatepass"))
    return found.hexdigest()
