"""One httpcore connection pool for each origin, behind httpx's transport interface.

httpcore's pool examines all its connections and waiting requests whenever a request begins or ends. One pool for
hundreds of hosts costs ten milliseconds a page; the cost of small pools does not grow with their number.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterable, AsyncIterator, Callable

import httpcore
import httpx

from .guard import Guard
from .responses import Limits

PoolKey = tuple[bytes, bytes, int | None, bytes]
"""Scheme, host, port, and for a POST the path and query."""


class OriginPools(httpx.AsyncBaseTransport):
    """Sends each request through the pool of its origin.

    A POST has a pool for its full URL, so that a webhook that hangs does not delay others on the same host. A pool
    without requests is closed after `limits.idle_seconds`; if there are more than `limits.max_pools`, the one that has
    been idle the longest is closed.

    Args: guard: opens the connections, to permitted addresses only. tls_context: returns the TLS context; called for
    the first https origin. limits: how many pools and connections to keep, and for how long. proxy: the HTTP proxy
    for all requests; `guard` must permit its address. permitted: called with host and port of each new origin; raises
    FetchError to refuse it.
    """

    def __init__(
        self,
        guard: Guard,
        tls_context: Callable[[], ssl.SSLContext],
        limits: Limits,
        *,
        proxy: httpx.Proxy | None = None,
        permitted: Callable[[str, int], None] | None = None,
    ) -> None:
        self._guard = guard
        self._proxy = proxy
        self._permitted = permitted
        self._tls_context = tls_context
        self._limits = limits
        self._busy: dict[PoolKey, _OriginPool] = {}
        self._idle: OrderedDict[PoolKey, _OriginPool] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return its response; the body is not read yet, and the caller must close it.

        Raises httpcore's exceptions unchanged, and FetchError if the guard refuses the connection.
        """
        pool = self._take(request)
        try:
            # Close pools that have been idle for too long, or are too many.
            expired = time.monotonic() - self._limits.idle_seconds
            while self._idle:
                oldest = next(iter(self._idle.values()))
                if len(self._idle) + len(self._busy) <= self._limits.max_pools and oldest.idle_since > expired:
                    break
                # Removed first, because another request for its origin may arrive while it is closed.
                del self._idle[oldest.key]
                await oldest.connections.aclose()
            response = await pool.send(request, self._limits.pool_seconds)
        except BaseException:
            self._give_back(pool)
            raise
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, pool, self._give_back),
            extensions=response.extensions,
            request=request,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        pools = [*self._busy.values(), *self._idle.values()]
        self._busy.clear()
        self._idle.clear()
        for pool in pools:
            await pool.connections.aclose()

    def _take(self, request: httpx.Request) -> _OriginPool:
        url, is_post = request.url, request.method == "POST"
        target = request.extensions.get("target", url.raw_path) if is_post else b""
        key = (url.raw_scheme, url.raw_host, url.port, target)
        pool = self._busy.get(key) or self._idle.pop(key, None)
        if pool is None:
            limits = self._limits
            size = limits.max_connections_per_receiver if is_post else limits.max_connections_per_origin
            is_https = url.scheme == "https"
            tls_context = self._tls_context() if is_https else None
            if self._permitted is not None:
                self._permitted(url.host, url.port or (443 if is_https else 80))
            proxy = None if self._proxy is None else httpcore.Proxy(str(self._proxy.url), self._proxy.raw_auth)
            connections = httpcore.AsyncConnectionPool(
                tls_context,
                proxy=proxy,
                max_connections=size,
                keepalive_expiry=limits.idle_seconds,
                network_backend=self._guard,
            )
            pool = _OriginPool(key, connections, size)
        self._busy[key] = pool
        pool.users += 1
        return pool

    def _give_back(self, pool: _OriginPool) -> None:
        pool.users -= 1
        if not pool.users and self._busy.pop(pool.key, None) is not None:
            pool.idle_since = time.monotonic()
            self._idle[pool.key] = pool


class _OriginPool:
    """A connection pool, the number of requests that use it or wait for it, and the time when there were none left."""

    def __init__(self, key: PoolKey, connections: httpcore.AsyncConnectionPool, size: int) -> None:
        self.key = key
        self.connections = connections
        # Requests wait here rather than in httpcore's pool, which examines every waiting request each time.
        self.places = asyncio.Semaphore(size)
        self.users = 0
        self.idle_since = 0.0

    async def send(self, request: httpx.Request, max_wait_seconds: float) -> httpcore.Response:
        """Wait for a connection, send `request` and return the response; `places` must be released after it."""
        if self.places.locked():
            try:
                async with asyncio.timeout(max_wait_seconds):
                    await self.places.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout("no connection became free") from None
        else:
            await self.places.acquire()
        scheme, host, port, _ = self.key
        target = request.extensions.get("target", request.url.raw_path)
        try:
            return await self.connections.handle_async_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=scheme, host=host, port=port, target=target),
                    headers=request.headers.raw,
                    content=request.stream,
                    # The target is in the URL already; as an extension it would also replace that of a proxy's CONNECT.
                    extensions={name: value for name, value in request.extensions.items() if name != "target"},
                )
            )
        except BaseException:
            self.places.release()
            raise


class _Body(httpx.AsyncByteStream):
    """The body of a response. Closing it releases its place in `pool` and calls `done` with the pool, once."""

    def __init__(self, response: httpcore.Response, pool: _OriginPool, done: Callable[[_OriginPool], None]) -> None:
        self._response = response
        self._pool = pool
        self._done = done
        self._is_open = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, AsyncIterable)
        return aiter(self._response.stream)

    async def aclose(self) -> None:
        """Close the response and release its place; later calls do nothing."""
        if self._is_open:
            self._is_open = False
            try:
                await self._response.aclose()
            finally:
                self._pool.places.release()
                self._done(self._pool)
