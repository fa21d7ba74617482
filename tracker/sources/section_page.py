"""Read section pages: the links that lead to articles, by selector, by pattern, or by how they look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from .. import patterns, urls
from ..errors import PageError
from ..model.source import Hub, HubKind, Listing
from .article_urls import looks_like_article, registrable_domain
from .html_page import parse_page, text_of
from .listing_builder import ListingBuilder, plain_title

_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
# Elements, roles and names of navigation, whose links are on every page of the site.
_NAVIGATION_TAGS: Final = frozenset({"nav", "footer"})
_NAVIGATION_ROLES: Final = frozenset({"navigation", "contentinfo", "menu", "menubar"})
_NAVIGATION_NAMES: Final = frozenset("nav navbar navigation menu footer breadcrumb breadcrumbs social share".split())
_CONTENT_TAGS: Final = frozenset({"main", "article", "body", "html"})
_WORD: Final = re.compile(r"[a-z]+")


def read(hub: Hub, body: bytes, url: str) -> Listing:
    """Return the articles that a section page links to, in page order, and in `hubs` the feeds it names.

    With `hub.selector`, the links it selects (or that are inside what it selects); with `hub.pattern`, those whose
    address it matches; with neither, links of the same site that look like articles and are not in the navigation.
    Raises PageError.
    """
    tree = parse_page(body, url)
    builder = ListingBuilder(HubKind.PAGE, base_url(tree, url))
    for feed in feed_links(tree):
        builder.add_hub(feed)
    try:
        patterns.pattern(hub.pattern)
    except patterns.PatternError as error:
        raise PageError(str(error), resource=url) from None
    found_any = False
    for anchor in _anchors(tree, hub.selector, url):
        link = _href(anchor)
        if link and _is_listed(anchor, link, builder.base, hub.selector, hub.pattern):
            found_any = True
            heading = anchor.css_first("h1, h2, h3, h4")
            title = text_of(heading) or text_of(anchor) or anchor.attributes.get("title") or ""
            builder.add_article(link, plain_title(title))
    if not found_any:
        rules = [f"{key} {value!r}" for key, value in (("selector", hub.selector), ("pattern", hub.pattern)) if value]
        builder.warn(
            f"no link matches the {' and '.join(rules)}"
            if rules
            else "no link looks like an article; set a selector or a pattern"
        )
    return builder.build(text_of(tree.css_first("title")))


def base_url(tree: LexborHTMLParser, url: str) -> str:
    """Return what relative links of a page refer to: `<base href>` or its own address."""
    base = tree.css_first("base[href]")
    return (urls.join(url, base.attributes.get("href") or "") if base is not None else None) or url


def feed_links(tree: LexborHTMLParser) -> list[str]:
    """Return the links to feeds that a page names in its head, without those of comments."""
    found = []
    for link in tree.css('link[rel~="alternate"][href]'):
        attributes = link.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        href = attributes.get("href") or ""
        if kind in _FEED_TYPES and "comment" not in f"{href} {attributes.get('title') or ''}".lower():
            found.append(href)
    return found


def article_links(tree: LexborHTMLParser, url: str) -> list[str]:
    """Return the addresses that the page, read as a section page without rules, would list; each once."""
    base = base_url(tree, url)
    found: dict[str, None] = {}
    for anchor in tree.css("a[href]"):
        link = _href(anchor)
        if link and _is_listed(anchor, link, base, "", ""):
            found[urls.join(base, link) or ""] = None
    return list(found)


def _anchors(tree: LexborHTMLParser, selector: str, url: str) -> Iterator[LexborNode]:
    """Yield the links that *selector* selects or that are inside what it selects; every link if it is empty."""
    if not selector:
        yield from tree.css("a[href]")
        return
    try:
        selected = tree.css(selector)
    except (SelectolaxError, ValueError, RuntimeError) as error:
        raise PageError(
            f"{selector!r} is not a valid CSS selector: {error}", resource=url, hint="as in: selector = 'h2 a'"
        ) from None
    for node in selected:
        if node.tag == "a":
            yield node
        else:
            yield from node.css("a[href]")


def _is_listed(anchor: LexborNode, link: str, base: str, selector: str, pattern: str) -> bool:
    if selector and not pattern:
        return True
    address = urls.join(base, link)
    if address is None:
        return False
    if pattern:
        return patterns.found(pattern, address)
    return (
        registrable_domain(urls.host_of(address)) == registrable_domain(urls.host_of(base))
        and looks_like_article(address)
        and not _in_navigation(anchor)
    )


def _in_navigation(anchor: LexborNode) -> bool:
    node: LexborNode | None = anchor
    while node is not None and node.tag not in _CONTENT_TAGS:
        attributes = node.attributes
        if node.tag in _NAVIGATION_TAGS or (attributes.get("role") or "").lower() in _NAVIGATION_ROLES:
            return True
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        if not _NAVIGATION_NAMES.isdisjoint(_WORD.findall(names)):
            return True
        node = node.parent
    return False


def _href(anchor: LexborNode) -> str:
    return (anchor.attributes.get("href") or "").strip()
