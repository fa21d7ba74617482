"""Read web pages: the article links of a section page, the feeds that it names, and the links in an article's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import unquote, urlsplit

import webencodings
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tracker import patterns
from tracker.addresses import urls
from tracker.addresses.urls import registrable_domain
from tracker.errors import PageError
from tracker.model.source import Hub, HubKind, Listing
from tracker.parser_limits import truncate

from .listing_builder import ListingBuilder, plain_title

MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
MAX_TAGS: Final = 300_000
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)

_ESCAPE: Final = b"\x1b"

_DATE: Final = re.compile(r"/(?:19|20)\d{2}(?:[/-]?(?:0[1-9]|1[0-2]|[a-z]{3}))(?:[/-]?(?:[0-2]?\d|3[01]))?(?=[/-]|$)")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{6,}(?!\d)")
# Letters and digits mixed, as in /articles/c4g1x2y3z4wo.
_OPAQUE_ID: Final = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{9,}")
_PAGE_SUFFIX: Final = re.compile(r"\.(?:html?|php|aspx?|ece|cms|jsp|amp|shtml)$")
_FILE_SUFFIX: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|pdf|zip|mp[34]|m3u8|webm|css|js|json|xml|rss|ics|csv|xlsx?|docx?|txt)$"
)
_NON_ARTICLE_SEGMENTS: Final = frozenset(
    "tag tags topic topics author authors profile profiles people category categories search login signin signup "
    "register subscribe subscription account newsletter newsletters rss feed feeds about contact privacy terms "
    "advertise careers jobs help faq cookie cookies weather horoscope crosswords".split()
)
_MIN_SLUG_WORDS: Final = 4
_MIN_SLUG_CHARS: Final = 20


def parse_page(body: bytes, url: str) -> LexborHTMLParser:
    """Return the tree of a page, decoded by byte order mark, then `<meta charset>`, then as UTF-8.

    Valid UTF-8 is taken as UTF-8 whatever the label says, as for articles: labels are often wrong. `url` is only for
    the message. Raises PageError if the page is too large or would stall the parser.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise PageError(f"the page is larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB", resource=url)
    page = None
    if _ESCAPE not in body:  # ISO-2022-JP is ASCII by its bytes
        with suppress(UnicodeDecodeError):
            page = body.decode("utf-8-sig").encode()
    if page is None:
        declared = _CHARSET.search(body[:4096])
        # Only the labels of https://encoding.spec.whatwg.org/: Python's registry also has codecs that are slow.
        encoding = webencodings.lookup(declared.group(1).decode("ascii", "replace")) if declared else None
        text: str = webencodings.decode(body, encoding or webencodings.UTF8, errors="replace")[0]
        page = text.encode("utf-8", "replace")
    _, danger = truncate(page, MAX_TAGS)
    if danger:
        raise PageError(
            f"the page would stall the parser: {danger}", resource=url, hint="use the outlet's feed or sitemap instead"
        )
    return LexborHTMLParser(page)


def text_of(node: LexborNode | None) -> str:
    """Return a node's text on one line."""
    return "" if node is None else " ".join(node.text(deep=True, separator=" ").split())


_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
# Elements, roles and names of navigation.
_NAVIGATION_TAGS: Final = frozenset({"nav", "footer"})
_NAVIGATION_ROLES: Final = frozenset({"navigation", "contentinfo", "menu", "menubar"})
_NAVIGATION_NAMES: Final = frozenset("nav navbar navigation menu footer breadcrumb breadcrumbs social share".split())
_CONTENT_TAGS: Final = frozenset({"main", "article", "body", "html"})
_WORD: Final = re.compile(r"[a-z]+")


def read(hub: Hub, body: bytes, url: str) -> Listing:
    """Return the articles that a section page links to, in page order, and in `hubs` the feeds it names.

    `hub.selector` takes the links that it selects or that are in a selected element, `hub.pattern` those whose address
    it matches. Without both, links on the same site count if they look like articles and are not in the navigation.
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
        link = (anchor.attributes.get("href") or "").strip()
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
            else "No article links found. Does the site have a feed?"
        )
    return builder.build(text_of(tree.css_first("title")))


def base_url(tree: LexborHTMLParser, url: str) -> str:
    """Return the address that relative links of a page are joined to: `<base href>` or its own address."""
    base = tree.css_first("base[href]")
    return (urls.join(url, base.attributes.get("href") or "") if base is not None else None) or url


def feed_links(tree: LexborHTMLParser) -> list[str]:
    """Return the links to feeds in the head of a page, without feeds of comments."""
    found = []
    for link in tree.css('link[rel~="alternate"][href]'):
        attributes = link.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        href = attributes.get("href") or ""
        if kind in _FEED_TYPES and "comment" not in f"{href} {attributes.get('title') or ''}".lower():
            found.append(href)
    return found


def article_links(tree: LexborHTMLParser, url: str) -> list[str]:
    """Return the addresses, each once, that a section page lists without a selector or pattern."""
    base = base_url(tree, url)
    found: dict[str, None] = {}
    for anchor in tree.css("a[href]"):
        link = (anchor.attributes.get("href") or "").strip()
        if link and _is_listed(anchor, link, base, "", ""):
            found[urls.join(base, link) or ""] = None
    return list(found)


def _anchors(tree: LexborHTMLParser, selector: str, url: str) -> Iterator[LexborNode]:
    """Yield the links that `selector` selects or that are inside a selected element; every link if it is empty."""
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


def looks_like_article(url: str) -> bool:
    """Return whether the path of an absolute address has a date, a long slug, a long number or an opaque identifier."""
    path = unquote(urlsplit(url).path).lower().rstrip("/")
    segments = [segment for segment in path.split("/") if segment]
    if not segments or _FILE_SUFFIX.search(path) or any(segment in _NON_ARTICLE_SEGMENTS for segment in segments):
        return False
    last = _PAGE_SUFFIX.sub("", segments[-1])
    words = [word for word in re.split(r"[-_.+ ]", last) if word]
    return (
        (len(words) >= _MIN_SLUG_WORDS and len(last) >= _MIN_SLUG_CHARS)
        or (_DATE.search(path) is not None and _PAGE_SUFFIX.sub("", _DATE.sub("", path)).strip("/-") != "")
        or _LONG_NUMBER.search(last) is not None
        or (len(segments) > 1 and any(_OPAQUE_ID.fullmatch(word) for word in words))
    )


def _is_listed(anchor: LexborNode, link: str, base: str, selector: str, pattern: str) -> bool:
    if selector and not pattern:
        return True
    address = urls.join(base, link)
    if address is None:
        return False
    if pattern:
        return patterns.found(pattern, address)
    if registrable_domain(urls.host_of(address)) != registrable_domain(urls.host_of(base)):
        return False
    if not looks_like_article(address):
        return False
    # Links in the navigation are on every page of the site.
    node: LexborNode | None = anchor
    while node is not None and node.tag not in _CONTENT_TAGS:
        attributes = node.attributes
        if node.tag in _NAVIGATION_TAGS or (attributes.get("role") or "").lower() in _NAVIGATION_ROLES:
            return False
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        if not _NAVIGATION_NAMES.isdisjoint(_WORD.findall(names)):
            return False
        node = node.parent
    return True


_TEXT_TAGS: Final = frozenset({"p", "li", "blockquote", "h2", "h3", "h4"})
_ARTICLE_TAGS: Final = frozenset({"article", "main"})
_FURNITURE_TAGS: Final = frozenset({"nav", "aside", "header", "footer", "form", "figure"})


def story_links(body: bytes, url: str) -> list[str]:
    """Return the addresses that the text of the page at `url` links to, on the same host, that look like articles.

    Links in navigation, side columns and footers are left out: they lead to the site's most read articles. Each address
    is returned once, in page order, and that of the page itself is left out. Raises PageError.
    """
    tree = parse_page(body, url)
    base = base_url(tree, url)
    own, host = urls.identity(url), urls.host_of(url)
    found: dict[str, str] = {}
    for anchor in tree.css("article a[href], main a[href]"):
        address = urls.join(base, (anchor.attributes.get("href") or "").strip())
        if address is None or urls.host_of(address) != host or not looks_like_article(address):
            continue
        tags = []  # around the link, innermost first
        node: LexborNode | None = anchor.parent
        while node is not None:
            tags.append(node.tag)
            node = node.parent
        article = next((at for at, tag in enumerate(tags) if tag in _ARTICLE_TAGS), len(tags))
        is_in_text = _FURNITURE_TAGS.isdisjoint(tags) and not _TEXT_TAGS.isdisjoint(tags[:article])
        if is_in_text and (key := urls.identity(address)) != own:
            found.setdefault(key, urls.untracked(address))
    return list(found.values())
