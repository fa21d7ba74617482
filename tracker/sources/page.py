"""Section pages: the links that lead to articles, by selector, by pattern, or by their own marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import SelectolaxError

from .. import patterns, urls
from ..errors import PageError
from ..model import HubKind
from .dom import open_page, text_of
from .links import looks_like_article, site_of
from .listing import Collector, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from ..model import Hub, Listing

_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_FURNITURE: Final = frozenset({"nav", "footer"})
_FURNITURE_ROLES: Final = frozenset({"navigation", "contentinfo", "menu", "menubar"})
_FURNITURE_WORDS: Final = frozenset("nav navbar navigation menu footer breadcrumb breadcrumbs social share".split())
_CONTENT: Final = frozenset({"main", "article", "body", "html"})
_WORD: Final = re.compile(r"[a-z]+")


def read(hub: Hub, body: bytes, url: str) -> Listing:
    """Return the articles a section page links to, in page order, and in `hubs` the feeds it names.

    With `hub.selector` the links it selects (or that stand within what it selects), with `hub.pattern` those whose
    address it matches; with neither, same-site links that look like articles and stand in no navigation.
    Raises PageError.
    """
    tree = open_page(body, url)
    collector = Collector(HubKind.PAGE, base_of(tree, url))
    for feed in feeds_of(tree):
        collector.hub(feed)
    try:
        patterns.pattern(hub.pattern)
    except patterns.PatternError as error:
        raise PageError(str(error), resource=url) from None
    count = 0
    for anchor in _anchors(tree, hub.selector, url):
        link = _href(anchor)
        if link and _wanted(anchor, link, collector.base, hub.selector, hub.pattern):
            count += 1
            collector.article(link, _title(anchor))
    if not count:
        collector.warn(_nothing(hub))
    return collector.listing(text_of(tree.css_first("title")))


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """Return what relative links of a page refer to: `<base href>` or its own address."""
    base = tree.css_first("base[href]")
    return (urls.join(url, base.attributes.get("href") or "") if base is not None else None) or url


def feeds_of(tree: LexborHTMLParser) -> list[str]:
    """Return the links to feeds a page names in its head, comment feeds left out."""
    found = []
    for link in tree.css('link[rel~="alternate"][href]'):
        attributes = link.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        href = attributes.get("href") or ""
        if kind in _FEED_TYPES and "comment" not in f"{href} {attributes.get('title') or ''}".lower():
            found.append(href)
    return found


def article_links(tree: LexborHTMLParser, url: str) -> list[str]:
    """Return the addresses of a page that a section page would be taken to list, each once."""
    base = base_of(tree, url)
    found: dict[str, None] = {}
    for anchor in tree.css("a[href]"):
        link = _href(anchor)
        if link and _wanted(anchor, link, base, "", ""):
            found[urls.join(base, link) or ""] = None
    return list(found)


def _anchors(tree: LexborHTMLParser, selector: str, url: str) -> Iterator[LexborNode]:
    if not selector:
        yield from tree.css("a[href]")
        return
    try:
        selected = tree.css(selector)
    except (SelectolaxError, ValueError, RuntimeError) as error:
        raise PageError(
            f"{selector!r} is no CSS selector: {error}", resource=url, hint="as in: selector = 'h2 a'"
        ) from None
    for node in selected:
        if node.tag == "a":
            yield node
        else:
            yield from node.css("a[href]")


def _wanted(anchor: LexborNode, link: str, base: str, selector: str, wanted: str) -> bool:
    if selector and not wanted:
        return True
    address = urls.join(base, link)
    if address is None:
        return False
    if wanted:
        return patterns.found(wanted, address)
    return (
        site_of(urls.host_of(address)) == site_of(urls.host_of(base))
        and looks_like_article(address)
        and not _in_furniture(anchor)
    )


def _in_furniture(anchor: LexborNode) -> bool:
    node: LexborNode | None = anchor
    while node is not None and node.tag not in _CONTENT:
        attributes = node.attributes
        if node.tag in _FURNITURE or (attributes.get("role") or "").lower() in _FURNITURE_ROLES:
            return True
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        if not _FURNITURE_WORDS.isdisjoint(_WORD.findall(named)):
            return True
        node = node.parent
    return False


def _href(anchor: LexborNode) -> str:
    return (anchor.attributes.get("href") or "").strip()


def _title(anchor: LexborNode) -> str:
    heading = anchor.css_first("h1, h2, h3, h4")
    return plain(text_of(heading) or text_of(anchor) or anchor.attributes.get("title") or "")


def _nothing(hub: Hub) -> str:
    if hub.selector or hub.pattern:
        rule = " and ".join(
            f"{key} {value!r}" for key, value in (("selector", hub.selector), ("pattern", hub.pattern)) if value
        )
        return f"no link fits the {rule}"
    return "no link looks like an article; name a selector or a pattern"
