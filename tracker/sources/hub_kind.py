"""Tell what an address turned out to be: a feed, a sitemap, a section page, or a single article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..errors import PageError
from ..model.source import HubKind
from .article_urls import looks_like_article
from .body_format import BodyFormat, detect_format, gunzip, is_address_list
from .feed import json_feed
from .html_page import parse_page, text_of
from .section_page import article_links

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

# Types of https://schema.org/Article and of pages that list others.
_ARTICLE_TYPES: Final = re.compile(r"(?:\w*Article|\w*BlogPosting|Report|LiveBlogPosting)")
_SECTION_TYPES: Final = frozenset({"CollectionPage", "ItemList", "WebSite", "SearchResultsPage", "ProfilePage"})
_UNWATCHABLE: Final = {
    BodyFormat.OPML: ("an OPML list of feeds, not a feed", "save it and run: writethru sources import FILE"),
    BodyFormat.BINARY: ("not a web page, feed or sitemap", "open the address in a browser and check it"),
    BodyFormat.XML: ("not a web page, feed or sitemap", "open the address in a browser and check it"),
}
_MIN_PARAGRAPH_WORDS: Final = 20
_MIN_ARTICLE_PARAGRAPHS: Final = 4
_MIN_SECTION_LINKS: Final = 12
_MAX_JSON_LD_CHARS: Final = 1_000_000


def detect_hub_kind(body: bytes, content_type: str, url: str) -> HubKind | None:
    """Return which kind of hub the bytes are, or None if they are an article.

    The bytes decide; *content_type* counts only for plain text. For a web page, metadata (og:type, JSON-LD,
    publication time), the address, the length of the text and the number of links to articles are weighed against one
    another. Raises PageError if the bytes are nothing that can be watched.
    """
    body = gunzip(body)
    found = detect_format(body)
    if found is BodyFormat.FEED:
        return HubKind.FEED
    if found is BodyFormat.SITEMAP:
        return HubKind.SITEMAP
    if found is BodyFormat.JSON:
        json_feed(body, url)
        return HubKind.FEED
    if found is BodyFormat.TEXT:
        if is_address_list(body):
            return HubKind.SITEMAP
        if content_type.lower().startswith("text/plain"):
            hint = "use the address of an article, a feed, a sitemap or a section page"
            raise PageError("plain text", resource=url, hint=hint)
    if found in _UNWATCHABLE:
        message, hint = _UNWATCHABLE[found]
        raise PageError(message, resource=url, hint=hint)
    return HubKind.PAGE if _article_score(parse_page(body, url), url) < 0 else None


def _article_score(tree: LexborHTMLParser, url: str) -> int:
    """Return how much speaks for an article; below zero the page is a section page.

    The weights were set by hand on front pages, section pages and articles of real outlets: what a page says of itself
    counts most, and a home page (no path) is never an article by its text alone.
    """
    path = urlsplit(url).path.strip("/")
    types = set(_json_ld_types(tree))
    og_type = _meta(tree, "og:type").lower()
    links = len(article_links(tree, url))
    paragraphs = sum(1 for p in tree.css("p") if len(text_of(p).split()) >= _MIN_PARAGRAPH_WORDS)
    score = 0
    if any(_ARTICLE_TYPES.fullmatch(name) for name in types):
        score += 4
    elif types & _SECTION_TYPES:
        score -= 1
    score += 2 if og_type == "article" else -1 if og_type in {"website", "blog"} else 0
    score += 2 if _meta(tree, "article:published_time") else 0
    score += (2 if looks_like_article(url) else 0) if path else -4
    score += 2 if paragraphs >= _MIN_ARTICLE_PARAGRAPHS else 0
    score -= 3 if links >= _MIN_SECTION_LINKS and links > 2 * paragraphs else 0
    return score


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return "" if node is None else (node.attributes.get("content") or "").strip()


def _json_ld_types(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the `@type` of the page's own JSON-LD objects and those of their `@graph`.

    Deeper objects do not count: a section page carries those of its articles.
    """
    for script in tree.css('script[type="application/ld+json"]'):
        raw = script.text()
        if len(raw) > _MAX_JSON_LD_CHARS:
            continue
        try:
            data = json.loads(raw, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data):
            for each in (item, *_objects(item.get("@graph"))):
                kind = each.get("@type")
                yield from (name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str))


def _objects(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON from the page
    return [item for item in (data if isinstance(data, list) else [data]) if isinstance(item, dict)]
