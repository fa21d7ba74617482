"""Decide which addresses may be connected to, at the moment of connecting.

A host name is resolved once, all its addresses are checked, and the connection goes to one of these: a name server
cannot answer a second query with another address (DNS rebinding). The spelling of a host does not matter, only its
addresses.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import zip_longest
from typing import Final

import httpcore

from tracker.addresses.urls import is_loopback_host
from tracker.model.capture import FailureKind

from .refused_addresses import NO_ADDRESS, refusal
from .responses import FetchError
from .streams import ResponseStream

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name and port, in the order to try them. Raises OSError or UnicodeError."""

ALLOWED_PORTS: Final = frozenset({80, 443, 8080, 8443})
MAX_DNS_SECONDS: Final = 5.0

_MAX_ADDRESSES: Final = 4
_MIN_CONNECT_SECONDS: Final = 2.0


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of `host` as the operating system resolves it. Raises OSError or UnicodeError.

    Each lookup has a daemon thread of its own: getaddrinfo cannot be cancelled, and a name server that does not
    respond must neither use up a pool of threads nor delay the end of the process.
    """
    answer: Future[list[str]] = Future()
    answer.set_running_or_notify_cancel()  # so that the thread can still set the result after a cancellation

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result(list(dict.fromkeys(str(info[4][0]) for info in infos)))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await asyncio.wrap_future(answer)


class Guard(httpcore.AsyncNetworkBackend):
    """The network backend of every pool: opens connections to permitted addresses only.

    Args: private: permit every address and port. resolver: resolves host names. backend: opens the connections.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        resolver: Resolver = resolve,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._private = private
        self._resolver = resolver
        self._backend = backend or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers, within `timeout` seconds for all of them together.

        Raises FetchError (BLOCKED_ADDRESS or DNS), and httpcore's ConnectError and ConnectTimeout.
        """
        if not self._private:
            require_web_port(host, port)
        addresses = await self._permitted_addresses(host, port)
        deadline = None if timeout is None else time.monotonic() + timeout
        for left in range(len(addresses), 1, -1):
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return ResponseStream(
                    await self._backend.connect_tcp(
                        addresses[-left], port, _share(deadline, left), local_address, socket_options
                    )
                )
        return ResponseStream(
            await self._backend.connect_tcp(addresses[-1], port, _share(deadline, 1), local_address, socket_options)
        )

    async def can_connect(self, host: str, port: int, seconds: float) -> bool:
        """Return whether a connection can be opened; it is closed at once, and nothing is sent."""
        try:
            async with asyncio.timeout(seconds):
                stream = await self.connect_tcp(host, port)
        except (FetchError, TimeoutError, httpcore.ConnectError, httpcore.ConnectTimeout):
            return False
        await stream.aclose()
        return True

    async def sleep(self, seconds: float) -> None:
        """Wait before httpcore tries a connection again."""
        await self._backend.sleep(seconds)

    async def _permitted_addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host` to try, in order. Raises FetchError (DNS or BLOCKED_ADDRESS)."""
        try:
            async with asyncio.timeout(MAX_DNS_SECONDS):
                addresses = await self._resolver(host, port)
        except TimeoutError:
            raise FetchError(
                FailureKind.DNS, f"the host name {host} was not resolved within {MAX_DNS_SECONDS:.0f} s"
            ) from None
        except OSError as error:
            raise FetchError(
                FailureKind.DNS, f"the host name {host} cannot be resolved: {error.strerror or error}"
            ) from None
        except UnicodeError:
            raise FetchError(FailureKind.DNS, f"{host} is not a valid host name") from None
        if not addresses:
            raise FetchError(FailureKind.DNS, f"the host name {host} has no address")
        if not self._private:
            for address in addresses:
                # One refused address is enough: a name with public and private addresses is an attack or a mistake.
                if what := refusal(address):
                    found = f"{host} is {what}" if host == address else f"{host} resolves to {address}, {what}"
                    raise FetchError(
                        FailureKind.BLOCKED_ADDRESS,
                        f"{found}; writethru connects to it only with allow_private = true under [fetch] or "
                        "WRITETHRU_ALLOW_PRIVATE=1",
                    )
        # IPv4 and IPv6 take turns, the resolver's first choice first (RFC 8305).
        starts_with_v6 = ":" in addresses[0]
        same = [address for address in addresses if (":" in address) is starts_with_v6]
        other = [address for address in addresses if (":" in address) is not starts_with_v6]
        in_turn = [address for pair in zip_longest(same, other) for address in pair if address is not None]
        return in_turn[:_MAX_ADDRESSES]


def require_web_port(host: str, port: int) -> None:
    """Raise FetchError if `port` is not a usual port of web servers."""
    if port not in ALLOWED_PORTS:
        raise FetchError(
            FailureKind.BLOCKED_ADDRESS,
            f"port {port} of {host} is not a port for web pages (80, 443, 8080, 8443); writethru connects to it only "
            "with allow_private = true under [fetch] or WRITETHRU_ALLOW_PRIVATE=1",
        )


def require_public_name(host: str, port: int) -> None:
    """Raise FetchError if `host` is a private address or a name of this machine, or `port` is not a web port.

    More cannot be checked if a proxy resolves host names: the proxy must refuse the names of its own network.
    """
    require_web_port(host, port)
    what = "a name of this machine" if is_loopback_host(host) else refusal(host)
    if what and what != NO_ADDRESS:
        raise FetchError(
            FailureKind.BLOCKED_ADDRESS,
            f"{host} is {what}; writethru sends it to a proxy only with allow_private = true under [fetch] or "
            "WRITETHRU_ALLOW_PRIVATE=1",
        )


def _share(deadline: float | None, left: int) -> float | None:
    """Return the seconds for the next of `left` addresses, so that an unreachable one leaves time for the others."""
    if deadline is None:
        return None
    remaining = max(deadline - time.monotonic(), 0.001)
    return min(remaining, max(_MIN_CONNECT_SECONDS, remaining / left))
