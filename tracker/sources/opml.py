"""Read and write OPML 2.0 (http://opml.org/spec2.opml), the subscription lists of feed readers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from lxml import etree

from .. import urls
from ..errors import PageError
from ..model.source import Hub, HubKind
from . import safe_xml
from .body_format import BodyFormat, detect_format
from .listing_builder import plain_title
from .source_names import name_for

# Attributes of our own, for what OPML has no words for: section pages, sitemaps and their rules.
_NAMESPACE: Final = {"writethru": "https://writethru.example/opml"}
_KIND: Final = "{https://writethru.example/opml}kind"
_SELECTOR: Final = "{https://writethru.example/opml}selector"
_PATTERN: Final = "{https://writethru.example/opml}pattern"


def read(body: bytes) -> tuple[Hub, ...]:
    """Return the hubs a list names, each address once, in its order; outlines without a usable address are skipped.

    The source of a hub is the title of its outline; in a list that `text` wrote, the title of the outline around it.
    Raises PageError if the bytes are not OPML or cannot be read.
    """
    if detect_format(body) is not BodyFormat.OPML:
        raise PageError("not an OPML file", hint="export the list from your feed reader as OPML")
    try:
        root = safe_xml.parse(body)
    except etree.XMLSyntaxError as error:
        raise PageError(f"the OPML file cannot be read: {error.msg}", hint="export it again") from None
    found: dict[str, Hub] = {}
    for outline in root.iter("outline", "OUTLINE"):
        hub = _hub(outline)
        if hub is not None:
            found.setdefault(hub.url, hub)
    return tuple(found.values())


def text(hubs: Iterable[Hub], title: str = "Writethru") -> str:
    """Return the hubs as OPML for `read` and for feed readers: feeds as ``rss``, the rest as links."""
    root = etree.Element("opml", version="2.0", nsmap=_NAMESPACE)
    etree.SubElement(etree.SubElement(root, "head"), "title").text = plain_title(title)
    body = etree.SubElement(root, "body")
    for source, group in groupby(hubs, key=lambda hub: hub.source):
        name = plain_title(source)
        parent = etree.SubElement(body, "outline", {"text": name, "title": name, _KIND: "source"})
        for hub in group:
            if hub.kind is HubKind.FEED:
                attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": hub.url}
            else:
                attributes = {"type": "link", "text": name, "title": name, "url": hub.url, _KIND: hub.kind.value}
            attributes |= {key: value for key, value in ((_SELECTOR, hub.selector), (_PATTERN, hub.pattern)) if value}
            etree.SubElement(parent, "outline", attributes)
    etree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode") + "\n"


def _hub(outline: etree._Element) -> Hub | None:
    """Return the hub of one outline, None if it has no absolute address."""
    attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    own_kind = attributes.get(_KIND.lower(), "")
    kind = HubKind(own_kind) if own_kind in set(HubKind) else HubKind.FEED
    address = attributes.get("xmlurl") or (attributes.get("url", "") if own_kind else "")
    url = urls.join("https://example.invalid/", address) if "://" in address else None
    if url is None:
        return None
    parent = outline.getparent()
    titled = parent if parent is not None and parent.get(_KIND) == "source" else outline
    title = titled.get("title") or titled.get("text") or ""
    return Hub(
        source=name_for(plain_title(title), url),
        kind=kind,
        url=url,
        selector=attributes.get(_SELECTOR.lower(), ""),
        pattern=attributes.get(_PATTERN.lower(), ""),
    )
