"""Read an article page: metadata, typed blocks, notices.

`read` works in this process; `ExtractPool` reads in child processes that can be killed.
"""

from .pool import ExtractPool
from .reading import EXTRACTOR, read
from .rules import SiteRules, load_sites

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_sites", "read"]
