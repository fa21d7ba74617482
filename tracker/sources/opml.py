"""OPML 2.0 (http://opml.org/spec2.opml): subscription lists of feed readers, in and out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from lxml import etree

from .. import urls
from ..errors import PageError
from ..model import Hub, HubKind
from . import xmlsafe
from .envelope import Form, form_of
from .listing import plain
from .names import name_for

if TYPE_CHECKING:
    from collections.abc import Iterable

_KIND: Final = "{https://writethru.example/opml}kind"
_SELECTOR: Final = "{https://writethru.example/opml}selector"
_PATTERN: Final = "{https://writethru.example/opml}pattern"
_NAMESPACE: Final = {"writethru": "https://writethru.example/opml"}


def read(body: bytes) -> tuple[Hub, ...]:
    """Return the hubs a list names, each address once, in its order; outlines without a usable address are skipped.

    A feed stands under the title of the outline around it, where there is one that `text` wrote, else under its own.
    Raises PageError where the bytes are no OPML.
    """
    if form_of(body) is not Form.OPML:
        raise PageError("this is no OPML file", hint="export the list from your feed reader as OPML")
    try:
        root = xmlsafe.parse(body)
    except etree.XMLSyntaxError as error:
        raise PageError(f"the OPML file cannot be read: {error.msg}", hint="export it once more") from None
    found: dict[str, Hub] = {}
    for outline in root.iter("outline", "OUTLINE"):
        hub = _hub(outline)
        if hub is not None:
            found.setdefault(hub.url, hub)
    return tuple(found.values())


def text(hubs: Iterable[Hub], title: str = "Writethru") -> str:
    """Return a list that `read` gives back whole and other readers can import: feeds as ``rss``, the rest as links."""
    root = etree.Element("opml", version="2.0", nsmap=_NAMESPACE)
    etree.SubElement(etree.SubElement(root, "head"), "title").text = plain(title)
    body = etree.SubElement(root, "body")
    for source, group in groupby(hubs, key=lambda hub: hub.source):
        name = plain(source)
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
    attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    named = attributes.get(_KIND.lower(), "")
    kind = HubKind(named) if named in set(HubKind) else HubKind.FEED
    address = attributes.get("xmlurl") or (attributes.get("url", "") if named else "")
    url = urls.join("https://example.invalid/", address) if "://" in address else None
    if url is None:
        return None
    parent = outline.getparent()
    around = parent if parent is not None and parent.get(_KIND) == "source" else outline
    title = around.get("title") or around.get("text") or ""
    return Hub(
        source=name_for(plain(title), url),
        kind=kind,
        url=url,
        selector=attributes.get(_SELECTOR.lower(), ""),
        pattern=attributes.get(_PATTERN.lower(), ""),
    )
