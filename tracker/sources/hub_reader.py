"""Detect whether bytes are a feed, sitemap, section page or article, and read the first three into a Listing."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from tracker.addresses import urls
from tracker.errors import PageError
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.model.source import Hub, HubKind, Listing

from . import feed, section_page, sitemap
from .body_format import BodyFormat, detect_format, gunzip, in_utf8
from .feed import json_feed
from .section_page import article_links, looks_like_article, parse_page, text_of

# Types of https://schema.org/Article and of pages that list others.
_ARTICLE_TYPES: Final = re.compile(r"(?:\w*Article|\w*BlogPosting|Report|LiveBlogPosting)")
_SECTION_TYPES: Final = frozenset({"CollectionPage", "ItemList", "WebSite", "SearchResultsPage", "ProfilePage"})
_UNWATCHABLE: Final = {
    BodyFormat.OPML: ("this is an OPML list of feeds, not a feed", "save it and run: writethru import FILE.opml"),
    BodyFormat.BINARY: ("this is not a web page, feed or sitemap", "open the address in a browser to check it"),
    BodyFormat.XML: ("this is not a web page, feed or sitemap", "open the address in a browser to check it"),
}
_MAX_LIST_SNIFF_BYTES: Final = 4096
_MIN_PARAGRAPH_WORDS: Final = 20
_MIN_ARTICLE_PARAGRAPHS: Final = 4
_MIN_SECTION_LINKS: Final = 12
_MIN_LINKS_WITHOUT_TEXT: Final = 3
_MAX_JSON_LD_CHARS: Final = 1_000_000


def detect_hub_kind(body: bytes, content_type: str, url: str) -> HubKind | None:
    """Return which kind of hub the bytes are, or None if they are an article.

    The bytes decide; `content_type` counts only for plain text. A web page is judged by its metadata (og:type, JSON-LD,
    publication time), its address, the length of its text and the number of its links to articles. Raises PageError if
    the bytes are of a format that cannot be watched.
    """
    body = gunzip(body)
    found = detect_format(body)
    if found is BodyFormat.JSON:
        json_feed(body, url)
    if kind := _list_kind(found, body):
        return kind
    if found is BodyFormat.TEXT and content_type.lower().startswith("text/plain"):
        hint = "use the address of an article, a feed, a sitemap or a section page"
        raise PageError("this is plain text, not a web page", resource=url, hint=hint)
    if found in _UNWATCHABLE:
        message, hint = _UNWATCHABLE[found]
        raise PageError(message, resource=url, hint=hint)
    return HubKind.PAGE if _article_score(parse_page(body, url), url) < 0 else None


def _list_kind(found: BodyFormat, body: bytes) -> HubKind | None:
    """Return whether bytes of this format are a feed or a sitemap; None if they are neither."""
    if found in {BodyFormat.FEED, BodyFormat.JSON}:
        return HubKind.FEED
    if found is BodyFormat.TEXT:
        # The simplest sitemap has one address on each line, and comments with #. The last line may be cut off here.
        text = body[:_MAX_LIST_SNIFF_BYTES].decode("utf-8-sig", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        is_list = all(line.startswith(("http://", "https://", "#")) for line in lines[:-1] or lines)
        return HubKind.SITEMAP if lines and is_list else None
    return HubKind.SITEMAP if found is BodyFormat.SITEMAP else None


def _article_score(tree: LexborHTMLParser, url: str) -> int:
    """Return how likely a page is an article: below zero, it is a section page.

    The weights were set by hand on front pages, section pages and articles of real outlets: the metadata counts most,
    and a home page (no path) is never an article by its text alone.
    """
    # Only the top JSON-LD objects and those of their @graph: in a section page, those of its articles are deeper.
    types = set[str]()
    for script in tree.css('script[type="application/ld+json"]'):
        raw = script.text()
        if len(raw) > _MAX_JSON_LD_CHARS:
            continue
        with suppress(ValueError, RecursionError):
            for item in _objects(json.loads(raw, strict=False)):
                for each in (item, *_objects(item.get("@graph"))):
                    kind = each.get("@type")
                    types.update(name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str))
    path = urlsplit(url).path.strip("/")
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
    # Links and no text: a short list on a site without metadata.
    score -= 1 if links >= _MIN_LINKS_WITHOUT_TEXT and not paragraphs else 0
    return score


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return "" if node is None else (node.attributes.get("content") or "").strip()


def _objects(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON from the page
    return [item for item in (data if isinstance(data, list) else [data]) if isinstance(item, dict)]


def read_listing(body: bytes, url: str, hub: Hub | None = None, charset: str = "") -> Listing:
    """Return the listing of a feed, sitemap or section page; the bytes decide which of them it is.

    Args:
        body: the page as it was served; gzip'd sitemaps are unpacked.
        url: the address it was fetched from, after redirects; relative links are joined to it.
        hub: how it is configured, which decides where the bytes are ambiguous. Without it, any web page is read as a
            section page, even one that contains an article.
        charset: the label in the Content-Type header, which counts if the body does not name its encoding.

    Raises PageError, with an address as its resource, if the bytes are none of the three.
    """
    try:
        body = in_utf8(gunzip(body), charset)
        found = detect_format(body)
        if hub is None:
            other = HubKind.PAGE if found is BodyFormat.HTML else HubKind.FEED
            hub = Hub("", _list_kind(found, body) or other, url)
        return _read_as(found, hub, body, url)
    except PageError as error:
        error.resource = error.resource or url
        raise


def read_hub(hub: Hub, body: bytes, url: str, charset: str = "") -> Listing:
    """Return the listing of `hub`, from its `body` fetched at `url` (after redirects); see `read_listing`.

    A sitemap that is configured as a feed is read as a sitemap, and vice versa: `Listing.kind` and a warning say so.
    Raises PageError, with a hint, if the bytes cannot be read.
    """
    listing = read_listing(body, url, hub, charset)
    if listing.kind is not hub.kind:
        warning = f"it is configured as a {hub.kind} but is a {listing.kind}"
        listing = replace(listing, warnings=(warning, *listing.warnings))
    return listing


def read_hub_or_failure(hub: Hub, found: Capture) -> Listing | Failure:
    """Call `read_hub`, but return a Failure instead of raising PageError: child processes send values, not errors."""
    try:
        return read_hub(hub, found.body, found.final_url, found.charset)
    except PageError as error:
        error.resource = ""  # the address is in the Failure
        return Failure(FailureKind.UNREADABLE, str(error), hub.url, found.status)


def _read_as(found: BodyFormat, hub: Hub, body: bytes, url: str) -> Listing:
    """Read unpacked bytes of the format `found`; `hub.kind` decides what HTML, plain text and other XML are read as."""
    if found is BodyFormat.BINARY:
        raise PageError("this is not text but an image, a document or an archive", hint="check the address")
    if found is BodyFormat.OPML:
        message, hint = _UNWATCHABLE[found]
        raise PageError(message, hint=hint)
    if found in {BodyFormat.FEED, BodyFormat.JSON}:
        return feed.read(body, url)
    if found is BodyFormat.SITEMAP or (found is BodyFormat.TEXT and hub.kind is HubKind.SITEMAP):
        return sitemap.read(body, url)
    if hub.kind is HubKind.PAGE:
        return section_page.read(hub, body, url)
    if found is BodyFormat.HTML:
        hint = "check the address"
        with suppress(PageError):
            tree = parse_page(body, url)
            base = section_page.base_url(tree, url)
            named = next(filter(None, (urls.join(base, link) for link in section_page.feed_links(tree))), None)
            hint = f"the page links to a feed: {named}" if named else "add it as a section page, under pages"
        raise PageError(f"this is a web page, not a {hub.kind}", hint=hint)
    return sitemap.read(body, url) if hub.kind is HubKind.SITEMAP else feed.read(body, url)
