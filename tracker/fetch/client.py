"""The HTTP client: the only way from writethru to the network.

httpx's own client is not used: it would keep cookies, follow redirects, read proxies from the environment and
decompress without a limit. `pools.py` is its transport.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Final

import httpcore
import httpx

from tracker.addresses.same_article import is_same_document
from tracker.addresses.urls import fetchable, join, origin_of
from tracker.config.root import Config
from tracker.config.tables import FetchConfig
from tracker.errors import ConfigError, DeliveryError, UsageError
from tracker.model.capture import (
    Allow,
    Capture,
    Failure,
    FailureKind,
    FetchResult,
    Headers,
    NotModified,
    Request,
    first_header,
)

from .decode import ACCEPTED, Decoder
from .guard import Guard, Resolver, require_public_name, resolve
from .pools import OriginPools
from .responses import (
    REDIRECT_STATUSES,
    BodyMeter,
    FetchError,
    Limits,
    check_complete,
    check_header_count,
    content_length,
    explain_status,
    joined_header,
    network_error,
    retry_after,
)

MAX_REDIRECTS: Final = 5
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


class RedirectChain:
    """The URLs of one fetch: `url` is the one to request next, `hops` are those that redirected.

    `elapsed` is the time of all requests together, in seconds.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.hops: list[str] = []
        self.elapsed = 0.0

    def follow(self, target: str) -> None:
        """Make `target` the next URL. Raises FetchError if there are too many redirects, or they go in a circle."""
        self.hops.append(self.url)
        self.url = target
        if target in self.hops:
            raise FetchError(FailureKind.REDIRECTS, f"the URL redirects in a circle, back to {target}")
        if len(self.hops) > MAX_REDIRECTS:
            raise FetchError(
                FailureKind.REDIRECTS,
                f"the URL redirects more than {MAX_REDIRECTS} times, last to {target}; watch the final URL instead",
            )


class HttpFetcher:
    """Fetches pages and sends messages over HTTP.

    Args: config: timeouts and sizes, and whether private addresses may be reached. contact: the operator's e-mail
    address or URL, sent with each request; may be empty. version: of writethru, also sent. resolver, backend,
    tls_context, limits: for tests and unusual networks.
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
        self._timeouts = {
            "connect": limits.connect_seconds,
            "read": limits.read_seconds,
            "write": limits.write_seconds,
            "pool": limits.pool_seconds,
        }
        self._identity = identity_headers(contact, version)
        if tls_context is None and config.ca:
            tls_context = httpx.create_ssl_context()
            try:
                tls_context.load_verify_locations(config.ca)
            except OSError as error:  # among them ssl.SSLError
                raise ConfigError(
                    f"the certificates cannot be read: {error.strerror or error}",
                    resource=f"ca {config.ca}",
                    hint="give a file with certificates in PEM format",
                ) from None
        self._tls_context = tls_context
        self._proxy = httpx.Proxy(config.proxy_url) if config.proxy_url else None
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
        """Fetch a page; see `PageFetcher`."""
        try:
            chain = RedirectChain(fetchable(request.url))
        except UsageError as error:
            reason = f"{error.message}; {error.hint}" if error.hint else error.message
            return Failure(FailureKind.BAD_URL, reason, request.url, final_url=request.url)
        condition = conditional_headers(request)
        try:
            while True:
                if allow is not None and (refused := await allow(chain.url)) is not None:
                    return replace(refused, url=request.url, final_url=chain.url, elapsed=chain.elapsed)
                result = await self._fetch_one(request, now, condition, chain)
                if not isinstance(result, str):
                    return replace(result, elapsed=chain.elapsed)
                if not is_same_site(chain.url, result):
                    condition = ()
                elif not is_same_document(chain.url, result):
                    # An older page would be "not modified" since that date; an entity tag belongs to one text.
                    condition = tuple(header for header in condition if header[0] != "If-Modified-Since")
                chain.follow(result)
        except FetchError as error:
            return Failure(error.kind, error.reason, request.url, final_url=chain.url, elapsed=chain.elapsed)

    async def post(
        self, url: str, headers: Headers, body: bytes, *, private: bool = False, reads_answer: bool = False
    ) -> tuple[int, Headers, bytes]:
        """Send `body` and return status, headers and body of the response, within 20 s; see `Fetcher`.

        Error messages show only the origin: the rest of a webhook's URL is often a secret.
        """
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
                self._responding(pools, "POST", href, (*self._identity, *headers), body) as response,
            ):
                received, answer = _as_text(response.headers), b""
                if reads_answer:
                    decoder = Decoder(joined_header(received, "content-encoding"), MAX_ANSWER_BYTES)
                    meter = BodyMeter(MAX_ANSWER_BYTES, self._limits)
                    answer = await _read_body(response, received, meter, decoder)
                return response.status_code, received, answer
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

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pools.aclose()
        await self._unguarded_pools.aclose()

    async def _fetch_one(
        self, request: Request, now: datetime, condition: Headers, chain: RedirectChain
    ) -> FetchResult | str:
        """Request the next URL of `chain`; return the result, or the URL that it redirects to."""
        seconds, started = self._config.timeout.total_seconds(), perf_counter()
        headers = (*self._identity, ("Accept", request.accept), ("Accept-Encoding", ACCEPTED), *condition)
        try:
            async with (
                asyncio.timeout(seconds - chain.elapsed),
                self._responding(self._pools, "GET", chain.url, headers) as response,
            ):
                return await self._read(request, now, response, chain, conditional=bool(condition))
        except TimeoutError:
            reason = f"the page was not complete after {seconds:g} s (fetch.timeout)"
            raise FetchError(FailureKind.TIMEOUT, reason) from None
        finally:
            chain.elapsed += perf_counter() - started

    @asynccontextmanager
    async def _responding(
        self, pools: OriginPools, method: str, url: str, headers: Headers, body: bytes = b""
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and yield the response. Network errors, also of the block, are raised as FetchError.

        Only the origin is parsed; the rest of the URL is sent unchanged, as browsers do.
        """
        if len(url) > MAX_URL_CHARS:
            raise FetchError(FailureKind.BAD_URL, f"the URL is longer than {MAX_URL_CHARS:,} characters")
        origin = origin_of(url)
        try:
            parsed = httpx.URL(origin)
        except (httpx.InvalidURL, ValueError):
            raise FetchError(FailureKind.BAD_URL, "the URL cannot be requested: its host is malformed") from None
        encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        length = [(b"Content-Length", b"%d" % len(body))] if method == "POST" else []
        request = httpx.Request(
            method,
            parsed,
            headers=[(b"Host", parsed.netloc), *encoded, *length],
            stream=httpx.ByteStream(body),
            extensions={"target": url[len(origin) :].encode("ascii"), "timeout": self._timeouts},
        )
        response: httpx.Response | None = None
        try:
            response = await pools.handle_async_request(request)
            yield response
        except _NETWORK_ERRORS as error:
            proxy = self._proxy if pools is self._pools else None
            raise network_error(
                error, answered=response is not None, proxy=proxy.url.netloc.decode() if proxy else ""
            ) from None
        finally:
            if response is not None:
                await response.aclose()

    async def _read(
        self, request: Request, now: datetime, response: httpx.Response, chain: RedirectChain, *, conditional: bool
    ) -> FetchResult | str:
        headers = _as_text(response.headers)
        check_header_count(headers)
        status = response.status_code
        if status == 200:
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
                status=status,
                headers=headers,
                body=body,
                fetched_at=now,
                sha256=hashlib.sha256(body).hexdigest(),
                remote_ip=str(address[0]) if address else "",
                hops=tuple(chain.hops),
                request_headers=_as_text(response.request.headers),
            )
        length = 0 if status == 304 else content_length(headers)
        if length is not None and length <= MAX_DISCARDED_BYTES:
            with suppress(*_NETWORK_ERRORS):  # only the status matters, so the body may break off
                async for _ in response.aiter_raw():
                    pass
        if status in REDIRECT_STATUSES:
            return redirect_target(chain.url, first_header(headers, "location"))
        if status == 304 and conditional:
            return NotModified(request.url, chain.url, headers)
        wait = retry_after(first_header(headers, "retry-after"), now)
        reason = explain_status(status, wait)
        return Failure(FailureKind.STATUS, reason, request.url, status, wait, chain.url, headers=headers)

    def _get_tls_context(self) -> ssl.SSLContext:
        if self._tls_context is None:
            self._tls_context = httpx.create_ssl_context()  # SSL_CERT_FILE and SSL_CERT_DIR count
        return self._tls_context


class SourceFetcher:
    """A Fetcher with one HTTP client for each set of fetch settings in the configuration.

    Pages are fetched with the settings of their source, messages are sent with those of [fetch]. `version` is the
    version of writethru. Raises ConfigError if a certificate or a secret that `config` names cannot be read.
    """

    def __init__(self, config: Config, version: str) -> None:
        self._version = version
        self._clients: dict[tuple[FetchConfig, str], HttpFetcher] = {}
        self.use(config)

    def use(self, config: Config) -> None:
        """Apply `config` to all further requests. Raises ConfigError; the previous configuration then stays active."""
        # All clients are made first, so that an unreadable certificate changes nothing.
        for fetch in config.fetches:
            self._client(fetch, config.contact)
        self._config = config

    def proxy_for(self, url: str, source: str) -> str:
        """Return the address of the proxy for a page of `source`, or ""."""
        return self._config.fetch_for(url, source).proxy_url

    def photographs(self, source: str) -> bool:
        """Return whether a screenshot is stored with each version of a source."""
        named = self._config.source(source)
        return named is not None and named.screenshots

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page, and its redirects, with the settings of its source."""
        client = self._client(self._config.fetch_for(request.url, request.source), self._config.contact)
        return await client.fetch(request, now, allow)

    async def post(
        self, url: str, headers: Headers, body: bytes, *, private: bool = False, reads_answer: bool = False
    ) -> tuple[int, Headers, bytes]:
        """Send `body` with the settings of [fetch]; see `Fetcher`."""
        client = self._client(self._config.fetch, self._config.contact)
        return await client.post(url, headers, body, private=private, reads_answer=reads_answer)

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, fetch: FetchConfig, contact: str) -> HttpFetcher:
        # Clients of an earlier configuration stay open: checks in progress may still use them.
        key = (fetch, contact)
        if key not in self._clients:
            self._clients[key] = HttpFetcher(fetch, contact=contact, version=self._version)
        return self._clients[key]


def redirect_target(url: str, location: str) -> str:
    """Return the URL that a redirect from `url` leads to.

    `location` is the Location header, each byte one character as in Latin-1. Raises FetchError if it is not a web
    address.
    """
    if not location:
        raise FetchError(FailureKind.REDIRECTS, "the server sent a redirect without an address")
    with suppress(UnicodeError):
        # Servers that do not percent-encode write UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    target = join(url, location)
    if target is None:
        raise FetchError(
            FailureKind.REDIRECTS, f"the server redirects to {location[:200]!r}, which is not a web address"
        )
    return target


def is_same_site(url: str, target: str) -> bool:
    """Return whether a redirect stays on its origin, or only changes from http to https.

    Another site must not learn which version of a page we have.
    """
    upgraded = "https" + url.removeprefix("http") if url.startswith("http:") else url
    return origin_of(target) in {origin_of(url), origin_of(upgraded)}


def identity_headers(contact: str, version: str) -> Headers:
    """Return User-Agent, and From if `contact` is an e-mail address.

    `contact` is the e-mail address or URL at which outlets can reach the operator, or ""; `version` is of writethru.
    """
    contact = _NOT_ALLOWED_IN_COMMENT.sub("", contact.strip().removeprefix("mailto:"))
    agent = f"Mozilla/5.0 (compatible; writethru/{version}{'; +' + contact if contact else ''})"
    sender = (("From", contact),) if _EMAIL.fullmatch(contact) else ()
    return (("User-Agent", agent), *sender)


def conditional_headers(request: Request) -> Headers:
    """Return the headers that ask for a page only if it has changed; none if it was not fetched before."""
    pairs = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple((name, value) for name, value in pairs if value)


def _as_text(headers: httpx.Headers) -> Headers:
    """Return headers in the order and case they were sent; each byte becomes one character, as in Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)


async def _read_body(response: httpx.Response, headers: Headers, meter: BodyMeter, decoder: Decoder) -> bytes:
    meter.announce(content_length(headers) or 0)
    async for piece in response.aiter_raw():
        meter.count(len(piece))
        decoder.feed(piece)
    return decoder.finish()
