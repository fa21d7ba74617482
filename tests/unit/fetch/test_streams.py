"""Streams that notice surplus bytes, over a network whose pieces the test decides."""

import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpcore
import pytest
import trustme

from tracker.fetch.streams import ResponseStream

AUTHORITY = trustme.CA()


class Network(httpcore.AsyncNetworkStream):
    """Gives one piece for each read, and nothing after the last. Its socket is idle unless `peer` says something."""

    def __init__(self) -> None:
        self.socket, self.peer = socket.socketpair()
        self.pieces: deque[bytes] = deque()
        self.is_open = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        return self.pieces.popleft() if self.pieces else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        assert buffer == b"request"

    async def aclose(self) -> None:
        self.is_open = False

    def get_extra_info(self, info: str) -> Any:
        return self.socket if info == "socket" else None


class TlsServer(Network):
    """A network with a TLS server at its other end."""

    def __init__(self) -> None:
        super().__init__()
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
def network() -> Iterator[Network]:
    made = Network()
    with made.socket, made.peer:
        yield made


@pytest.fixture
def server() -> Iterator[TlsServer]:
    made = TlsServer()
    with made.socket, made.peer:
        yield made


async def secured(server: TlsServer) -> httpcore.AsyncNetworkStream:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return await ResponseStream(server).start_tls(context, "news.test", 5)


async def read_response(stream: httpcore.AsyncNetworkStream) -> bytes:
    """Read as an HTTP parser does, no further than to the end of a response; "END" is the end here."""
    received = b""
    while b"END" not in received:
        piece = await stream.read(65_536)
        assert piece
        received += piece
    return received


async def test_pieces_are_no_longer_than_asked_for_and_nothing_is_lost(network: Network) -> None:
    network.pieces.extend([b"0123456789", b"a", b"bc"])
    stream = ResponseStream(network)
    pieces = []
    while piece := await stream.read(4):
        pieces.append(piece)
    assert max(map(len, pieces)) == 4
    assert b"".join(pieces) == b"0123456789abc"


@pytest.mark.parametrize("head", [b"HEAD\r\n\r\n", b"HEAD\n\n"])
@pytest.mark.parametrize("surplus", [b"x", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_stream_with_surplus_bytes_is_readable(network: Network, head: bytes, surplus: bytes) -> None:
    stream = ResponseStream(network)
    await stream.write(b"request")
    network.pieces.append(head + b"page END" + surplus)
    await read_response(stream)
    assert stream.get_extra_info("is_readable")


@pytest.mark.parametrize("blocks", [(b"page END",), (b"HEAD\r\n\r\n", b"page END"), (b"HEAD\n\r", b"\npage E", b"ND")])
async def test_a_stream_without_surplus_bytes_is_not_readable(network: Network, blocks: tuple[bytes, ...]) -> None:
    stream = ResponseStream(network)
    await stream.write(b"request")
    network.pieces.extend(blocks)
    assert await read_response(stream) == b"".join(blocks)
    assert not stream.get_extra_info("is_readable")


async def test_headers_alone_are_given_at_once_and_surplus_after_the_next_body_noticed(network: Network) -> None:
    stream = ResponseStream(network)
    await stream.write(b"request")
    network.pieces.extend([b"NOT MODIFIED\r\n\r\n", b"page END" + b"SURPLUS\r\n\r\n"])
    assert await stream.read(65_536) == b"NOT MODIFIED\r\n\r\n"
    await read_response(stream)
    assert stream.get_extra_info("is_readable")


async def test_a_socket_with_late_bytes_is_readable_and_so_is_one_at_its_end(network: Network) -> None:
    stream = ResponseStream(network)
    assert not stream.get_extra_info("is_readable")
    network.peer.send(b"late")
    assert stream.get_extra_info("is_readable")
    network.socket.recv(4)
    assert not stream.get_extra_info("is_readable")
    network.peer.close()
    assert stream.get_extra_info("is_readable")


async def test_surplus_bytes_in_a_tls_record_of_their_own_are_noticed(server: TlsServer) -> None:
    stream = await secured(server)
    server.pieces.append(server.encrypted(b"page END"))
    assert await read_response(stream) == b"page END"
    assert not stream.get_extra_info("is_readable")
    server.pieces.append(server.encrypted(b"next END") + server.encrypted(b"surplus"))
    await read_response(stream)
    assert stream.get_extra_info("is_readable")


async def test_a_server_that_ends_tls_after_its_response_is_noticed(server: TlsServer) -> None:
    stream = await secured(server)
    server.pieces.append(server.encrypted(b"page END") + server.closing())
    assert await read_response(stream) == b"page END"
    assert stream.get_extra_info("is_readable")
    assert await stream.read(10) == b""


async def test_bytes_that_are_not_tls_break_the_connection(server: TlsServer) -> None:
    stream = await secured(server)
    server.pieces.append(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(httpcore.ReadError):
        await stream.read(10)


async def test_bytes_that_are_not_tls_break_the_handshake(server: TlsServer) -> None:
    server.pieces.append(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(httpcore.ConnectError):
        await secured(server)
    assert not server.is_open
