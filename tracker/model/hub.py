"""Hubs: the pages that list articles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HubKind(StrEnum):
    """Where article addresses come from."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Hub:
    """A page that lists articles: a feed, a sitemap, or a section page with its link rules.

    Attributes:
        selector: a CSS selector for the links of a section page.
        pattern: a regular expression that the links' addresses must match.
    """

    source: str
    kind: HubKind
    url: str
    selector: str = ""
    pattern: str = ""
