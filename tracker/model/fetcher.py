"""What everything above `fetch` expects of the network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .capture import Failure, FetchResult, Headers, Request

    Allow = Callable[[str], Awaitable[Failure | None]]
    """Called with each URL before it is requested; a Failure ends the fetch there."""


class PageFetcher(Protocol):
    """Fetches pages: over HTTP, through a browser, or from a dictionary in tests."""

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page, following up to five redirects. Never raises for what the web may do.

        Args: request: the URL and what is already known of it. now: the time to stamp a capture with. allow: asked
        before each request, also for each redirect; a Failure it returns ends the fetch.
        Returns: a Capture for status 200, NotModified for 304, a Failure for everything else (404 too: kind STATUS).
        """
        ...


@runtime_checkable
class Fetcher(PageFetcher, Protocol):
    """Fetches pages and sends messages."""

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send *body* and return status and headers of the response. Redirects are not followed.

        Args: private: whether this request may reach private addresses (a webhook target may say so).
        Raises DeliveryError if there is no response.
        """
        ...

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send *body* as `post` does, and return status and decompressed body of the response, at most 64 KiB."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
