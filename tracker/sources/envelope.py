"""What bytes are, told from their beginning: feed, sitemap, OPML, web page, JSON or plain text."""

from __future__ import annotations

import re
import zlib
from enum import StrEnum
from typing import Final

from ..errors import PageError

MAX_UNPACKED: Final = 50 * 1024 * 1024
"""Bytes a gzip'd body may have once unpacked: the limit https://www.sitemaps.org/protocol.html sets for a sitemap."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_WBITS: Final = 16 + zlib.MAX_WBITS
_HEAD: Final = 8192
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_PROLOG: Final = re.compile(r"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ELEMENT: Final = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")
_ROOT_AFTER_JUNK: Final = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]", re.IGNORECASE)


class Form(StrEnum):
    """What a body is by its own testimony."""

    FEED = "feed"
    JSON = "json"
    SITEMAP = "sitemap"
    OPML = "opml"
    HTML = "html"
    TEXT = "text"
    BINARY = "binary"
    XML = "xml"


_ROOTS: Final = {
    "rss": Form.FEED,
    "feed": Form.FEED,
    "rdf": Form.FEED,
    "urlset": Form.SITEMAP,
    "sitemapindex": Form.SITEMAP,
    "opml": Form.OPML,
    "html": Form.HTML,
}
_HTML_TAGS: Final = frozenset(
    "head body title meta link script style div p article main section header nav h1 h2 ul table base noscript".split()
)


def unpack(body: bytes) -> bytes:
    """Return *body*, unpacked where it is gzip'd; several members are joined.

    Raises PageError where it is damaged, cut short, or larger than MAX_UNPACKED.
    """
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    room = MAX_UNPACKED
    rest = body
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(_GZIP_WBITS)
        try:
            part = member.decompress(rest, room + 1)
        except zlib.error as error:
            raise PageError("the gzip'd body is damaged", hint="fetch it again") from error
        room -= len(part)
        if room < 0:
            raise PageError(
                f"the gzip'd body unpacks to more than {MAX_UNPACKED // 1024 // 1024} MiB",
                hint="a sitemap may not be that large; list its parts instead",
            )
        if not member.eof:
            raise PageError("the gzip'd body is cut short", hint="fetch it again")
        parts.append(part)
        rest = member.unused_data
    return b"".join(parts)


def form_of(body: bytes) -> Form:
    """Say what unpacked bytes are, by what stands at their beginning. Raises PageError where there is nothing."""
    head = _head(body)
    text = head.lstrip("\ufeff\u200b \t\r\n\f\v\0")
    if not text:
        raise PageError("the page is empty", hint="open the address in a browser and see what it shows")
    if text.startswith("{"):
        return Form.JSON
    if text.startswith("<"):
        return _by_root(text)
    found = _ROOT_AFTER_JUNK.search(head)
    if found:
        return _by_root(head[found.start() :])
    if "\0" in head or not _printable(head):
        return Form.BINARY
    return Form.HTML if "</" in head else Form.TEXT


def _head(body: bytes) -> str:
    head = body[:_HEAD]
    return head.decode("utf-16", "replace") if head.startswith(_UTF16) else head.decode("utf-8", "replace")


def _by_root(text: str) -> Form:
    doctype_html = False
    at = 0
    while prolog := _PROLOG.match(text, at):
        doctype_html = doctype_html or prolog.group().strip().lower().startswith("<!doctype html")
        at = prolog.end()
    found = _ELEMENT.match(text, at)
    name = found.group(1).lower() if found else ""
    if name in _ROOTS:
        return _ROOTS[name]
    return Form.HTML if doctype_html or not name or name in _HTML_TAGS else Form.XML


def _printable(head: str) -> bool:
    odd = sum(1 for c in head if (c < " " and c not in "\t\r\n\f") or c == "\ufffd")
    return odd * 10 < len(head)
