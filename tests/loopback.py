"""HTTP servers at many loopback addresses."""

import asyncio
import secrets
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from email.utils import formatdate
from pathlib import Path
from typing import Self

Respond = Callable[[str, str], AsyncGenerator[bytes, None]]

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def free_port() -> int:
    """Return a port of loopback for a program that cannot choose one itself.

    It is below those that the system hands out, so nothing takes it before the program does.
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = secrets.choice(range(lowest - 9_000, lowest))  # not random, which is seeded alike in every worker
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def html(text: str, *, date: bool = False) -> bytes:
    """Return a response with a page; with `date`, it names the time, which confirms the clock of the service."""
    body, more = text.encode(), f"Date: {formatdate(usegmt=True)}\r\n".encode() if date else b""
    return b"HTTP/1.1 200 OK\r\n%sContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (more, len(body), body)


class LoopbackSites:
    """Serve HTTP at many addresses and one port, from a thread, while the context is open.

    Args:
        hosts: addresses in 127.0.0.0/8; "0.0.0.0" stands for all of them.
        respond: called with the address and the path of each request; yields the bytes of the response.
        keep_alive: whether a connection may carry more than one request.
    """

    def __init__(self, hosts: Sequence[str], respond: Respond, *, keep_alive: bool = True) -> None:
        self.hosts = hosts
        self.port = 0
        self._respond = respond
        self._keep_alive = keep_alive
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        servers = []
        for host in self.hosts:
            server = await asyncio.start_server(self._handle, host, self.port, backlog=4096, start_serving=False)
            self.port = server.sockets[0].getsockname()[1]
            servers.append(server)
        # Only once all are bound: a service that waits for the first must not find the others still down.
        for server in servers:
            await server.start_serving()
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, goes_on = writer.get_extra_info("sockname")[0], True
        try:
            while goes_on:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1")
                async with aclosing(self._respond(host, path)) as parts:
                    async for part in parts:
                        writer.write(part)
                        await writer.drain()
                goes_on = self._keep_alive
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
