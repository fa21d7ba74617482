"""Saved pages of a browser: HTML, also of SingleFile, MHTML, and WACZ packages of one page."""

from __future__ import annotations

import email
import re
import tempfile
from dataclasses import dataclass
from email.message import Message
from html import unescape
from pathlib import Path
from typing import Final

from tracker.addresses.urls import identity, join
from tracker.errors import PageError
from tracker.extraction import reader
from tracker.model.article import Reading

from .warc_read import Warcs

_WACZ: Final = b"PK\x03\x04"
# Its start shows the format of a file; the address of a page is in its head.
_START_BYTES: Final = 4_096
_HEAD_BYTES: Final = 500_000
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
MAX_NAMED_PAGES: Final = 3
_HEADER: Final = re.compile(rb"[A-Za-z-]+:[^\n]*\n")
_MARKUP: Final = re.compile(rb"<(?:!doctype html|html|head|body|title|article)\b", re.IGNORECASE)
# Written at the top of a page by SingleFile, and by "Save as" of browsers.
_SAVED_FROM: Final = re.compile(rb"<!--\s*(?:Page saved with SingleFile\s+url:|saved from url=\(\d+\))\s*(\S+)")
_OG_URL: Final = re.compile(
    rb"<meta\b(?=[^>]{0,999}\bog:url\b)[^>]{0,999}\bcontent\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A saved page as it was read, and the addresses that it says are its own."""

    reading: Reading
    addresses: tuple[str, ...]


def read_saved(file: bytes, url: str, named: str, charset: str) -> SavedPage:
    """Read a saved page, HTML or MHTML; `named` is its address in the package that it came from, if any.

    Runs in a child process that can be killed. Raises PageError.
    """
    html = file.lstrip()
    if _HEADER.match(html) and b"multipart/related" in html[:_START_BYTES].lower():
        try:
            html, named, charset = _of_mhtml(email.message_from_bytes(html))
        except RecursionError:
            raise PageError("this MHTML file is nested too deeply") from None
    start = html[:_START_BYTES]
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16, in which half of the bytes are zero
    if not (is_wide or (start.startswith((b"<", b"\xef\xbb\xbf")) and _MARKUP.search(start) and b"\0" not in start)):
        raise PageError("this file is not a web page; it may be a program, or in another format")
    reading = reader.read(html, url, charset, 200, "")
    stated = [*_SAVED_FROM.findall(start), *_OG_URL.findall(html[:_HEAD_BYTES])]
    found = (named, reading.article.canonical_url, *(unescape(each.decode("latin-1")) for each in stated))
    return SavedPage(reading, tuple(full for each in found if each and (full := join(url, each))))


def _of_mhtml(message: Message) -> tuple[bytes, str, str]:
    """Return the page of an MHTML file, and its address and encoding, empty where the file does not say."""
    snapshot = str(message["Snapshot-Content-Location"] or "")
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise PageError("this MHTML file contains no page")
    page = next((part for part in pages if part["Content-Location"] == snapshot), pages[0])
    body = page.get_payload(decode=True)
    address = snapshot or str(page["Content-Location"] or "")
    return body if isinstance(body, bytes) else b"", address, page.get_content_charset("")


def unpack_wacz(file: bytes, url: str) -> tuple[bytes, str, str] | None:
    """Return the page of a WACZ package, its address and encoding; None if the file is not such a package.

    If it has several pages, the last capture of `url` is returned. Raises PageError.
    """
    if not file.startswith(_WACZ):
        return None
    with tempfile.NamedTemporaryFile(suffix=".wacz") as copy:
        copy.write(file)
        copy.flush()
        with Warcs([Path(copy.name)]) as packed:
            # One page at a time, because a package may unpack to many large ones.
            own, other, others = None, None, list[str]()
            for found in packed.captures():
                if identity(url) in {identity(found.capture.url), identity(found.capture.final_url)}:
                    own = found.capture
                elif len(others) < MAX_NAMED_PAGES:
                    other = found.capture
                    others.append(other.final_url)
    chosen = own or (other if len(others) == 1 else None)
    if chosen is None:
        hint = f"it has {', '.join(dict.fromkeys(others)) or 'no pages'}"
        raise PageError("the package has no page with this address", hint=hint)
    return chosen.body, chosen.final_url, chosen.charset
