"""Read sitemaps: XML, Google's news extension, index files, and plain lists of addresses.

Sources: https://www.sitemaps.org/protocol.html, https://www.google.com/schemas/sitemap-news/0.9/.
"""

from __future__ import annotations

import io
from typing import Final

from lxml import etree

from tracker.dates.parsing import parse_date
from tracker.errors import PageError
from tracker.model.source import HubKind, Listing

from . import safe_xml
from .body_format import BodyFormat, detect_format
from .listing_builder import ListingBuilder, plain_title
from .safe_xml import local_name, text_of

_ROOT_NAMES: Final = frozenset({"urlset", "sitemapindex"})
_MAX_ENTRY_ELEMENTS: Final = 20_000  # a page with a thousand images and their captions stays far below


def read(body: bytes, url: str) -> Listing:
    """Return the listing of an unpacked sitemap: articles, and in `hubs` the sitemaps that an index names.

    A document that breaks off gives the addresses before the break and a warning. Raises PageError if no address can be
    read.
    """
    if detect_format(body) is BodyFormat.TEXT:
        builder = ListingBuilder(HubKind.SITEMAP, url)
        for line in body.decode("utf-8-sig", "replace").splitlines():
            if line.strip() and not line.startswith("#"):
                builder.add_article(line)
            if builder.full:
                break
    else:
        builder = _read_xml(body, url)
    if builder.empty:
        builder.warn("it lists no addresses")
    return builder.build()


def _read_xml(body: bytes, url: str, *, is_repaired: bool = False) -> ListingBuilder:
    builder = ListingBuilder(HubKind.SITEMAP, url)
    events = etree.iterparse(
        io.BytesIO(safe_xml.prepared(body)),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # a comment in an address would split it
        remove_pis=True,
    )
    try:
        _read_entries(events, url, builder)
    except etree.XMLSyntaxError as error:
        may_repair = not is_repaired and not safe_xml.declares_entities(body)
        if may_repair and (repaired := safe_xml.repair_entities(body)) != body:
            builder = _read_xml(repaired, url, is_repaired=True)
            builder.warn("its XML has an & that is not written &amp;")
            return builder
        if builder.empty:
            raise PageError(
                f"the sitemap's XML cannot be read: {error.msg}", resource=url, hint="open it in a browser to check it"
            ) from None
        builder.warn("its XML is broken or cut short; later addresses are missing")
    return builder


def _read_entries(events: etree.iterparse, url: str, builder: ListingBuilder) -> None:
    """Add each entry to `builder` and then free it, so that a sitemap of any size takes little memory."""
    depth = elements = 0
    for event, element in events:
        if event == "start":
            depth += 1
            elements += 1
            if depth == 1 and (root := local_name(element)) not in _ROOT_NAMES:
                raise PageError(f"this is not a sitemap: its root is <{root}>", resource=url, hint="check the address")
            if elements > _MAX_ENTRY_ELEMENTS:
                raise PageError(
                    f"one entry of the sitemap has more than {_MAX_ENTRY_ELEMENTS} elements",
                    resource=url,
                    hint="the file is broken or malicious; remove it from the source",
                )
            continue
        depth -= 1
        if depth != 1:
            continue
        name = local_name(element)
        # Direct children only: image:loc and video:loc are deeper and lead to no articles.
        parts = {local_name(child): child for child in element}
        link = text_of(parts["loc"]) if "loc" in parts else ""
        if name == "sitemap":
            builder.add_hub(link)
        elif name == "url":
            updated = parse_date(text_of(parts["lastmod"])) if "lastmod" in parts else None
            news = {local_name(child): text_of(child) for child in parts["news"]} if "news" in parts else {}
            published = parse_date(news.get("publication_date", ""))
            builder.add_article(link, plain_title(news.get("title", "")), published, updated)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
        elements = 1
        if builder.full:
            return
