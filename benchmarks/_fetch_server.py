"""A light HTTP/1.1 server on loopback, in a process of its own: one page, plain asyncio, responses made in advance."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import random
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

ETAG = b'"benchmark"'
# Many addresses need one port that is free on all of them.
MANY_PORT = 18_099
_WORDS = "the of minister said on Tuesday that talks fire harbour council report people after two would not".split()


def page(size: int = 50_000) -> bytes:
    """Return an HTML page of *size* bytes, made of words in paragraphs; always the same."""
    rng = random.Random(7)
    parts = ["<!doctype html><html><head><title>Page</title></head><body><article><h1>Page</h1>"]
    length = 0
    while length < size - 200:
        text = " ".join(rng.choice(_WORDS) for _ in range(60))
        parts.append(f'<p class="c{rng.randrange(1000)}">{text}.</p>')
        length += len(parts[-1])
    return ("".join(parts) + "</article></body></html>").encode()


class _Responder(asyncio.Protocol):
    def __init__(self, page_response: bytes, not_modified: bytes) -> None:
        self._page_response = page_response
        self._not_modified = not_modified
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._not_modified if b"if-none-match:" in head.lower() else self._page_response)


def _serve(addresses: list[str], pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    body = gzip.compress(page(), 6)
    head = (
        b"Date: Wed, 25 Nov 2026 03:00:00 GMT\r\nETag: " + ETAG + b"\r\nCache-Control: max-age=60\r\nServer: light\r\n"
    )
    page_response = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n" + head + b"\r\n" + body
    )
    not_modified = b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Responder(page_response, not_modified), addresses, 0 if len(addresses) == 1 else MANY_PORT
        )
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)

    asyncio.run(main())


@contextmanager
def served(addresses: list[str]) -> Iterator[int]:
    """Serve on *addresses* until the end of the block, and give the port."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(addresses, theirs), daemon=True)
    child.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        child.join(5)
        child.kill()
