"""Bytes of a page → what it says: metadata, typed blocks, notices.

`read` works in this process, `ExtractPool` in children that can be killed.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from .pool import ExtractPool
from .reading import EXTRACTOR, read
from .rules import SiteRules, load_sites

__all__ = ["EXTRACTOR", "ExtractPool", "SiteRules", "load_sites", "read"]

if TYPE_CHECKING:
    from ..model import Article


class _Room(ModuleType):
    """This room, callable: its import takes the place of the function `tracker.extract`, which it must still be."""

    def __call__(self, html: bytes, url: str | None = None) -> Article:
        return read(html, url).article


sys.modules[__name__].__class__ = _Room
