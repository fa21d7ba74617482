"""Streams that notice surplus bytes, over a network whose pieces the test decides."""

from __future__ import annotations

import socket
import ssl
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore
import pytest
import trustme

from tracker.fetch.streams import ResponseStream

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio
AUTHORITY = trustme.CA()


class Network(httpcore.AsyncNetworkStream):
    """Gives one piece for each read, and nothing after the last; its socket is idle."""

    def __init__(self, idle: socket.socket) -> None:
        self.idle = idle
        self.pieces: deque[bytes] = deque()
        self.is_open = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        return self.pieces.popleft() if self.pieces else b""

    async def aclose(self) -> None:
        self.is_open = False

    def get_extra_info(self, info: str) -> Any:
        return self.idle if info == "socket" else None


class TlsServer(Network):
    """A network with a TLS server at its other end."""

    def __init__(self, idle: socket.socket) -> None:
        super().__init__(idle)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        AUTHORITY.issue_cert("news.test").configure_cert(context)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        self.incoming.write(buffer)
        with suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        if self.outgoing.pending:
            self.pieces.append(self.outgoing.read())

    def encrypted(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self.outgoing.read()

    def closing(self) -> bytes:
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self.outgoing.read()


@pytest.fixture
def idle() -> Iterator[socket.socket]:
    here, there = socket.socketpair()
    with here, there:
        yield here


async def secured(server: TlsServer) -> httpcore.AsyncNetworkStream:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return await ResponseStream(server).start_tls(context, "news.test", 5)


async def read_until(stream: httpcore.AsyncNetworkStream, end: bytes) -> bytes:
    """Read as an HTTP parser does: no further than to the end of the response."""
    received = b""
    while end not in received:
        piece = await stream.read(65_536)
        assert piece
        received += piece
    return received


async def test_pieces_are_no_longer_than_asked_for_and_nothing_is_lost(idle: socket.socket) -> None:
    network = Network(idle)
    network.pieces.extend([b"0123456789", b"a", b"bc"])
    stream = ResponseStream(network)
    pieces = []
    while piece := await stream.read(4):
        pieces.append(piece)
    assert max(map(len, pieces)) == 4
    assert b"".join(pieces) == b"0123456789abc"


@pytest.mark.parametrize("surplus", [b"x", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_stream_with_surplus_bytes_is_readable(idle: socket.socket, surplus: bytes) -> None:
    network = Network(idle)
    network.pieces.append(b"page END" + surplus)
    stream = ResponseStream(network)
    await read_until(stream, b"END")
    assert stream.get_extra_info("is_readable")


async def test_a_stream_without_surplus_bytes_is_not_readable(idle: socket.socket) -> None:
    network = Network(idle)
    network.pieces.append(b"page END")
    stream = ResponseStream(network)
    assert await read_until(stream, b"END") == b"page END"
    assert not stream.get_extra_info("is_readable")


async def test_a_closed_socket_is_readable(idle: socket.socket) -> None:
    stream = ResponseStream(Network(idle))
    idle.close()
    assert stream.get_extra_info("is_readable")


async def test_surplus_bytes_in_a_tls_record_of_their_own_are_noticed(idle: socket.socket) -> None:
    server = TlsServer(idle)
    stream = await secured(server)
    server.pieces.append(server.encrypted(b"page END"))
    assert await read_until(stream, b"END") == b"page END"
    assert not stream.get_extra_info("is_readable")
    server.pieces.append(server.encrypted(b"next END") + server.encrypted(b"surplus"))
    await read_until(stream, b"END")
    assert stream.get_extra_info("is_readable")


async def test_a_server_that_ends_tls_after_its_response_is_noticed(idle: socket.socket) -> None:
    server = TlsServer(idle)
    stream = await secured(server)
    server.pieces.append(server.encrypted(b"page END") + server.closing())
    assert await read_until(stream, b"END") == b"page END"
    assert stream.get_extra_info("is_readable")
    assert await stream.read(10) == b""


async def test_bytes_that_are_not_tls_are_an_error(idle: socket.socket) -> None:
    server = TlsServer(idle)
    stream = await secured(server)
    server.pieces.append(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(httpcore.ReadError):
        await stream.read(10)
    server = TlsServer(idle)
    server.pieces.append(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(httpcore.ConnectError):
        await secured(server)
    assert not server.is_open
