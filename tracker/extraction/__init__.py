"""Read an article page: metadata, typed blocks, notices.

`read` works in this process; `ExtractPool` reads in child processes that can be killed.
"""

from .extractor import EXTRACTOR, read
from .pool import ExtractPool
from .site_rules import SiteRules, load_sites

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_sites", "read"]
