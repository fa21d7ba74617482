"""Files that people hand over: saved pages, plain texts, standard input."""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import PageError, UsageError
from tracker.model import Article, Block, BlockKind

if TYPE_CHECKING:
    from tracker.model import Reading

_GZIP = b"\x1f\x8b"
_LARGEST = 50_000_000
_HTML_ENDINGS = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")
_BLANK_LINE = "\n\n"


def load(name: str) -> bytes:
    """Return the bytes of a file, - for standard input, unpacked where it is gzip. Raises UsageError, PageError."""
    if name == "-":
        body = sys.stdin.buffer.read(_LARGEST + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                body = file.read(_LARGEST + 1)
        except OSError as error:
            raise UsageError(f"the file cannot be read: {error.strerror}", resource=name) from None
    if body.startswith(_GZIP):
        body = _unpacked(body, name)
    if len(body) > _LARGEST:
        raise PageError(f"it has more than {_LARGEST // 1_000_000} MB", resource=name)
    return body


def _unpacked(body: bytes, name: str) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _LARGEST + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise PageError(f"it looks like gzip and is not: {error}", resource=name) from None


def reading(name: str, url: str | None = None) -> Reading:
    """Return what the extractor makes of a saved page."""
    from tracker.extract import read

    return read(load(name), url)


def side(name: str) -> Article:
    r"""Return one side of a diff: a page is extracted, a plain text split at its blank lines.

    Joining the blocks of a plain text by a blank line gives the file back exactly (line ends as \n).
    """
    body = load(name)
    if name.lower().endswith(_HTML_ENDINGS) or _looks_like_html(body):
        from tracker.extract import read

        return read(body).article
    return plain(body.decode("utf-8-sig", "replace").replace("\r\n", "\n"))


def plain(text: str) -> Article:
    """Return a text as an article without a headline: a paragraph between blank lines is a block."""
    blocks = tuple(Block(BlockKind.PARAGRAPH, part) for part in text.split(_BLANK_LINE)) if text else ()
    return Article(blocks=blocks)


def _looks_like_html(body: bytes) -> bool:
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<!--")) or b"<html" in start
