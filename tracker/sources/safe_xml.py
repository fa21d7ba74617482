"""Parse XML from strangers: no entities, no network, no DTD, bounded depth and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_PROLOG_BYTES: Final = 64 * 1024


def parse(body: bytes) -> _Element:
    """Return the root of a well-formed document. Raises etree.XMLSyntaxError.

    libxml2's own limits (256 levels, 10 MB of text in a node) stay on, since huge_tree is off.
    """
    return etree.fromstring(
        body.lstrip(b" \t\r\n"),
        etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False),
    )


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
