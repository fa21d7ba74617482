"""TCP connections for httpcore, straight on the sockets of asyncio's event loop.

httpcore's own backend goes through anyio, whose time limits and checkpoints are a tenth of what an unmodified
page costs. Here nothing is read ahead either: what was not asked for is still in the socket, where `streams.py` can
see it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import httpcore


class SocketBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to addresses; host names are resolved by the guard (`guard.py`)."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the address *host* within *timeout* seconds. Raises httpcore's ConnectError and ConnectTimeout."""
        connected = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            connected.setblocking(False)
            # A request is sent at once, not when more has been written.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for option in socket_options or ():
                connected.setsockopt(*option)
            if local_address is not None:
                connected.bind((local_address, 0))
            async with asyncio.timeout(timeout):
                await asyncio.get_running_loop().sock_connect(connected, (host, port))
        except BaseException as error:
            connected.close()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout(error) from error
            if isinstance(error, OSError):
                raise httpcore.ConnectError(error) from error
            raise
        return SocketStream(connected)

    async def sleep(self, seconds: float) -> None:
        """Wait before httpcore tries a connection again."""
        await asyncio.sleep(seconds)


class SocketStream(httpcore.AsyncNetworkStream):
    """A connected socket, which must not block. `start_tls` is not offered: see `TlsStream`."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        """Return up to *max_bytes* bytes, none at the end. Raises httpcore's ReadError and ReadTimeout."""
        try:
            async with asyncio.timeout(timeout):
                return await self._loop.sock_recv(self._socket, max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        """Send *buffer*. Raises httpcore's WriteError and WriteTimeout."""
        if not buffer:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._loop.sock_sendall(self._socket, buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(error) from error
        except OSError as error:
            raise httpcore.WriteError(error) from error

    async def aclose(self) -> None:
        """Close the connection. Idempotent."""
        if self._socket.fileno() >= 0:
            # A task may still wait for it: the loop must not take the next socket of this number for it.
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return the socket, or the address of the server or of this end; None for everything else."""
        if info == "socket":
            return self._socket
        if info == "server_addr":
            return self._socket.getpeername()
        return self._socket.getsockname() if info == "client_addr" else None
