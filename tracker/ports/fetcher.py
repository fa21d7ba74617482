"""The seam to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from tracker.model import Failure, FetchResult, Headers, Request

    Allow = Callable[[str], Awaitable[Failure | None]]
    """Asked before every hop of a fetch; a Failure stops it there."""


@runtime_checkable
class Fetcher(Protocol):
    """The one way to the network. Never raises for what the web may do."""

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch one page through at most five redirects, each hop vetted by address and by *allow*.

        A 200 gives a Capture stamped *now*, a 304 NotModified, everything else a Failure (404 too: kind STATUS).
        """
        ...

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send *body*, follow nothing, and return status and headers.

        *private* lets this one request reach private addresses (a webhook target may say so).
        Raises DeliveryError where no answer came.
        """
        ...

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send *body* as `post` does, and return status and the decoded answer, at most 64 KiB long."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
