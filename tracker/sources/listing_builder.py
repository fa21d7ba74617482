"""Build a Listing: each article once, with absolute addresses, and no more of them than a sitemap may have."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from tracker.addresses import urls
from tracker.model.source import HubKind, Listing, Target

MAX_TARGETS: Final = 50_000
"""Addresses taken from one page: the limit of https://www.sitemaps.org/protocol.html for a sitemap."""

_MAX_TITLE_CHARS: Final = 500
_MAX_URL_CHARS: Final = 4096
_SCRIPT: Final = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"</?([A-Za-z][\w:-]*)(?:\s[^<>]*)?/?>|<!--.*?-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_BREAKS: Final = frozenset("br p div li h1 h2 h3 h4 h5 h6".split())
# Feeds that declare ISO-8859-1 are in windows-1252, like all of the web: these are its quotation marks and dashes.
_WINDOWS_1252: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain_title(text: str) -> str:
    """Return a title on one line, without tags, scripts, entities and control characters, at most 500 characters long.

    Titles arrive as text, as HTML, and as HTML that is escaped again; all three give the same result.
    """
    text = html.unescape(text[: 4 * _MAX_TITLE_CHARS])
    # Elements that are lines on a page are separated by a space.
    text = _TAG.sub(lambda tag: " " if (tag[1] or "").lower() in _BREAKS else "", _SCRIPT.sub("", text))
    text = html.unescape(text)
    return " ".join(_CONTROL.sub("", text.translate(_WINDOWS_1252)).split())[:_MAX_TITLE_CHARS]


class ListingBuilder:
    """Collects the articles and hubs of one page; the listing's warnings say how many links were left out.

    Relative links are joined to `base`. `full` is whether the page lists more than MAX_TARGETS addresses.
    """

    def __init__(self, kind: HubKind, base: str) -> None:
        self.kind = kind
        self.base = base
        self._targets: dict[str, Target] = {}
        self._hubs: dict[str, None] = {}
        self._warnings: list[str] = []
        self._invalid_links = 0
        self.full = False

    @property
    def empty(self) -> bool:
        """Return whether nothing was added yet."""
        return not (self._targets or self._hubs)

    def warn(self, text: str) -> None:
        """Add a warning for the user."""
        self._warnings.append(text)

    def add_article(
        self, link: str, title: str = "", published: datetime | None = None, updated: datetime | None = None
    ) -> None:
        """Add an article by its link, relative or not; a link that is not http(s) is counted and left out.

        If the article is already listed, only a missing title and missing dates are added to it.
        """
        url = self._resolve(link)
        if url is None:
            return
        key = urls.identity(url)
        known = self._targets.get(key)
        if known is not None:
            self._targets[key] = replace(
                known,
                title=known.title or title,
                published=known.published or published,
                updated=known.updated or updated,
            )
        elif len(self._targets) >= MAX_TARGETS:
            self.full = True
        else:
            # By the first version of the tables, so that articles stored under such an address are found; the archive
            # drops the parameters of later versions from the addresses of new articles.
            self._targets[key] = Target(urls.untracked(url, version=1), title, published, updated)

    def add_hub(self, link: str) -> None:
        """Add the address of a further hub."""
        url = self._resolve(link)
        if url is None:
            return
        # By address, not by identity: a parameter that looks like tracking (?feedname=world) tells two feeds apart.
        if url not in self._hubs and len(self._hubs) >= MAX_TARGETS:
            self.full = True
        else:
            self._hubs[url] = None

    def build(self, title: str = "") -> Listing:
        """Return the listing."""
        warnings = list(self._warnings)
        if self._invalid_links:
            warnings.append(f"left out {self._invalid_links} of its links: not web addresses")
        if self.full:
            warnings.append(f"it lists more than {MAX_TARGETS} addresses; the rest were left out")
        return Listing(self.kind, tuple(self._targets.values()), tuple(self._hubs), plain_title(title), tuple(warnings))

    def _resolve(self, link: str) -> str | None:
        link = link.strip().replace("&amp;", "&")  # escaped twice, or in CDATA
        url = urls.join(self.base, link) if link and len(link) <= _MAX_URL_CHARS else None
        if url is None:
            self._invalid_links += 1
        return url
