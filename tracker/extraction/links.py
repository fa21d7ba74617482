"""Where the news text leads: the links of its blocks, absolute and without what tracks readers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError
from tracker.model import Link
from tracker.urls import fetchable, identity

from . import phrases
from .text import clean

# Addresses that are their own identity, but for the scheme: no query, no port, no escapes, no default file.
_PLAIN: Final = re.compile(r"https?://[\w-]+(?:\.[\w-]+)*/(?!(?:.*/)?(?:index|default)\.)[\w./~+,;=@!$&'()*-]*")

if TYPE_CHECKING:
    from tracker.model import Block

    from .tree import Element, Line, PageTree


@dataclass(frozen=True)
class Base:
    """What links of a page are relative to: its address, and what its <base> says."""

    url: str = ""
    told: str = ""

    @cached_property
    def address(self) -> str:
        """Return the address that relative links are joined to; empty where none is known."""
        try:
            return fetchable(self.told or self.url, self.url or None)
        except UsageError:
            return self.url

    @cached_property
    def origin(self) -> str:
        """Return scheme and host of the address."""
        scheme, _, rest = self.address.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"

    @cached_property
    def own(self) -> str:
        """Return the identity of the page itself; empty where none is known."""
        try:
            return identity(self.url)
        except UsageError:
            return ""

    def absolute(self, href: str) -> str:
        """Return the address that *href* leads to, empty where that is no other page."""
        if not href or href[0] == "#":
            return ""
        try:
            url = fetchable(*self._joined(href))
            if _PLAIN.fullmatch(url):
                return url if url.partition("://")[2] != self.own else ""
            found = identity(url)
        except UsageError:
            return ""
        return f"{url.partition('://')[0]}://{found}" if found != self.own else ""

    def _joined(self, href: str) -> tuple[str, str | None]:
        """Join what is joined by writing it down; the rest is left to who knows the rules."""
        if href.startswith(("http:", "https:")) or not self.address:
            return href, None
        if href[0] == "/" and href[:2] != "//":
            return self.origin + href, None
        return href, self.address


def with_links(block: Block, line: Line, page: PageTree, base: Base) -> Block:
    """Return *block* with its links in order; only what is news has any."""
    if not line.anchors or not block.editorial:
        return block
    found = []
    for index, group in groupby(line.anchors, key=lambda anchor: _index(anchor[0])):
        text = clean("".join(part for _, part in group))
        href = base.absolute(page.hrefs.get(index, ""))
        if text and href and text in block.text and not (phrases.boilerplate(text) or phrases.promo(text)):
            found.append(Link(text, href))
    return replace(block, links=tuple(found)) if found else block


def _index(element: Element) -> int:
    """Return the index of the link that *element* is or stands in."""
    node: Element | None = element
    while node is not None and node.tag != "a":
        node = node.parent
    return node.index if node is not None else -1
