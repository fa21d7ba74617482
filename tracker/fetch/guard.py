"""Which addresses may be reached, decided where the connection is made.

A name is resolved once, every address it has is vetted, and the connection goes to the very address that was vetted:
between check and use there is nothing a name server could change (DNS rebinding), and no spelling of a host gets past,
for what counts is where it leads.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Any, Final

import httpcore

from ..model import FailureKind
from ..urls import refusal
from .stop import Stop
from .wire import Wire

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host name, in the order to try them. Raises OSError or UnicodeError."""

PORTS: Final = frozenset({80, 443, 8080, 8443})
DNS_SECONDS: Final = 5.0

_MOST_ADDRESSES: Final = 4
_LEAST_SECONDS: Final = 2.0


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of *host*, asked of the system. Raises OSError or UnicodeError.

    Each lookup has a daemon thread of its own: getaddrinfo cannot be cancelled, and a dead name server must neither
    fill a pool that others need nor hold up the end of the process.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str] | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found or [])

    def look_up() -> None:
        found, failed = None, None
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as error:
            failed = error
        with suppress(RuntimeError):
            # The loop may have closed meanwhile: nobody waits for this answer any more.
            loop.call_soon_threadsafe(settle, found, failed)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await answer


class Guard(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore, to vetted addresses alone. *private* lets everything through.

    Raises Stop (BLOCKED_ADDRESS, DNS) and what httpcore's own backend raises.
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
        self._backend = backend or Wire()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first vetted address of *host* that answers, within *timeout* seconds for all of them."""
        if not self._private and port not in PORTS:
            raise Stop(
                FailureKind.BLOCKED_ADDRESS,
                f"port {port} of {host} is not one that web pages are served on (80, 443, 8080, 8443); "
                "WRITETHRU_ALLOW_PRIVATE=1 lets every port through",
            )
        addresses = await self._vetted(host, port)
        ends = None if timeout is None else time.monotonic() + timeout
        for left in range(len(addresses), 1, -1):
            try:
                return await self._backend.connect_tcp(
                    addresses[-left], port, _share(ends, left), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._backend.connect_tcp(addresses[-1], port, _share(ends, 1), local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait, for httpcore's own retries."""
        await self._backend.sleep(seconds)

    async def _vetted(self, host: str, port: int) -> list[str]:
        try:
            async with asyncio.timeout(DNS_SECONDS):
                addresses = list(await self._resolver(host, port))
        except TimeoutError:
            raise Stop(
                FailureKind.DNS, f"the name {host} was not resolved within {DNS_SECONDS:.0f} s; it is tried again later"
            ) from None
        except OSError as error:
            raise Stop(FailureKind.DNS, f"the name {host} cannot be resolved: {error.strerror or error}") from None
        except UnicodeError:
            raise Stop(FailureKind.DNS, f"{host} is not a name that can be resolved") from None
        if not addresses:
            raise Stop(FailureKind.DNS, f"the name {host} has no address")
        if not self._private:
            for address in addresses:
                # One bad answer spoils all: a name that points outside and inside at once is an attack or a mistake.
                if what := refusal(address):
                    raise Stop(
                        FailureKind.BLOCKED_ADDRESS,
                        f"{host} leads to {address}, {what}; writethru does not go there unless "
                        "WRITETHRU_ALLOW_PRIVATE=1 is set",
                    )
        return _interleaved(addresses)[:_MOST_ADDRESSES]


def _share(ends: float | None, left: int) -> float | None:
    """Return the seconds the next of *left* addresses may take, so that a dead one leaves time for the others."""
    if ends is None:
        return None
    rest = max(ends - time.monotonic(), 0.001)
    return min(rest, max(_LEAST_SECONDS, rest / left))


def _interleaved(addresses: Sequence[str]) -> list[str]:
    """Return *addresses* with both IP families taking turns, the resolver's first choice first (RFC 8305)."""
    first = ":" in addresses[0]
    same = [address for address in addresses if (":" in address) is first]
    other = [address for address in addresses if (":" in address) is not first]
    return [address for pair in zip_longest(same, other) for address in pair if address is not None]
