"""Parse XML from strangers: no entities, no network, no DTD, bounded depth and text."""

from __future__ import annotations

import html.entities
import re
from typing import Final

from lxml import etree
from lxml.etree import _Element

_ENTITY: Final = re.compile(
    rb"&(?:(#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);|([a-z][a-z0-9]{1,31});)?", re.IGNORECASE
)
_MAX_PROLOG_BYTES: Final = 64 * 1024


def parse(body: bytes, url: str = "") -> _Element:
    """Return the root of a well-formed document; *url* is what `xml:base` refers to. Raises etree.XMLSyntaxError.

    libxml2's own limits (256 levels, 10 MB of text in a node) stay on, since huge_tree is off.
    """
    return etree.fromstring(
        body.lstrip(b" \t\r\n"),
        etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False),
        base_url=url,
    )


def repair_entities(body: bytes) -> bytes:
    """Return a document with every bare ``&`` escaped and the entities of HTML written as numbers of characters."""
    return _ENTITY.sub(_repaired, body)


def parse_broken(body: bytes) -> _Element | None:
    """Return the root of what libxml2 can recover of a document; None if it has none."""
    return etree.fromstring(
        body.lstrip(b" \t\r\n"),
        etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True),
    )


def _repaired(found: re.Match[bytes]) -> bytes:
    """Return a reference that XML knows: as it is, as numbers of characters, or with its ``&`` escaped."""
    if found[1]:
        return found[0]
    characters = html.entities.html5.get(f"{found[2].decode()};", "") if found[2] else ""
    return b"".join(b"&#%d;" % ord(each) for each in characters) or b"&amp;" + found[0][1:]


def declares_entities(body: bytes) -> bool:
    """Say whether a document declares entities of its own."""
    return b"<!ENTITY" in body[:_MAX_PROLOG_BYTES]


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: _Element) -> str:
    """Return the text directly within an element."""
    return (element.text or "").strip()
