"""Requests to hosts, their responses, the state of a host between visits, and the protocol of fetchers."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

Headers = tuple[tuple[str, str], ...]


def first_header(headers: Headers, name: str) -> str:
    """Return the value of the first header called `name` (in lower case), or an empty string."""
    return next((value for key, value in headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Request:
    """One page to fetch. `etag` and `last_modified` make the request conditional, `accept` is its Accept header.

    `source` is the source on whose behalf it is fetched: it may have a proxy of its own.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    # Similar to that of browsers: some servers choose their answer by it.
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP response stored whole as evidence.

    Attributes:
        url, final_url: the address asked for, and the one that answered after redirects.
        headers: the headers exactly as received, in order.
        body: the entity body, content encoding removed.
        sha256: the hash of `body`.
        elapsed: how long the fetch took, in seconds.
        hops: the addresses of the redirects in between.
        screenshot: the page as the browser that rendered it showed it, a JPEG file in base64; empty if none was
            taken.
    """

    url: str
    final_url: str
    status: int
    # Pairs, not a mapping: order, case and repetition are part of the evidence.
    headers: Headers
    body: bytes
    fetched_at: datetime
    sha256: str
    elapsed: float = 0.0
    remote_ip: str = ""
    hops: tuple[str, ...] = ()
    request_headers: Headers = ()
    # As text, because it is part of the JSON of a capture, whose hash is in the log.
    screenshot: str = ""

    @property
    def picture(self) -> bytes:
        """The screenshot as a JPEG file."""
        return base64.b64decode(self.screenshot)

    def header(self, name: str) -> str:
        """Return the first header of that name, in any case; an empty string where there is none."""
        return first_header(self.headers, name.lower())

    @property
    def charset(self) -> str:
        """The charset that the Content-Type header names, in lower case; empty if it names none."""
        return self.header("content-type").lower().partition("charset=")[2].split(";")[0].strip(" \"'")


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host answered 304 to a conditional request. `elapsed` is in seconds."""

    url: str
    final_url: str
    headers: Headers = ()
    elapsed: float = 0.0


class FailureKind(StrEnum):
    """Why a fetch gave no page."""

    ROBOTS = "robots"
    BLOCKED_ADDRESS = "blocked-address"
    BAD_URL = "bad-url"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    TRUNCATED = "truncated"
    REDIRECTS = "redirects"
    HOST_WAITS = "host-waits"
    STATUS = "status"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that gave no page. It becomes the outcome of a check, never a version.

    `retry_after` is how long the host asked us to wait, `elapsed` how long the fetch took, both in seconds. `headers`
    are those of the response if `kind` is STATUS.
    """

    kind: FailureKind
    reason: str
    url: str
    status: int | None = None
    retry_after: float | None = None
    final_url: str = ""
    elapsed: float = 0.0
    headers: Headers = ()


FetchResult = Capture | NotModified | Failure

Allow = Callable[[str], Awaitable[Failure | None]]
"""Called with each URL before it is requested; a Failure ends the fetch there."""


@dataclass(frozen=True, slots=True)
class RobotsRecord:
    """A host's answer to the request for /robots.txt. `status` is 0 if the host could not be reached."""

    status: int
    body: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class HostState:
    """The state of a host that politeness keeps between visits, restarts and workers; `failures` are those in a row."""

    host: str
    not_before: datetime | None = None
    failures: int = 0
    last_failure_at: datetime | None = None
    robots: RobotsRecord | None = None


class PageFetcher(Protocol):
    """Fetches pages: over HTTP, through a browser, or from a dictionary in tests."""

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page, following up to five redirects. Never raises for a fault of a host or the network.

        Args: request: the URL and its validators. now: the time to stamp a capture with. allow: asked
        before each request, also for each redirect; a Failure it returns ends the fetch.
        Returns: a Capture for status 200, NotModified for 304, a Failure for everything else (404 too: kind STATUS).
        """


@runtime_checkable
class Fetcher(PageFetcher, Protocol):
    """Fetches pages and sends messages."""

    async def post(
        self, url: str, headers: Headers, body: bytes, *, private: bool = False, reads_answer: bool = False
    ) -> tuple[int, Headers, bytes]:
        """Send `body` and return status, headers and decompressed body of the response. Redirects are not followed.

        Args: private: whether this request may reach private addresses (a webhook target may say so). reads_answer:
        whether the body of the response is read, at most 64 KiB; otherwise it is returned empty.
        Raises DeliveryError if there is no response.
        """

    async def aclose(self) -> None:
        """Close every connection."""
