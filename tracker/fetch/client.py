"""The one door to httpx.

Only its transport is used, never its client: a client would keep cookies, follow redirects, trust the environment and
decode without bounds. One small pool an origin, because httpcore 1.0 looks at every connection for every request.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Final, cast

import httpcore
import httpx

from ..errors import DeliveryError, UsageError
from ..model import Capture, Failure, FailureKind, Headers, NotModified, Request
from ..urls import fetchable, origin_of
from . import answer, ask, fault
from .connections import Connections
from .decode import ACCEPTED, Decoder
from .guard import Guard, Resolver, resolve
from .meter import Limits, Meter
from .stop import Stop
from .trip import Trip, target

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from datetime import datetime

    from ..config import FetchConfig
    from ..model import FetchResult
    from ..ports.fetcher import Allow


_MAX_SHARDS: Final = 500
_CONNECTIONS: Final = 2
_RECEIVER: Final = 4
_KEPT_SECONDS: Final = 60.0
_SHORT: Final = 16_384
_LONGEST_ANSWER: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class ShardedTransport:
    """Hands requests to one small pool an origin; the pool longest unused goes where there are too many."""

    def __init__(self, guard: Guard, context: Callable[[], ssl.SSLContext], most: int = _MAX_SHARDS) -> None:
        self._guard = guard
        self._context = context
        self._most = most
        self._shards: OrderedDict[str, _Shard] = OrderedDict()

    def __len__(self) -> int:
        return len(self._shards)

    @asynccontextmanager
    async def respond(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """Send *request* and give its response, whose body is not read yet; closed at the end of the block.

        What is posted goes through a pool of its address: a receiver that hangs holds up no other at its host.
        """
        address = str(request.url)
        shard = self._take(origin_of(address), address if request.method == "POST" else "")
        try:
            await self._evict()
            async with shard.place(request):
                response = await shard.handle_async_request(request)
                try:
                    yield response
                finally:
                    await response.aclose()
        finally:
            shard.users -= 1

    async def aclose(self) -> None:
        """Close every connection."""
        while self._shards:
            _, shard = self._shards.popitem()
            await shard.aclose()

    def _take(self, origin: str, receiver: str) -> _Shard:
        key = receiver or origin
        shard = self._shards.get(key)
        if shard is None:
            context = self._context() if origin.startswith("https") else None
            shard = self._shards[key] = _Shard(self._guard, context, _RECEIVER if receiver else _CONNECTIONS)
        self._shards.move_to_end(key)
        shard.users += 1
        return shard

    async def _evict(self) -> None:
        idle = [origin for origin, shard in self._shards.items() if not shard.users]
        # All are taken out before the first is closed: while that waits, others may want them.
        for shard in [self._shards.pop(origin) for origin in idle[: max(len(self._shards) - self._most, 0)]]:
            await shard.aclose()


class _Shard(httpx.AsyncHTTPTransport):
    """httpx's transport around a pool of our own making, for httpx gives no way to hand it a network backend."""

    def __init__(self, guard: Guard, context: ssl.SSLContext | None, connections: int) -> None:
        self.users = 0
        self._places = asyncio.Semaphore(connections)
        self._pool = Connections(  # type: ignore[assignment] # all of a pool that httpx's transport uses
            lambda origin: httpcore.AsyncHTTPConnection(
                origin, context, keepalive_expiry=_KEPT_SECONDS, http1=True, http2=False, network_backend=guard
            )
        )

    @asynccontextmanager
    async def place(self, request: httpx.Request) -> AsyncIterator[None]:
        """Wait for a connection to be free, as httpcore would, which looks at all who wait whenever one comes or goes.

        Raises httpx.PoolTimeout.
        """
        try:
            async with asyncio.timeout(request.extensions["timeout"]["pool"]):
                await self._places.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("no connection became free", request=request) from None
        try:
            yield
        finally:
            self._places.release()


class HttpFetcher:
    """The Fetcher of the real web. *contact* and *version* go into the User-Agent.

    *resolver*, *context* (for TLS) and *limits* are for tests and unusual networks.
    """

    def __init__(
        self,
        config: FetchConfig,
        *,
        contact: str,
        version: str,
        resolver: Resolver = resolve,
        context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._config = config
        self._limits = limits or Limits()
        self._identity = ask.identify(contact, version)
        self._context = context
        self._transport = ShardedTransport(Guard(private=config.allow_private, resolver=resolver), self._tls)
        self._unguarded = ShardedTransport(Guard(private=True, resolver=resolver), self._tls)

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch one page through at most five redirects, each hop vetted by address and by *allow*.

        A 200 gives a Capture stamped *now*, a 304 NotModified, everything else a Failure. Never raises.
        """
        trip = Trip(request.url)
        try:
            return await self._follow(request, now, allow, trip)
        except Stop as stop:
            return Failure(stop.kind, stop.reason, request.url, final_url=trip.url, elapsed=trip.elapsed)

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send *body*, follow nothing, return status and headers within 20 s. Raises DeliveryError.

        *private* lets this one request reach private addresses. Messages name the origin alone, for the rest of a
        webhook's address is often a secret.
        """
        async with self._sent(url, headers, body, private=private) as response:
            return response.status_code, _decoded(response.headers)

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send *body* as `post` does, and return status and the decoded answer, at most 64 KiB long."""
        async with self._sent(url, headers, body, private=private) as response:
            return response.status_code, await self._answer(response)

    async def _answer(self, response: httpx.Response) -> bytes:
        decoder = Decoder(answer.joined(_decoded(response.headers), "content-encoding"), _LONGEST_ANSWER)
        meter = Meter(_LONGEST_ANSWER, self._limits)
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_raw())) as pieces:
            async for piece in pieces:
                meter.count(len(piece))
                decoder.feed(piece)
        return decoder.finish()

    @asynccontextmanager
    async def _sent(self, url: str, headers: Headers, body: bytes, *, private: bool) -> AsyncIterator[httpx.Response]:
        """Post *body* and give the response. Raises DeliveryError for all that can go wrong, in the block too."""
        try:
            href = fetchable(url)
        except UsageError as error:
            raise DeliveryError(error.message, hint=error.hint, permanent=True) from None
        origin = origin_of(href)
        transport = self._unguarded if private else self._transport
        try:
            async with (
                asyncio.timeout(self._limits.post),
                self._opened(transport, "POST", href, (*self._identity, *headers), body) as (response, _),
            ):
                yield response
        except TimeoutError:
            raise DeliveryError(f"no answer within {self._limits.post:.0f} s", resource=origin) from None
        except Stop as stop:
            blocked = stop.kind is FailureKind.BLOCKED_ADDRESS
            raise DeliveryError(
                stop.reason,
                resource=origin,
                hint="set private = true for this target if it is meant to be inside your network" if blocked else "",
                permanent=blocked or stop.kind is FailureKind.BAD_URL,
            ) from None

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()
        await self._unguarded.aclose()

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = httpx.create_ssl_context(trust_env=False)
        return self._context

    async def _follow(self, request: Request, now: datetime, allow: Allow | None, trip: Trip) -> FetchResult:
        trip.url = ask.address(request.url)
        condition = ask.condition(request)
        while True:
            if allow is not None and (refused := await allow(trip.url)) is not None:
                return replace(refused, url=request.url, final_url=trip.url, elapsed=trip.elapsed)
            sent = (*self._identity, ("Accept", request.accept), ("Accept-Encoding", ACCEPTED), *condition)
            result = await self._hop(request, now, sent, trip)
            if not isinstance(result, str):
                return result
            if not ask.same_site(trip.url, result):
                condition = ()
            trip.go(result)

    async def _hop(self, request: Request, now: datetime, sent: Headers, trip: Trip) -> FetchResult | str:
        """Ask one address; a string is the address it sends on to."""
        total = self._config.timeout.total_seconds()
        started = perf_counter()
        try:
            async with (
                asyncio.timeout(total - trip.elapsed),
                self._opened(self._transport, "GET", trip.url, sent) as (response, asked),
            ):
                return await self._read(request, now, response, asked, trip, started)
        except TimeoutError:
            raise Stop(
                FailureKind.TIMEOUT,
                f"the page was not whole after {total:g} s (fetch.timeout); it is tried again later",
            ) from None
        finally:
            trip.elapsed += perf_counter() - started

    @asynccontextmanager
    async def _opened(
        self, transport: ShardedTransport, method: str, url: str, headers: Headers, body: bytes | None = None
    ) -> AsyncIterator[tuple[httpx.Response, Headers]]:
        """Send a request; give the response and the headers that were sent. Raises Stop for all that can go wrong."""
        limits = self._limits
        timeouts = {"connect": limits.connect, "read": limits.read, "write": limits.write, "pool": limits.pool}
        try:
            asked = httpx.Request(
                method, url, headers=_encoded(headers), content=body, extensions={"timeout": timeouts}
            )
        except (httpx.InvalidURL, ValueError):
            raise Stop(FailureKind.BAD_URL, "the address cannot be asked for: a part of it is malformed") from None
        answered = False
        try:
            async with transport.respond(asked) as response:
                answered = True
                yield response, _decoded(asked.headers)
        except (httpx.HTTPError, OSError) as error:
            raise fault.stop(error, answered=answered) from None

    async def _read(
        self, request: Request, now: datetime, response: httpx.Response, asked: Headers, trip: Trip, started: float
    ) -> FetchResult | str:
        headers = _decoded(response.headers)
        answer.check_headers(headers)
        status = response.status_code
        if status != 200:
            await self._drain(response, headers)
        if status in _REDIRECTS:
            return target(trip.url, answer.first(headers, "location"))
        if status == 304 and any(name.startswith("If-") for name, _ in asked):
            spent = trip.elapsed + perf_counter() - started
            return NotModified(request.url, trip.url, headers, spent)
        if status != 200:
            wait = answer.retry_after(answer.first(headers, "retry-after"), now)
            spent = trip.elapsed + perf_counter() - started
            return Failure(FailureKind.STATUS, answer.explain(status, wait), request.url, status, wait, trip.url, spent)
        body = await self._body(response, headers)
        answer.check_end(headers, body)
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        return Capture(
            url=request.url,
            final_url=trip.url,
            status=status,
            headers=headers,
            body=body,
            fetched_at=now,
            sha256=hashlib.sha256(body).hexdigest(),
            elapsed=trip.elapsed + perf_counter() - started,
            remote_ip=str(peer[0]) if peer else "",
            hops=tuple(trip.hops),
            request_headers=asked,
        )

    async def _drain(self, response: httpx.Response, headers: Headers) -> None:
        """Read the short body of an answer that is no page: httpcore closes a connection whose answer was not read."""
        length = "0" if response.status_code == 304 else answer.first(headers, "content-length")
        if length.isdecimal() and int(length) <= _SHORT:
            with suppress(httpx.HTTPError):  # the answer's head is known; that its body broke off changes nothing
                async for _ in response.aiter_raw():
                    pass

    async def _body(self, response: httpx.Response, headers: Headers) -> bytes:
        most = self._config.max_wire_bytes
        decoder = Decoder(answer.joined(headers, "content-encoding"), self._config.max_body_bytes)
        meter = Meter(most, self._limits)
        length = answer.first(headers, "content-length")
        if length.isdecimal():
            meter.announce(int(length))
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_raw())) as pieces:
            async for piece in pieces:
                meter.count(len(piece))
                decoder.feed(piece)
        return decoder.finish()


def _decoded(headers: httpx.Headers) -> Headers:
    """Return headers as they stood, in order and case; bytes are kept one to one as Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
