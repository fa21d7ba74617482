"""Extract articles from pages: metadata, typed blocks, notices.

`read` works in this process; `ExtractPool` does in child processes that can be killed.
"""

from .extractor import EXTRACTOR, read
from .pool import ExtractPool
from .site_rules import SiteRules, load_site_rules

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_site_rules", "read"]
