"""The HTTP client: the only way from writethru to the network.

httpx and its kind are not used: they would keep cookies, follow redirects, trust the environment and decompress without
a limit. Connections are httpcore's.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote, urlsplit

import certifi
import httpcore

from ..errors import ConfigError, DeliveryError, UsageError
from ..model.capture import Capture, Failure, FailureKind, FetchResult, Headers, NotModified, Request, first_header
from ..urls import fetchable, origin_of
from .decode import ACCEPTED, Decoder
from .errors import FetchError, network_error
from .guard import Guard, Resolver, require_public_name, resolve
from .limits import BodyMeter, Limits
from .pools import OriginPools
from .redirects import RedirectChain, is_same_site, redirect_target, request_url
from .responses import (
    REDIRECT_STATUSES,
    check_complete,
    check_header_count,
    content_length,
    explain_status,
    joined_header,
    retry_after,
)

if TYPE_CHECKING:
    from ..config.tables import FetchConfig
    from ..model.fetcher import Allow

MAX_URL_CHARS: Final = 65_536
MAX_ANSWER_BYTES: Final = 65_536
# A connection is closed if its response was not read to the end. Reading a little costs less than a new connection.
MAX_DISCARDED_BYTES: Final = 16_384

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOT_ALLOWED_IN_COMMENT: Final = re.compile(r'[^\x21-\x7e]|[()<>;\\"]')
_NETWORK_ERRORS: Final = (
    httpcore.ProxyError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)


class HttpFetcher:
    """Fetches pages and sends messages over HTTP.

    Args: config: timeouts and sizes, and whether private addresses may be reached. contact: how to reach whoever runs
    writethru; sent with each request, may be empty. version: of writethru, sent likewise.
    resolver, backend, tls_context, limits: for tests and unusual networks.
    """

    def __init__(
        self,
        config: FetchConfig,
        *,
        contact: str,
        version: str,
        resolver: Resolver = resolve,
        backend: httpcore.AsyncNetworkBackend | None = None,
        tls_context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._config = config
        self._limits = limits = limits or Limits()
        self._identity = identity_headers(contact, version)
        self._tls_context = tls_context or (_context_with(config.ca) if config.ca else None)
        self._proxy = _proxy_at(config.proxy_url) if config.proxy_url else None
        guard = Guard(private=config.allow_private or self._proxy is not None, resolver=resolver, backend=backend)
        self._pools = OriginPools(
            guard,
            self._get_tls_context,
            limits,
            proxy=self._proxy,
            permitted=require_public_name if self._proxy and not config.allow_private else None,
        )
        unguarded = Guard(private=True, resolver=resolver, backend=backend)
        self._unguarded_pools = OriginPools(unguarded, self._get_tls_context, limits)

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page, following up to five redirects. Never raises for what the web may do.

        Args: request: the URL and what is already known of it. now: the time to stamp a capture with. allow: asked
        before each request, also for each redirect; a Failure it returns ends the fetch.
        Returns: a Capture for status 200, NotModified for 304, a Failure for everything else.
        """
        chain = RedirectChain(request.url)
        try:
            return await self._follow(request, now, allow, chain)
        except FetchError as error:
            return Failure(error.kind, error.reason, request.url, final_url=chain.url, elapsed=chain.elapsed)

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send *body* and return status and headers of the response, within 20 s. Redirects are not followed.

        Args: private: whether this request may reach private addresses.
        Raises DeliveryError. Its messages name the origin only: the rest of a webhook's URL is often a secret.
        """
        async with self._posting(url, headers, body, private=private) as response:
            return response.status, _as_text(response)

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send *body* as `post` does, and return status and decompressed body of the response, at most 64 KiB."""
        async with self._posting(url, headers, body, private=private) as response:
            received = _as_text(response)
            decoder = Decoder(joined_header(received, "content-encoding"), MAX_ANSWER_BYTES)
            meter = BodyMeter(MAX_ANSWER_BYTES, self._limits)
            return response.status, await _read_body(response, received, meter, decoder)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pools.aclose()
        await self._unguarded_pools.aclose()

    async def _follow(self, request: Request, now: datetime, allow: Allow | None, chain: RedirectChain) -> FetchResult:
        chain.url = request_url(request.url)
        condition = conditional_headers(request)
        while True:
            if allow is not None and (refused := await allow(chain.url)) is not None:
                return replace(refused, url=request.url, final_url=chain.url, elapsed=chain.elapsed)
            result = await self._fetch_one(request, now, condition, chain)
            if not isinstance(result, str):
                return result
            if not is_same_site(chain.url, result):
                condition = ()
            chain.follow(result)

    async def _fetch_one(
        self, request: Request, now: datetime, condition: Headers, chain: RedirectChain
    ) -> FetchResult | str:
        """Request the next URL of *chain*; a string is the URL it redirects to."""
        seconds = self._config.timeout.total_seconds()
        asking = (("Accept", request.accept), ("Accept-Encoding", ACCEPTED), *condition)
        chain.sent = self._headers(chain.url, asking)
        chain.start_clock()
        try:
            async with (
                asyncio.timeout(seconds - chain.elapsed),
                self._responding(self._pools, "GET", chain.url, chain.sent) as response,
            ):
                return await self._read(request, now, response, chain, conditional=bool(condition))
        except TimeoutError:
            raise FetchError(
                FailureKind.TIMEOUT,
                f"the page was not complete after {seconds:g} s (fetch.timeout)",
            ) from None
        finally:
            chain.stop_clock()

    def _headers(self, url: str, headers: Headers) -> Headers:
        return (("Host", origin_of(url).partition("://")[2]), *self._identity, *headers)

    @asynccontextmanager
    async def _responding(
        self, pools: OriginPools, method: str, url: str, headers: Headers, body: bytes | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """Send a request and give the response. Raises FetchError for every error of the network, in the block too."""
        if len(url) > MAX_URL_CHARS:
            raise FetchError(FailureKind.BAD_URL, f"the URL is longer than {MAX_URL_CHARS:,} characters")
        answered = False
        try:
            async with pools.stream(method, url, headers, body) as response:
                answered = True
                yield response
        except _NETWORK_ERRORS as error:
            proxy = urlsplit(bytes(self._proxy.url)).netloc.decode() if self._proxy and pools is self._pools else ""
            raise network_error(error, answered=answered, proxy=proxy) from None

    @asynccontextmanager
    async def _posting(
        self, url: str, headers: Headers, body: bytes, *, private: bool
    ) -> AsyncIterator[httpcore.Response]:
        """Post *body* and give the response. Raises DeliveryError if anything fails, in the block too."""
        try:
            href = fetchable(url)
        except UsageError as error:
            raise DeliveryError(error.message, hint=error.hint, permanent=True) from None
        origin = origin_of(href)
        pools = self._unguarded_pools if private else self._pools
        seconds = self._limits.post_seconds
        try:
            async with (
                asyncio.timeout(seconds),
                self._responding(pools, "POST", href, self._headers(href, headers), body) as response,
            ):
                yield response
        except TimeoutError:
            raise DeliveryError(f"no response within {seconds:.0f} s", resource=origin) from None
        except FetchError as error:
            blocked = error.kind is FailureKind.BLOCKED_ADDRESS
            raise DeliveryError(
                error.reason,
                resource=origin,
                hint="set private = true for this target if it is meant to be inside your network" if blocked else "",
                permanent=blocked or error.kind is FailureKind.BAD_URL,
            ) from None

    async def _read(
        self, request: Request, now: datetime, response: httpcore.Response, chain: RedirectChain, *, conditional: bool
    ) -> FetchResult | str:
        headers = _as_text(response)
        check_header_count(headers)
        status = response.status
        if status == 200:
            return await self._read_page(request, now, response, headers, chain)
        await _discard_body(response, headers)
        if status in REDIRECT_STATUSES:
            return redirect_target(chain.url, first_header(headers, "location"))
        if status == 304 and conditional:
            return NotModified(request.url, chain.url, headers, chain.elapsed)
        wait = retry_after(first_header(headers, "retry-after"), now)
        reason = explain_status(status, wait)
        return Failure(FailureKind.STATUS, reason, request.url, status, wait, chain.url, chain.elapsed)

    async def _read_page(
        self, request: Request, now: datetime, response: httpcore.Response, headers: Headers, chain: RedirectChain
    ) -> Capture:
        coding = joined_header(headers, "content-encoding")
        decoder = Decoder(coding, self._config.max_body_bytes, "fetch.max_body_bytes")
        meter = BodyMeter(self._config.max_wire_bytes, self._limits, "fetch.max_wire_bytes")
        body = await _read_body(response, headers, meter, decoder)
        check_complete(headers, body)
        stream = response.extensions["network_stream"]
        address = None if self._proxy else stream.get_extra_info("server_addr")  # it would be the proxy's
        return Capture(
            url=request.url,
            final_url=chain.url,
            status=response.status,
            headers=headers,
            body=body,
            fetched_at=now,
            sha256=hashlib.sha256(body).hexdigest(),
            elapsed=chain.elapsed,
            remote_ip=str(address[0]) if address else "",
            hops=tuple(chain.hops),
            request_headers=chain.sent,
        )

    def _get_tls_context(self) -> ssl.SSLContext:
        if self._tls_context is None:
            self._tls_context = _default_context()
        return self._tls_context


def identity_headers(contact: str, version: str) -> Headers:
    """Return User-Agent, and From if *contact* is an e-mail address.

    Args: contact: the e-mail address or URL at which an outlet reaches whoever runs writethru; may be empty.
    version: of writethru.
    """
    contact = _NOT_ALLOWED_IN_COMMENT.sub("", contact.strip().removeprefix("mailto:"))
    agent = f"Mozilla/5.0 (compatible; writethru/{version}{'; +' + contact if contact else ''})"
    sender = (("From", contact),) if _EMAIL.fullmatch(contact) else ()
    return (("User-Agent", agent), *sender)


def conditional_headers(request: Request) -> Headers:
    """Return the headers that ask for the page only if it has changed, or none if nothing is known of it yet."""
    pairs = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple((name, value) for name, value in pairs if value)


def _proxy_at(address: str) -> httpcore.Proxy:
    """Return the HTTP proxy at an address, which may contain a user name and a password."""
    parts = urlsplit(address)
    place, name = parts.netloc.rpartition("@")[2], parts.username
    login = None if name is None else (unquote(name).encode(), unquote(parts.password or "").encode())
    return httpcore.Proxy(f"{parts.scheme}://{place}", login)


def _default_context() -> ssl.SSLContext:
    """Return a TLS context that trusts SSL_CERT_FILE or SSL_CERT_DIR if it is set, else certifi's authorities."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or not folder:
        return ssl.create_default_context(cafile=file or certifi.where())
    return ssl.create_default_context(capath=folder)


def _context_with(certificates: str) -> ssl.SSLContext:
    """Return a TLS context that also trusts the certificates in a PEM file. Raises ConfigError."""
    context = _default_context()
    try:
        context.load_verify_locations(certificates)
    except OSError as error:  # among them ssl.SSLError
        raise ConfigError(
            f"the certificates cannot be read: {error.strerror or error}",
            resource=f"ca {certificates}",
            hint="name a file of certificates in PEM form",
        ) from None
    return context


def _as_text(response: httpcore.Response) -> Headers:
    """Return headers as they were sent, in order and case; each byte becomes one character, as in Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)


async def _read_body(response: httpcore.Response, headers: Headers, meter: BodyMeter, decoder: Decoder) -> bytes:
    meter.announce(content_length(headers) or 0)
    async with aclosing(_body_stream(response)) as pieces:
        async for piece in pieces:
            meter.count(len(piece))
            decoder.feed(piece)
    return decoder.finish()


async def _discard_body(response: httpcore.Response, headers: Headers) -> None:
    """Read a short body that nobody needs, so that the connection can be used again."""
    length = 0 if response.status == 304 else content_length(headers)
    if length is not None and length <= MAX_DISCARDED_BYTES:
        with suppress(*_NETWORK_ERRORS):  # the status is known; it does not matter that the body broke off
            async for _ in _body_stream(response):
                pass


def _body_stream(response: httpcore.Response) -> AsyncGenerator[bytes, None]:
    return cast("AsyncGenerator[bytes, None]", aiter(cast("AsyncIterable[bytes]", response.stream)))
