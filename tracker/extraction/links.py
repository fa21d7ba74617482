"""Give the blocks of the text their links: absolute addresses, without what tracks readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Final

from tracker.addresses.urls import fetchable, identity
from tracker.errors import UsageError
from tracker.model.article import Block, Link

from .furniture_patterns import is_boilerplate, is_promo
from .page_tree import Element, Line, PageTree
from .text import clean

# Addresses that are their own identity, but for the scheme: no query, no port, no escapes, no default file.
_IDENTITY: Final = re.compile(r"https?://[\w-]+(?:\.[\w-]+)*/(?!(?:.*/)?(?:index|default)\.)[\w./~+,;=@!$&'()*-]*")


@dataclass(frozen=True)
class LinkBase:
    """What the links of a page are relative to: the page's own `url`, and the `href` of its <base>."""

    url: str = ""
    href: str = ""

    @cached_property
    def address(self) -> str:
        """Return the address that relative links are joined to; empty if none is known."""
        try:
            return fetchable(self.href or self.url, self.url or None)
        except UsageError:
            return self.url

    @cached_property
    def origin(self) -> str:
        """Return scheme and host of the address."""
        scheme, _, rest = self.address.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"

    @cached_property
    def own_identity(self) -> str:
        """Return the identity of the page itself; empty if its address is unknown."""
        try:
            return identity(self.url)
        except UsageError:
            return ""

    def absolute(self, href: str) -> str:
        """Return the address that `href` leads to without tracking parameters; empty if that is not another page."""
        if not href or href[0] == "#":
            return ""
        link, base = href, None if href.startswith(("http:", "https:")) else self.address or None
        if base and href[0] == "/" and href[:2] != "//":  # joining it by hand is faster than by urllib
            link, base = self.origin + href, None
        try:
            url = fetchable(link, base)
            scheme, _, rest = url.partition("://")
            found = rest if _IDENTITY.fullmatch(url) else identity(url)
        except UsageError:
            return ""
        return f"{scheme}://{found}" if found != self.own_identity else ""


def with_links(block: Block, line: Line, page: PageTree, base: LinkBase) -> Block:
    """Return `block`, made of `line`, with its links in order; only editorial blocks get any."""
    if not line.anchors or not block.editorial:
        return block
    found = []
    for text, href in links_of(line, page):
        url = base.absolute(href)
        if text and url and text in block.text and not (is_boilerplate(text) or is_promo(text)):
            found.append(Link(text, url))
    return replace(block, links=tuple(found)) if found else block


def links_of(line: Line, page: PageTree) -> Iterator[tuple[str, str]]:
    """Yield the text of each link in `line`, and the address as the page has it; it may be empty."""

    def link_index(anchor: tuple[Element, str]) -> int:
        return next((each.index for each in anchor[0].ancestors() if each.tag == "a"), -1)

    for index, group in groupby(line.anchors, key=link_index):
        yield clean("".join(part for _, part in group)), page.hrefs.get(index, "")
