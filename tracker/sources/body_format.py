"""Detect the format of a response body from its beginning: feed, sitemap, OPML, web page, JSON or plain text."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from enum import StrEnum
from typing import Final

import webencodings

from tracker.errors import PageError

MAX_UNPACKED_BYTES: Final = 50 * 1024 * 1024
"""The limit of https://www.sitemaps.org/protocol.html for an unpacked sitemap."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WBITS: Final = 16 + zlib.MAX_WBITS  # makes zlib expect a gzip header
_MAX_SNIFFED_BYTES: Final = 8192
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_PROLOG: Final = re.compile(r"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ELEMENT: Final = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")
_DECLARED_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=|<meta[^>]{0,300}charset\s*=", re.IGNORECASE)
_ROOT_AFTER_JUNK: Final = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]", re.IGNORECASE)


class BodyFormat(StrEnum):
    """The format of a body, whatever its content type says."""

    FEED = "feed"
    JSON = "json"
    SITEMAP = "sitemap"
    OPML = "opml"
    HTML = "html"
    TEXT = "text"
    BINARY = "binary"
    XML = "xml"


_FORMATS_BY_ROOT: Final = {
    "rss": BodyFormat.FEED,
    "feed": BodyFormat.FEED,
    "rdf": BodyFormat.FEED,
    "urlset": BodyFormat.SITEMAP,
    "sitemapindex": BodyFormat.SITEMAP,
    "opml": BodyFormat.OPML,
    "html": BodyFormat.HTML,
}
_HTML_TAGS: Final = frozenset(
    "head body title meta link script style div p article main section header nav h1 h2 ul table base noscript".split()
)


def gunzip(body: bytes) -> bytes:
    """Return `body`, unpacked if it is compressed with gzip; several gzip members are joined.

    Raises PageError if it is damaged, cut short, or larger than MAX_UNPACKED_BYTES when unpacked.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    parts: list[bytes] = []
    remaining = MAX_UNPACKED_BYTES
    rest = body
    while rest.startswith(_GZIP_MAGIC):
        member = zlib.decompressobj(_GZIP_WBITS)
        try:
            part = member.decompress(rest, remaining + 1)
        except zlib.error as error:
            raise PageError("the gzip data is damaged", hint="fetch it again") from error
        remaining -= len(part)
        if remaining < 0:
            raise PageError(
                f"the gzip data unpacks to more than {MAX_UNPACKED_BYTES // 1024 // 1024} MiB",
                hint="a sitemap may not be larger; add the sitemaps that it is divided into instead",
            )
        if not member.eof:
            raise PageError("the gzip data is cut short", hint="fetch it again")
        parts.append(part)
        rest = member.unused_data
    return b"".join(parts)


def in_utf8(body: bytes, charset: str) -> bytes:
    """Return `body` in UTF-8 if its encoding is named by the Content-Type header (`charset`) alone, else unchanged."""
    encoding = webencodings.lookup(charset) if charset else None
    if encoding is None or encoding.name == "utf-8" or body.startswith(_UTF16_MARKS):
        return body
    if _DECLARED_ENCODING.search(body[:_MAX_SNIFFED_BYTES]):
        return body
    if encoding.name != "iso-2022-jp":  # which is ASCII by its bytes
        with suppress(UnicodeDecodeError):  # labels are often wrong, but text is never valid UTF-8 by accident
            body.decode()
            return body
    text: str = webencodings.decode(body, encoding, errors="replace")[0]
    return text.encode("utf-8", "replace")


def detect_format(body: bytes) -> BodyFormat:
    """Return the format of unpacked bytes. Raises PageError if they are empty."""
    start = body[:_MAX_SNIFFED_BYTES]
    head = start.decode("utf-16" if start.startswith(_UTF16_MARKS) else "utf-8", "replace")
    text = head.lstrip("\ufeff\u200b \t\r\n\f\v\0")
    if not text:
        raise PageError("the page is empty", hint="open the address in a browser to check it")
    if text.startswith("{"):
        return BodyFormat.JSON
    if text.startswith("<"):
        return _format_by_root(text)
    found = _ROOT_AFTER_JUNK.search(head)  # some feeds begin with a warning from the server
    if found:
        return _format_by_root(head[found.start() :])
    unprintable = sum(1 for c in head if (c < " " and c not in "\t\r\n\f") or c == "\ufffd")
    if "\0" in head or unprintable * 10 >= len(head):
        return BodyFormat.BINARY
    return BodyFormat.HTML if "</" in head else BodyFormat.TEXT


def _format_by_root(text: str) -> BodyFormat:
    """Return the format of markup by the name of its root element, which may follow comments and declarations."""
    is_html_doctype = False
    at = 0
    while prolog := _PROLOG.match(text, at):
        is_html_doctype = is_html_doctype or prolog.group().strip().lower().startswith("<!doctype html")
        at = prolog.end()
    found = _ELEMENT.match(text, at)
    name = found.group(1).lower() if found else ""
    if name in _FORMATS_BY_ROOT:
        return _FORMATS_BY_ROOT[name]
    return BodyFormat.HTML if is_html_doctype or not name or name in _HTML_TAGS else BodyFormat.XML
