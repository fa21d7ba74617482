"""A listing: what a hub holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .hub import HubKind


@dataclass(frozen=True, slots=True)
class Target:
    """An article that a hub lists, with what the hub says about it.

    Attributes:
        listed_until: until when the hub is expected to go on listing it.
    """

    url: str
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    listed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the bytes of a hub hold: articles, and further hubs (a sitemap index, a feed that a page names)."""

    kind: HubKind
    targets: tuple[Target, ...] = ()
    hubs: tuple[str, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = ()
