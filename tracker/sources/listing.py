"""A listing in the making: each article once, addresses resolved, no more than a sitemap may hold."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .. import urls
from ..model import HubKind, Listing, Target

if TYPE_CHECKING:
    from datetime import datetime

MAX_TARGETS: Final = 50_000
"""Addresses taken from one page: what https://www.sitemaps.org/protocol.html allows a sitemap."""

_LONGEST_TITLE: Final = 500
_LONGEST_URL: Final = 4096
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """Return a title as one line of text: entities read, tags and control characters dropped, at most 500 characters.

    Titles arrive as text, as HTML, and as HTML escaped once more; all three read the same here.
    """
    text = html.unescape(_TAG.sub("", html.unescape(text[: 4 * _LONGEST_TITLE])))
    return " ".join(_CONTROL.sub("", text).split())[:_LONGEST_TITLE]


class Collector:
    """Gathers targets and hubs of one page; what was left out is told in the listing's warnings."""

    def __init__(self, kind: HubKind, base: str) -> None:
        self.kind = kind
        self.base = base
        self._targets: dict[str, Target] = {}
        self._hubs: dict[str, None] = {}
        self._warnings: list[str] = []
        self._unusable = 0
        self._cut = False

    @property
    def full(self) -> bool:
        """Say whether something was left out because the page lists too much."""
        return self._cut

    @property
    def found(self) -> bool:
        """Say whether there is anything yet."""
        return bool(self._targets or self._hubs)

    def warn(self, text: str) -> None:
        """Note what a user should know of this page."""
        self._warnings.append(text)

    def article(
        self, link: str, title: str = "", published: datetime | None = None, updated: datetime | None = None
    ) -> None:
        """Take an article address, relative or not; what is no http(s) address is counted and left out."""
        resolved = self._resolve(link)
        if resolved is None:
            return
        url, key = resolved
        known = self._targets.get(key)
        if known is not None:
            self._targets[key] = replace(
                known,
                title=known.title or title,
                published=known.published or published,
                updated=known.updated or updated,
            )
        elif len(self._targets) >= MAX_TARGETS:
            self._cut = True
        else:
            self._targets[key] = Target(urls.untracked(url), title, published, updated)

    def hub(self, link: str) -> None:
        """Take the address of a further hub."""
        resolved = self._resolve(link)
        if resolved is None:
            return
        # by address, not by identity: ?feedname=world tells two feeds apart
        if resolved[0] not in self._hubs and len(self._hubs) >= MAX_TARGETS:
            self._cut = True
        else:
            self._hubs[resolved[0]] = None

    def listing(self, title: str = "") -> Listing:
        """Return what was gathered."""
        warnings = list(self._warnings)
        if self._unusable:
            warnings.append(f"{self._unusable} of its links are no web addresses and were left out")
        if self._cut:
            warnings.append(f"it lists more than {MAX_TARGETS} addresses; the rest was left out")
        return Listing(self.kind, tuple(self._targets.values()), tuple(self._hubs), plain(title), tuple(warnings))

    def _resolve(self, link: str) -> tuple[str, str] | None:
        link = link.strip()
        url = urls.join(self.base, link) if link and len(link) <= _LONGEST_URL else None
        if url is None:
            self._unusable += 1
            return None
        return url, urls.identity(url)
