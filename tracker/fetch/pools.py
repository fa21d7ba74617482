"""One of httpcore's connection pools for each origin.

httpcore's pool looks at all its connections and all its waiting requests whenever a request begins or ends. One pool
for hundreds of hosts costs ten milliseconds a page; small pools cost the same however many there are.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpcore

from ..urls import origin_of

if TYPE_CHECKING:
    import ssl

    from ..model.capture import Headers
    from .guard import Guard
    from .limits import Limits


class OriginPools:
    """Sends each request through the pool of its origin.

    A POST has a pool for its full URL, so that a webhook that hangs holds up no other webhook on its host. A pool
    without requests is closed after `limits.idle_seconds`; if there are more than `limits.max_pools`, the one that
    was unused the longest is closed.

    Args: guard: opens the connections, to permitted addresses only. tls_context: returns the TLS context; called for
    the first https origin. limits: how many pools and connections to keep, and for how long. proxy: the HTTP proxy
    that requests go through; *guard* must permit its address. permitted: asked for each new origin, by host and port.
    """

    def __init__(
        self,
        guard: Guard,
        tls_context: Callable[[], ssl.SSLContext],
        limits: Limits,
        *,
        proxy: httpcore.Proxy | None = None,
        permitted: Callable[[str, int], None] | None = None,
    ) -> None:
        self._guard = guard
        self._proxy = proxy
        self._permitted = permitted
        self._tls_context = tls_context
        self._limits = limits
        self._timeouts = {
            "connect": limits.connect_seconds,
            "read": limits.read_seconds,
            "write": limits.write_seconds,
            "pool": limits.pool_seconds,
        }
        self._busy: dict[str, _OriginPool] = {}
        self._idle: OrderedDict[str, _OriginPool] = OrderedDict()

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, headers: Headers, body: bytes | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """Send a request and give the response, whose body is not read yet.

        Args: url: in the form of `request_url`. headers: with Host; Content-Length is added to *body*.
        Raises httpcore's exceptions unchanged, and FetchError if the guard permits no connection.
        """
        origin = origin_of(url)
        pool = self._take(origin, url if method == "POST" else "")
        scheme, host, port = pool.origin.scheme, pool.origin.host, pool.origin.port
        try:
            await self._close_unused()
            await pool.wait(self._limits.pool_seconds)
            try:
                async with pool.connections.stream(
                    method,
                    # httpcore needs longer to parse a URL than for the rest of a request.
                    httpcore.URL(scheme=scheme, host=host, port=port, target=url[len(origin) :]),
                    headers=[(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
                    content=body,
                    extensions={"timeout": self._timeouts},
                ) as response:
                    yield response
            finally:
                pool.places.release()
        finally:
            self._give_back(pool)

    async def aclose(self) -> None:
        """Close every connection."""
        pools = [*self._busy.values(), *self._idle.values()]
        self._busy.clear()
        self._idle.clear()
        for pool in pools:
            await pool.connections.aclose()

    def _take(self, origin: str, receiver: str) -> _OriginPool:
        """Return the pool of an origin, or of a URL that is posted to."""
        key = receiver or origin
        pool = self._busy.get(key) or self._idle.pop(key, None)
        if pool is None:
            limits, parsed = self._limits, httpcore.URL(origin)
            size = limits.max_connections_per_receiver if receiver else limits.max_connections_per_origin
            pool = _OriginPool(key, parsed, self._connections(parsed, size), size)
        self._busy[key] = pool
        pool.users += 1
        return pool

    def _connections(self, origin: httpcore.URL, size: int) -> httpcore.AsyncConnectionPool:
        tls_context = self._tls_context() if origin.scheme == b"https" else None
        if self._permitted is not None:
            self._permitted(origin.host.decode(), origin.origin.port)
        return httpcore.AsyncConnectionPool(
            tls_context,
            proxy=self._proxy,
            max_connections=size,
            keepalive_expiry=self._limits.idle_seconds,
            network_backend=self._guard,
        )

    def _give_back(self, pool: _OriginPool) -> None:
        pool.users -= 1
        if not pool.users and self._busy.pop(pool.key, None) is not None:
            pool.idle_since = time.monotonic()
            self._idle[pool.key] = pool

    async def _close_unused(self) -> None:
        expired = time.monotonic() - self._limits.idle_seconds
        while self._idle:
            oldest = next(iter(self._idle.values()))
            if len(self._idle) + len(self._busy) <= self._limits.max_pools and oldest.idle_since > expired:
                return
            # Removed before it is closed, because another request may come for its origin in the meantime.
            del self._idle[oldest.key]
            await oldest.connections.aclose()


class _OriginPool:
    """A connection pool, how many requests use it or wait for it, and since when there have been none."""

    def __init__(self, key: str, origin: httpcore.URL, connections: httpcore.AsyncConnectionPool, size: int) -> None:
        self.key = key
        self.origin = origin
        self.connections = connections
        # Requests wait here rather than in httpcore's pool, which looks at every waiting request each time.
        self.places = asyncio.Semaphore(size)
        self.users = 0
        self.idle_since = 0.0

    async def wait(self, max_seconds: float) -> None:
        """Take one of `places`. Raises httpcore's PoolTimeout."""
        if not self.places.locked():
            await self.places.acquire()
            return
        try:
            async with asyncio.timeout(max_seconds):
                await self.places.acquire()
        except TimeoutError:
            raise httpcore.PoolTimeout("no connection became free") from None
