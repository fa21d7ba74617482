"""Find article addresses in feeds, sitemaps, section pages and OPML lists; without network or clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .hub_kind import detect_hub_kind
    from .hub_reader import read_hub, read_hub_or_failure, read_listing
    from .source_names import name_for

__all__ = ["detect_hub_kind", "name_for", "read_hub", "read_hub_or_failure", "read_listing"]

__getattr__ = lazy_names(
    __name__,
    {
        "hub_kind": "detect_hub_kind",
        "hub_reader": "read_hub read_hub_or_failure read_listing",
        "source_names": "name_for",
    },
)
