"""Sitemaps: https://www.sitemaps.org/protocol.html, Google's news extension, index files, plain lists of addresses."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from lxml import etree

from ..errors import PageError
from ..model import HubKind
from .dates import parse_date
from .envelope import Form, form_of
from .listing import Collector, plain
from .xmlsafe import local, text_of

if TYPE_CHECKING:
    from ..model import Listing

_ENTRY_NAMES: Final = frozenset({"url", "sitemap"})
_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_LARGEST_ENTRY: Final = 20_000
"""Elements one entry may hold: a page with a thousand images and their captions stays far below."""


def read(body: bytes, url: str) -> Listing:
    """Return what an unpacked sitemap lists: articles, and in `hubs` the sitemaps an index names.

    Raises PageError where not one address can be read; a document that breaks off gives what stood before, and a
    warning.
    """
    collector = Collector(HubKind.SITEMAP, url)
    if form_of(body) is Form.TEXT:
        _lines(body, collector)
    else:
        _xml(body, url, collector)
    if not collector.found:
        collector.warn("it lists no address")
    return collector.listing()


def _lines(body: bytes, collector: Collector) -> None:
    for line in body.decode("utf-8-sig", "replace").splitlines():
        if line.strip() and not line.startswith("#"):
            collector.article(line)
        if collector.full:
            return


def _xml(body: bytes, url: str, collector: Collector) -> None:
    # the prolog goes first: libxml2 takes no blank before <?xml
    events = etree.iterparse(
        io.BytesIO(body.lstrip(b" \t\r\n")),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        _walk(events, url, collector)
    except etree.XMLSyntaxError as error:
        if not collector.found:
            raise PageError(
                f"the sitemap's XML cannot be read: {error.msg}", resource=url, hint="see what the address shows"
            ) from None
        collector.warn("its XML breaks off or is broken; what stood before was taken")


def _walk(events: etree.iterparse, url: str, collector: Collector) -> None:
    depth = held = 0
    for event, element in events:
        if event == "start":
            depth += 1
            held += 1
            if depth == 1 and local(element) not in _ROOTS:
                raise PageError(
                    f"this is no sitemap but a document of <{local(element)}>", resource=url, hint="check the address"
                )
            if held > _LARGEST_ENTRY:
                raise PageError(
                    f"one entry of the sitemap holds more than {_LARGEST_ENTRY} elements",
                    resource=url,
                    hint="the file is broken or hostile; leave it out",
                )
            continue
        depth -= 1
        if depth == 1:
            _entry(element, collector)
            _let_go(element)
            held = 1
            if collector.full:
                return


def _entry(element: etree._Element, collector: Collector) -> None:
    if local(element) not in _ENTRY_NAMES:
        return
    # direct children only: image:loc and video:loc stand deeper and are no articles
    parts = {local(child): child for child in element}
    link = text_of(parts["loc"]) if "loc" in parts else ""
    if local(element) == "sitemap":
        collector.hub(link)
        return
    updated = parse_date(text_of(parts["lastmod"])) if "lastmod" in parts else None
    news = {local(child): text_of(child) for child in parts["news"]} if "news" in parts else {}
    collector.article(link, plain(news.get("title", "")), parse_date(news.get("publication_date", "")), updated)


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
