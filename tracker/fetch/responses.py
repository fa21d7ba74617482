"""The limits of a response, the meaning of its status, headers and first bytes, and messages for network errors."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import perf_counter
from typing import Final

from tracker.model.capture import Capture, FailureKind, Headers, first_header

MAX_HEADERS: Final = 200
REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})

# Enough for a closing tag and the whitespace and comments of caches that follow it in practice.
_END_TAG_SEARCH_BYTES: Final = 4_096
_END_TAG: Final = re.compile(rb"</\s*html\s*>", re.IGNORECASE)
_HTML: Final = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_MEANINGS: Final = {
    401: "the page requires a login",
    402: "the page requires payment",
    403: "the server does not let writethru read the page",
    404: "there is no page at this address",
    406: "the server offers no version of the page that can be read",
    407: "a proxy requires a login",
    410: "the page was removed permanently",
    429: "the server receives too many requests",
    451: "the page is withheld for legal reasons",
    500: "the server failed",
    502: "the server got no valid response from its own source",
    503: "the server is overloaded or under maintenance",
    504: "the server's own source did not respond in time",
}

_PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_BEFORE_MARKUP: Final = rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*"
_MARKUP: Final = re.compile(_BEFORE_MARKUP + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_LIST: Final = re.compile(_BEFORE_MARKUP + rb"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE | re.DOTALL)
_CONTROLS: Final = bytes((*range(9), *range(14, 27), *range(28, 32)))  # never in text; 27 begins a shift in ISO-2022
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT: Final = 4_096
# So many are allowed in any page: in a short one, a few by mistake would exceed the share below.
_SOME_BINARY: Final = 16
# Share of control characters above which a body is not text; some pages have a few by mistake.
MAX_BINARY_SHARE: Final = 0.02
# By name rather than by class, so that httpx and httpcore are imported in as few files as possible.
_KNOWN: Final = {
    "ConnectTimeout": (FailureKind.CONNECT, "the server did not accept a connection in time"),
    "ReadTimeout": (FailureKind.TIMEOUT, "the server stopped sending"),
    "WriteTimeout": (FailureKind.TIMEOUT, "the server did not accept the request in time"),
    "PoolTimeout": (FailureKind.TIMEOUT, "other requests to this host are still in progress"),
    "UnsupportedProtocol": (FailureKind.BAD_URL, "only http and https URLs can be fetched"),
    "LocalProtocolError": (FailureKind.BAD_URL, "the request cannot be written as HTTP"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for every source; those that can be configured are in `FetchConfig`.

    Attributes: connect_seconds, read_seconds, write_seconds: for one operation on a connection. pool_seconds: to wait
    for a free connection. post_seconds: for a whole POST. slow_after_seconds: after which a body must have arrived at
    `min_bytes_per_second`. max_pieces: of one body. max_connections_per_origin: for pages.
    max_connections_per_receiver: for one URL of a POST. max_pools: origins with open connections. idle_seconds: for
    which an unused connection is kept.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    write_seconds: float = 10.0
    pool_seconds: float = 5.0
    post_seconds: float = 20.0
    slow_after_seconds: float = 10.0
    min_bytes_per_second: float = 1_024.0
    max_pieces: int = 50_000
    max_connections_per_origin: int = 2
    max_connections_per_receiver: int = 4
    max_pools: int = 500
    idle_seconds: float = 60.0


class FetchError(Exception):
    """A failed fetch. Not raised outside this package: the client returns a `Failure` with the same kind and reason."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def too_large(message: str, setting: str) -> FetchError:
    """Return the error for a body over a limit; the message names the `setting` that raises it, unless that is ""."""
    return FetchError(FailureKind.TOO_LARGE, f"{message}; raise {setting} to allow it" if setting else message)


class BodyMeter:
    """Counts the bytes of one body as they arrive, and ends the fetch if there are too many or they come too slowly.

    Args: max_bytes: the most that may arrive, before decompression. setting: the configuration setting that raises it,
    for the message; may be empty.
    """

    def __init__(self, max_bytes: int, limits: Limits, setting: str = "") -> None:
        self._max_bytes = max_bytes
        self._setting = setting
        self._limits = limits
        self._bytes = 0
        self._pieces = 0
        self._started = perf_counter()

    def announce(self, length: int) -> None:
        """Check the Content-Length before anything is read. Raises FetchError (TOO_LARGE)."""
        if length > self._max_bytes:
            raise too_large(f"the response is larger than {self._max_bytes:,} bytes", self._setting)

    def count(self, length: int) -> None:
        """Count one piece of `length` bytes. Raises FetchError (TOO_LARGE, PROTOCOL or TIMEOUT)."""
        self._bytes += length
        self._pieces += 1
        self.announce(self._bytes)
        if self._pieces > self._limits.max_pieces:
            raise FetchError(
                FailureKind.PROTOCOL, f"the response was sent in more than {self._limits.max_pieces:,} small pieces"
            )
        seconds = perf_counter() - self._started
        if seconds > self._limits.slow_after_seconds and self._bytes < seconds * self._limits.min_bytes_per_second:
            raise FetchError(
                FailureKind.TIMEOUT, f"the response arrives too slowly ({self._bytes:,} bytes in {seconds:.0f} s)"
            )


def network_error(error: Exception, *, answered: bool, proxy: str = "") -> FetchError:
    """Return the FetchError for an error of httpcore or of a socket.

    Args: answered: whether the response's headers had arrived. proxy: host and port of the proxy that was asked.
    """
    tls = next((each for each in _chain(error) if isinstance(each, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return FetchError(
            FailureKind.TLS,
            f"the server's certificate is not trusted: {tls.verify_message}; nothing was read. Only the outlet can fix "
            "this, unless an authority of your own network or proxy signed the certificate: then set `ca` to the "
            "certificate of that authority",
        )
    if tls is not None:
        # Not every SSLError has the attribute that its documentation promises.
        reason = getattr(tls, "reason", None) or tls
        return FetchError(FailureKind.TLS, f"no secure connection could be made: {reason}")
    name = type(error).__name__
    if name == "ProxyError":
        return FetchError(FailureKind.CONNECT, f"the proxy {proxy} did not open a connection: {_describe(error)}")
    if name in _KNOWN:
        return FetchError(*_KNOWN[name])
    if answered:
        return FetchError(
            FailureKind.TRUNCATED,
            f"the connection broke before the page was complete ({_describe(error)}); nothing was stored",
        )
    if name == "ConnectError":
        server = f"the proxy {proxy}" if proxy else "the server"
        return FetchError(FailureKind.CONNECT, f"{server} cannot be reached: {_describe(error)}")
    if name == "RemoteProtocolError" and "disconnected" not in str(error):
        return FetchError(FailureKind.PROTOCOL, f"the server's response is not valid HTTP ({_describe(error)})")
    return FetchError(FailureKind.CONNECT, "the server closed the connection without a response")


def _describe(error: Exception) -> str:
    """Return the operating system's message, if there is one: those of asyncio and anyio say less."""
    code = next((each.errno for each in _chain(error) if isinstance(each, OSError) and each.errno), None)
    return os.strerror(code) if code else (str(error) or type(error).__name__)[:200]


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__


def joined_header(headers: Headers, name: str) -> str:
    """Return the values of all headers called `name` (in lower case), separated by commas."""
    return ", ".join(value for key, value in headers if key.lower() == name)


def content_length(headers: Headers) -> int | None:
    """Return the Content-Length in bytes, or None if there is none or it is not a number."""
    length = first_header(headers, "content-length")
    return int(length) if length.isdecimal() else None


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds from `now` that a Retry-After header asks to wait; None if it has neither seconds nor a date.

    There is no upper limit: the caller decides how long it waits.
    """
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now) / timedelta(seconds=1)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return max(seconds, 0.0)


def explain_status(status: int, retry_seconds: float | None) -> str:
    """Return the message for a status without a page, with the time that the server asks to wait."""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    meaning = _MEANINGS.get(status, "this is not a page that can be read")
    wait = f"; it asks to wait {retry_seconds:.0f} s" if retry_seconds else ""
    return f"the server answered {status}{phrase}: {meaning}{wait}"


def check_header_count(headers: Headers) -> None:
    """Raise FetchError if a response has more than MAX_HEADERS headers."""
    if len(headers) > MAX_HEADERS:
        raise FetchError(
            FailureKind.PROTOCOL,
            f"the server sent {len(headers)} headers, more than the limit of {MAX_HEADERS}; nothing was stored",
        )


def check_complete(headers: Headers, body: bytes) -> None:
    """Raise FetchError if nothing proves that an HTML page is complete.

    Without a length, chunks or a compression that has an end, a page ends when the connection does. A broken
    connection would then look like an edit that removed the last paragraphs, so such a page must contain ``</html>``.
    A list of articles or a robots.txt that is sent as HTML need not.
    """
    proofs = ("content-length", "transfer-encoding", "content-encoding")
    if not _HTML.match(first_header(headers, "content-type")) or any(first_header(headers, name) for name in proofs):
        return
    if _LIST.match(body) or (body.strip() and b"<" not in body[:_LOOKED_AT]):
        return
    if not _END_TAG.search(body[-_END_TAG_SEARCH_BYTES:]):
        raise FetchError(
            FailureKind.TRUNCATED,
            "the connection ended before </html>, and the server did not say how long the page is; "
            "it may be incomplete, so nothing was stored",
        )


def refusal(found: Capture) -> str:
    """Return the reason why `found` is not a web page; empty if it may be one.

    A body that begins like HTML is a page whatever its content type: many servers send HTML as plain text.
    """
    start = found.body[:_LOOKED_AT]
    kind = found.header("content-type").partition(";")[0].strip().lower()
    if kind not in _PAGE_TYPES and not _MARKUP.match(start):
        return f"the server sent {kind[:80]!r}, which is not a web page"
    wide = "utf-16" in found.header("content-type").lower() or start.startswith(_MARKS)
    controls = 0 if wide else len(start) - len(start.translate(None, _CONTROLS))
    return "the server sent binary data" if controls > max(_SOME_BINARY, MAX_BINARY_SHARE * len(start)) else ""
