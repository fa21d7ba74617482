"""Everything that touches the network: the client, which addresses it may reach, and how often it asks a host.

`robots` and `politeness` are pure; the client, and httpx with it, is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .browser import BrowserFetcher
    from .client import HttpFetcher

__all__ = ["BrowserFetcher", "HttpFetcher"]

__getattr__ = lazy_names(__name__, {"browser": "BrowserFetcher", "client": "HttpFetcher"})
