"""Connections on the event loop's own sockets, against a server socket of the test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import httpcore
import pytest

from tracker.fetch.sockets import SocketBackend

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


async def connect(server: socket.socket) -> httpcore.AsyncNetworkStream:
    host, port = server.getsockname()
    return await SocketBackend().connect_tcp(host, port, 5)


@pytest.fixture
async def stream(server: socket.socket) -> AsyncIterator[httpcore.AsyncNetworkStream]:
    opened = await connect(server)
    yield opened
    await opened.aclose()


async def test_what_was_not_asked_for_stays_in_the_socket(
    server: socket.socket, stream: httpcore.AsyncNetworkStream
) -> None:
    with server.accept()[0] as peer:
        peer.sendall(b"page and more")
        assert await stream.read(4, 5) == b"page"
        assert stream.get_extra_info("socket").recv(100) == b" and more"


async def test_nothing_is_read_at_the_end(server: socket.socket, stream: httpcore.AsyncNetworkStream) -> None:
    server.accept()[0].close()
    assert await stream.read(100, 5) == b""


async def test_it_knows_both_addresses(server: socket.socket, stream: httpcore.AsyncNetworkStream) -> None:
    with server.accept()[0] as peer:
        assert stream.get_extra_info("server_addr") == server.getsockname()
        assert stream.get_extra_info("client_addr") == peer.getpeername()


async def test_a_server_that_says_nothing_is_a_read_timeout(stream: httpcore.AsyncNetworkStream) -> None:
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(100, 0.01)


async def test_a_server_that_takes_nothing_is_a_write_timeout(stream: httpcore.AsyncNetworkStream) -> None:
    with pytest.raises(httpcore.WriteTimeout):
        await stream.write(b"x" * (64 << 20), 0.01)


async def test_a_closed_port_is_a_connect_error_with_its_reason(server: socket.socket) -> None:
    host, port = server.getsockname()
    server.close()
    with pytest.raises(httpcore.ConnectError) as raised:
        await SocketBackend().connect_tcp(host, port, 5)
    assert isinstance(raised.value.__cause__, ConnectionRefusedError)


async def test_a_closed_stream_cannot_be_read_or_written(stream: httpcore.AsyncNetworkStream) -> None:
    await stream.aclose()
    await stream.aclose()
    with pytest.raises(httpcore.ReadError):
        await stream.read(100, 5)
    with pytest.raises(httpcore.WriteError):
        await stream.write(b"request", 5)


async def test_the_next_socket_of_its_number_is_not_taken_for_it(
    server: socket.socket, stream: httpcore.AsyncNetworkStream
) -> None:
    waiting = asyncio.create_task(stream.read(100, 0.05))
    await asyncio.sleep(0)
    number = stream.get_extra_info("socket").fileno()
    await stream.aclose()
    following = await connect(server)
    assert following.get_extra_info("socket").fileno() == number
    server.accept()[0].close()
    with server.accept()[0] as peer:
        peer.sendall(b"page")
        assert await following.read(100, 5) == b"page"
    await following.aclose()
    with pytest.raises(httpcore.ReadTimeout):
        await waiting
