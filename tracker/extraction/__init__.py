"""Extract articles from pages: metadata, typed blocks, notices.

`read` works in this process; `ExtractPool` does in child processes that can be killed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .extractor import read, read_unless_same
    from .extractor_version import EXTRACTOR
    from .pool import ExtractPool
    from .site_rules import SiteRules, load_site_rules

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_site_rules", "read", "read_unless_same"]

__getattr__ = lazy_names(
    __name__,
    {
        "extractor": "read read_unless_same",
        "extractor_version": "EXTRACTOR",
        "pool": "ExtractPool",
        "site_rules": "SiteRules load_site_rules",
    },
)
