"""Read and write OPML 2.0 (http://opml.org/spec2.opml), the subscription lists of feed readers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from lxml import etree

from tracker.addresses import urls
from tracker.config.source_names import name_for
from tracker.errors import PageError
from tracker.model.source import Hub, HubKind

from . import safe_xml
from .body_format import BodyFormat, detect_format
from .listing_builder import plain_title

# Our attributes for section pages, sitemaps and their rules, which OPML cannot express.
_OURS: Final = "https://pypi.org/project/writethru/#opml"
_KIND: Final = f"{{{_OURS}}}kind"
_SELECTOR: Final = f"{{{_OURS}}}selector"
_NO_BASE: Final = "https://example.invalid/"
_XML_URL: Final = re.compile(r"""\sxmlUrl\s*=\s*["']\s*([^"'<>\s]+)\s*["']""", re.IGNORECASE)
# The scheme by which browsers opened feed readers: feed://x.org/rss and feed:https://x.org/rss.
_FEED_SCHEME: Final = re.compile(r"\A\s*feed:(?://(?=https?:)|(//))?", re.IGNORECASE)
_PATTERN: Final = f"{{{_OURS}}}pattern"


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The hubs of a list, in order, each address once; `warning` is empty unless the file is not well-formed."""

    hubs: tuple[Hub, ...]
    warning: str = ""


def read(body: bytes) -> Subscriptions:
    """Return the hubs in a list; outlines without a usable address are skipped.

    The source of a hub is named after the title of its outline; in a list that `text` wrote, after that of the outline
    around it. Many lists are not well-formed: their readable parts are used. Raises PageError if the bytes are not OPML
    or nothing can be read.
    """
    if detect_format(body) is not BodyFormat.OPML:
        raise PageError("not an OPML file", hint="export the list from your feed reader as OPML")
    warning = ""
    root: etree._Element | None = None
    try:
        root = safe_xml.parse(body)
    except etree.XMLSyntaxError as error:
        body = safe_xml.repair_entities(body)  # libxml2 would drop a bare & from an address
        with suppress(etree.XMLSyntaxError):  # libxml2 takes a text that begins with NUL for an empty one
            root = safe_xml.parse_as_is(body, recover=True)
        warning = f"the OPML file is not well-formed ({error.msg}); feeds may be missing"
    found: dict[str, Hub] = {}
    for outline in root.iter("{*}outline", "{*}OUTLINE") if root is not None else ():
        hub = _hub(outline)
        if hub is not None:
            found.setdefault(hub.url, hub)
    if warning:
        # Recovery drops an outline whose title or description has a bare quotation mark.
        for address in _XML_URL.findall(body.decode("utf-8", "replace")):
            url = urls.join(_NO_BASE, html.unescape(address)) if "://" in address else None
            if url is not None:
                found.setdefault(url, Hub(name_for("", url), HubKind.FEED, url))
    if warning and not found:
        raise PageError("no feeds could be read from the OPML file", hint="export it again from your feed reader")
    return Subscriptions(tuple(found.values()), warning)


def text(hubs: Iterable[Hub], title: str = "Writethru") -> str:
    """Return the hubs as OPML for `read` and for feed readers: feeds as ``rss``, the rest as links."""
    root = etree.Element("opml", version="2.0", nsmap={"writethru": _OURS})
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
    """Return the hub of one outline, or None if it has no absolute address."""
    attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    own_kind = attributes.get(_KIND.lower(), "")
    kind = HubKind(own_kind) if own_kind in set(HubKind) else HubKind.FEED
    address = attributes.get("xmlurl") or (attributes.get("url", "") if own_kind else "")
    address = _FEED_SCHEME.sub(lambda found: "http://" if found[1] else "", address)
    url = urls.join(_NO_BASE, address) if "://" in address else None
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
