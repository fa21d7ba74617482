"""Parse a web page into a tree, but only one that the parser is known to finish quickly."""

from __future__ import annotations

import re
from typing import Final

import webencodings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..errors import PageError
from ..parser_limits import truncate

MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
MAX_TAGS: Final = 300_000
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


def parse_page(body: bytes, url: str) -> LexborHTMLParser:
    """Return the tree of a page, decoded by byte order mark, then `<meta charset>`, then as UTF-8.

    *url* is for the message only. Raises PageError if the page is too large or built to stall the parser.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise PageError(f"the page is larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB", resource=url)
    declared = _CHARSET.search(body[:4096])
    # Only the labels of https://encoding.spec.whatwg.org/: Python's registry also has codecs that are slow.
    encoding = webencodings.lookup(declared.group(1).decode("ascii", "replace")) if declared else None
    text, _ = webencodings.decode(body, encoding or webencodings.UTF8, errors="replace")
    page = text.encode("utf-8", "replace")
    _, danger = truncate(page, MAX_TAGS)
    if danger:
        raise PageError(
            f"the page would stall the parser: {danger}", resource=url, hint="use the outlet's feed or sitemap instead"
        )
    return LexborHTMLParser(page)


def text_of(node: LexborNode | None) -> str:
    """Return a node's text on one line."""
    return "" if node is None else " ".join(node.text(deep=True, separator=" ").split())
