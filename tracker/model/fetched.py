"""What was fetched, and why a fetch gave nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP response kept whole as evidence: the decoded entity body and the exact header list."""

    url: str
    final_url: str
    status: int
    headers: Headers
    body: bytes
    fetched_at: datetime
    sha256: str
    elapsed: float = 0.0
    remote_ip: str = ""
    hops: tuple[str, ...] = ()
    request_headers: Headers = ()

    def header(self, name: str) -> str:
        """Return the first header of that name, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class FailureKind(StrEnum):
    """Why a fetch gave no page. Each is a check outcome, never a version."""

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
    """A fetch that gave no page: which kind, in plain words, and what the host asked for.

    *status* is the HTTP status where there was one; *retry_after* is in seconds, where the host named it.
    """

    kind: FailureKind
    reason: str
    url: str
    status: int | None = None
    retry_after: float | None = None
    final_url: str = ""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host answered 304 to a conditional request."""

    url: str
    final_url: str
    headers: Headers = ()
    elapsed: float = 0.0


FetchResult = Capture | NotModified | Failure


@dataclass(frozen=True, slots=True)
class Request:
    """One page to fetch; *etag* and *last_modified* make it conditional. *accept* is the Accept header."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class RobotsRecord:
    """What a host's /robots.txt answered; *status* 0 stands for "could not be reached"."""

    status: int
    body: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class HostState:
    """What politeness must remember about a host between visits, restarts and workers."""

    host: str
    not_before: datetime | None = None
    failures: int = 0
    last_failure_at: datetime | None = None
    latency: float = 0.0
    robots: RobotsRecord | None = None
