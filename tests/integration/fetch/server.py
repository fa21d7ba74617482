"""A web server on loopback that answers with exactly the bytes a test wants on the wire."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.waiting import until

Answer = bytes | Callable[["Seen", asyncio.StreamWriter], Awaitable[bytes]]


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """What a server answers and what it saw.

    routes: path → the bytes to send, or a function that returns them. seen: the requests. connections: how many were
    ever opened; open: how many still are. keep_open: do not close a connection after an answer of unknown length.
    """

    port: int = 0
    routes: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    keep_open: bool = False
    scheme: str = "http"
    host: str = "127.0.0.1"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    async def until_open(self, count: int) -> None:
        """Wait until *count* connections are open."""
        await until(lambda: self.open == count)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            self.open -= 1
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        seen = Seen(method, path, headers, body)
        self.seen.append(seen)
        answer = self.routes.get(path, response(b"not here", status="404 Not Found"))
        raw = answer if isinstance(answer, bytes) else await answer(seen, writer)
        writer.write(raw)
        await writer.drain()
        lowered = raw.lower()
        if b"connection: close" in lowered:
            return False
        return self.keep_open or b"content-length" in lowered or b"chunked" in lowered


def response(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return a whole response framed by its Content-Length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(body: bytes, *headers: str, end: bool = True, close: bool = True) -> bytes:
    """Return a response framed by chunks."""
    lines = ["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked", *(["Connection: close"] if close else [])]
    pieces = [body[i : i + 1000] for i in range(0, len(body), 1000)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + framed + (b"0\r\n\r\n" if end else b"")


def until_eof(body: bytes, *headers: str) -> bytes:
    """Return a response that ends when the connection does."""
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "Connection: close"]).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    server = Server(scheme="https" if context else "http", host="localhost" if context else host)
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.handle(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    listening = await asyncio.start_server(handle, host, 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()
