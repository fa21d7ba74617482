"""Everything that touches the network: the client, which addresses it may reach, and how often it asks a host.

`robots` and `politeness` are pure; the client, and httpx with it, is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .browser import BrowserFetcher
    from .client import HttpFetcher

__all__ = ["BrowserFetcher", "HttpFetcher"]


def __getattr__(name: str) -> object:  # PEP 562
    if name == "HttpFetcher":
        from .client import HttpFetcher

        return HttpFetcher
    if name == "BrowserFetcher":
        from .browser import BrowserFetcher

        return BrowserFetcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
