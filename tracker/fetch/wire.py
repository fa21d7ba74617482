"""The network as httpcore wants it, on asyncio's own transports.

httpcore's own backend goes through anyio, which sets up a cancel scope for every piece and has the selector forget the
socket between two of them: a fifth of what a page or a short answer costs.
"""

from __future__ import annotations

import asyncio
import os
import select
import ssl
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HELD: Final = 1 << 18
"""Bytes that came and were not asked for, above which no more are taken from the network."""


class Wire(httpcore.AsyncNetworkBackend):
    """Opens TCP connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect within *timeout* seconds. Raises httpcore's ConnectError and ConnectTimeout."""
        local = None if local_address is None else (local_address, 0)
        with _connecting():
            async with asyncio.timeout(timeout):
                transport, ends = await asyncio.get_running_loop().create_connection(
                    _Ends, host, port, local_addr=local
                )
            for option in socket_options or ():
                transport.get_extra_info("socket").setsockopt(*option)
        return Stream(transport, ends)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Ends(asyncio.Protocol):
    """What came and was not read yet; what ended it."""

    def __init__(self) -> None:
        self.came: deque[bytes] = deque()
        self.held = 0
        self.over = False
        self.error: Exception | None = None
        self.full = False
        self._woken: asyncio.Future[None] | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.came.append(data)
        self.held += len(data)
        if self.held > _HELD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over, self.full, self.error = True, False, exc
        self._wake()

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        self._wake()

    def take(self, most: int) -> bytes:
        """Return the next piece, of *most* bytes at most."""
        piece = self.came.popleft()
        if len(piece) > most:
            self.came.appendleft(piece[most:])
            piece = piece[:most]
        if self.held > _HELD >= self.held - len(piece) and not self.over:
            self._transport.resume_reading()
        self.held -= len(piece)
        return piece

    async def something(self) -> None:
        """Wait until anything happens."""
        self._woken = asyncio.get_running_loop().create_future()
        try:
            await self._woken
        finally:
            self._woken = None

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)


class Stream(httpcore.AsyncNetworkStream):
    """One connection. What is read and written is waited for by one task at a time."""

    def __init__(self, transport: asyncio.Transport, ends: _Ends) -> None:
        self._transport = transport
        self._ends = ends

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Return what comes next, nothing at the end. Raises httpcore's ReadError and ReadTimeout."""
        ends = self._ends
        if not ends.came and not ends.over:
            try:
                async with asyncio.timeout(timeout):
                    while not ends.came and not ends.over:
                        await ends.something()
            except TimeoutError as error:
                raise httpcore.ReadTimeout(str(error)) from error
        if ends.came:
            return ends.take(max_bytes)
        if ends.error is not None:
            raise httpcore.ReadError(str(ends.error)) from ends.error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Send *buffer*. Raises httpcore's WriteError and WriteTimeout."""
        ends = self._ends
        if buffer:
            self._transport.write(buffer)
        if ends.full:
            try:
                async with asyncio.timeout(timeout):
                    while ends.full:
                        await ends.something()
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
        if self._transport.is_closing():
            raise httpcore.WriteError(str(ends.error or "the connection is closed")) from ends.error

    async def aclose(self) -> None:
        """Close it at once."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Go on in TLS. Raises httpcore's ConnectError and ConnectTimeout."""
        loop = asyncio.get_running_loop()
        if self._ends.came:
            # It would be read later as if it had come in TLS, and anybody on the line can have sent it.
            self._transport.abort()
            raise httpcore.ConnectError("something was said before TLS began")
        try:
            with _connecting():
                async with asyncio.timeout(timeout):
                    transport = await loop.start_tls(
                        self._transport, self._ends, ssl_context, server_hostname=server_hostname
                    )
                    assert transport is not None
        except BaseException:
            self._transport.abort()
            raise
        self._ends.connection_made(transport)
        return Stream(transport, self._ends)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return what httpcore asks for."""
        told = self._transport.get_extra_info
        if info == "is_readable":
            return bool(self._ends.came) or self._ends.over or _has_something(told("socket").fileno())
        names = {"server_addr": "peername", "client_addr": "sockname", "socket": "socket", "ssl_object": "ssl_object"}
        return told(names[info]) if info in names else None


def _has_something(file: int) -> bool:
    """Say whether the other side has spoken or hung up meanwhile."""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except ssl.SSLError as error:
        raise httpcore.ConnectError(str(error)) from error
    except OSError as error:
        # What asyncio says of it names the address, not what is wrong.
        why = OSError(error.errno, os.strerror(error.errno)) if error.errno else error
        raise httpcore.ConnectError(str(why)) from why
