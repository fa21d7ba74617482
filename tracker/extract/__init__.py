"""Bytes of a page → what it says: metadata, typed blocks, notices.

`read` works in this process, `ExtractPool` in children that can be killed.
"""

from __future__ import annotations

from .pool import ExtractPool
from .reading import EXTRACTOR, read
from .rules import SiteRules, load_sites

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_sites", "read"]
