"""What an address turned out to be: a feed, a sitemap, a section page, or one article."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..errors import PageError
from ..model import HubKind
from .dom import open_page, text_of
from .envelope import Form, form_of, unpack
from .feed import is_json_feed
from .links import looks_like_article
from .page import article_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser

_ARTICLE_TYPES: Final = re.compile(r"(?:\w*Article|\w*BlogPosting|Report|LiveBlogPosting)")
_SECTION_TYPES: Final = frozenset({"CollectionPage", "ItemList", "WebSite", "SearchResultsPage", "ProfilePage"})
_LONG_PARAGRAPH: Final = 20
_MANY_PARAGRAPHS: Final = 4
_MANY_LINKS: Final = 12
_LARGEST_JSON: Final = 1_000_000


def recognise(body: bytes, content_type: str, url: str) -> HubKind | None:
    """Return which kind of hub the bytes are, or None where they are an article.

    The bytes speak first, *content_type* only for plain text. Of a web page, metadata (og:type, JSON-LD, publication
    time), the address, the length of its text and the number of links to articles are weighed against one another.
    Raises PageError where the bytes are nothing that can be watched.
    """
    body = unpack(body)
    form = form_of(body)
    if form is Form.FEED:
        return HubKind.FEED
    if form is Form.SITEMAP:
        return HubKind.SITEMAP
    if form is Form.JSON:
        return _json(body, url)
    if form is Form.TEXT and (content_type.lower().startswith("text/plain") or is_address_list(body)):
        if is_address_list(body):
            return HubKind.SITEMAP
        raise PageError("this is plain text", resource=url, hint="name an article, a feed, a sitemap or a section page")
    if form is Form.OPML:
        raise PageError(
            "this is an OPML list of feeds", resource=url, hint="save it and run: writethru sources import FILE"
        )
    if form in {Form.BINARY, Form.XML}:
        raise PageError(
            "this is no web page, feed or sitemap", resource=url, hint="open the address in a browser and check it"
        )
    return HubKind.PAGE if _weight(open_page(body, url), url) < 0 else None


def _json(body: bytes, url: str) -> HubKind:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if is_json_feed(data):
        return HubKind.FEED
    raise PageError("this is JSON, but no JSON Feed", resource=url, hint="name the page that people read")


def is_address_list(body: bytes) -> bool:
    """Say whether plain text is a list of addresses, one a line: a sitemap in its simplest form."""
    lines = [line.strip() for line in body[:4096].decode("utf-8-sig", "replace").splitlines() if line.strip()]
    return bool(lines) and all(line.startswith(("http://", "https://", "#")) for line in lines[:-1] or lines)


def _weight(tree: LexborHTMLParser, url: str) -> int:
    """Return how much speaks for an article; below zero the page is a section."""
    path = urlsplit(url).path.strip("/")
    types = set(_types(tree))
    og_type = _meta(tree, "og:type").lower()
    links = len(article_links(tree, url))
    paragraphs = sum(1 for p in tree.css("p") if len(text_of(p).split()) >= _LONG_PARAGRAPH)
    weight = 0
    if any(_ARTICLE_TYPES.fullmatch(name) for name in types):
        weight += 4
    elif types & _SECTION_TYPES:
        weight -= 1
    weight += 2 if og_type == "article" else -1 if og_type in {"website", "blog"} else 0
    weight += 2 if _meta(tree, "article:published_time") else 0
    weight += (2 if looks_like_article(url) else 0) if path else -4
    weight += 2 if paragraphs >= _MANY_PARAGRAPHS else 0
    weight -= 3 if links >= _MANY_LINKS and links > 2 * paragraphs else 0
    return weight


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return "" if node is None else (node.attributes.get("content") or "").strip()


def _types(tree: LexborHTMLParser) -> Iterator[str]:
    for script in tree.css('script[type="application/ld+json"]'):
        raw = script.text()
        if len(raw) > _LARGEST_JSON:
            continue
        try:
            data = json.loads(raw, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _named(data)


def _named(data: Any) -> Iterator[str]:  # noqa: ANN401 - JSON from the page
    # the top and its @graph only: a section page carries its articles' own objects further down
    for item in _objects(data):
        for each in (item, *_objects(item.get("@graph"))):
            kind = each.get("@type")
            yield from (name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str))


def _objects(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON from the page
    return [item for item in (data if isinstance(data, list) else [data]) if isinstance(item, dict)]
