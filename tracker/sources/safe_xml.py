"""Parse untrusted XML: without entities, network or DTDs, and with limits on depth and text."""

from __future__ import annotations

import html.entities
import re
from typing import Final

from lxml import etree
from lxml.etree import _Element

_ENTITY: Final = re.compile(
    # CDATA stays unchanged; without an end, it is the rest of the document.
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)(?:([a-zA-Z][a-zA-Z0-9]{1,31});)?",
    re.DOTALL,
)
_MAX_REPAIRS: Final = 200_000  # each takes a microsecond or two; a sitemap has 50,000 addresses
_MAX_PROLOG_BYTES: Final = 64 * 1024
_UTF8_MARK: Final = b"\xef\xbb\xbf"
# Programs that build XML in a string declare the encoding of the string. A label that is ASCII is not in UTF-16.
_UTF16_LABEL: Final = re.compile(
    rb"\A(<\?xml\b[^>]{0,100}?)\sencoding\s*=\s*[\"']utf-?16[^\"']{0,2}[\"']", re.IGNORECASE
)


def prepared(body: bytes) -> bytes:
    """Return a document that libxml2 accepts: only a byte order mark before ``<?xml``, and no wrong "utf-16" label."""
    mark = _UTF8_MARK if body.startswith(_UTF8_MARK) else b""
    return mark + _UTF16_LABEL.sub(rb"\1", body.lstrip(_UTF8_MARK + b" \t\r\n"))


def parse(body: bytes, url: str = "") -> _Element:
    """Return the root of a well-formed document; `xml:base` is joined to `url`. Raises etree.XMLSyntaxError.

    huge_tree is off, so the limits of libxml2 apply (256 levels, 10 MB of text in a node). The entities of an external
    DTD, as in RSS 0.91, are read if they are HTML's, and are text otherwise.
    """
    root = parse_as_is(body, url)
    if not declares_entities(body) and next(iter(root.iter(etree.Entity)), None) is not None:
        root = parse_as_is(repair_entities(body), url)
    return root


def parse_as_is(body: bytes, url: str = "", *, recover: bool = False) -> _Element:
    """Return the root of a document without repairs; with `recover`, of a broken one, as far as libxml2 can read it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)
    return etree.fromstring(prepared(body), parser, base_url=url)


def repair_entities(body: bytes) -> bytes:
    """Return a document with every bare ``&`` escaped, and the entities of HTML as numeric references."""
    return _ENTITY.sub(_repaired, body, count=_MAX_REPAIRS)


def _repaired(found: re.Match[bytes]) -> bytes:
    """Return an entity of HTML as numeric references, another with its ``&`` escaped, and CDATA unchanged."""
    if found[0].startswith(b"<"):
        return found[0]
    characters = html.entities.html5.get(f"{found[1].decode()};", "") if found[1] else ""
    return b"".join(b"&#%d;" % ord(each) for each in characters) or b"&amp;" + found[0][1:]


def declares_entities(body: bytes) -> bool:
    """Return whether a document declares entities of its own."""
    return b"<!ENTITY" in body[:_MAX_PROLOG_BYTES]


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: _Element) -> str:
    """Return the text directly within an element."""
    return (element.text or "").strip()
