import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore
import pytest

from tracker.fetch.sockets import SocketBackend


@asynccontextmanager
async def echo(address: str = "127.0.0.1") -> AsyncIterator[int]:
    """Send back what arrives; give the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    async with await asyncio.start_server(answer, address, 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_what_is_written_arrives_and_the_answer_is_read():
    async with echo() as port:
        stream = await SocketBackend().connect_tcp("127.0.0.1", port, timeout=5)
        await stream.write(b"hello", timeout=5)
        assert await stream.read(100, timeout=5) == b"hello"
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
        assert stream.get_extra_info("ssl_object") is None
        await stream.aclose()


async def test_a_connection_has_the_options_and_the_address_that_httpcore_asks_for():
    async with echo() as port:
        option = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        stream = await SocketBackend().connect_tcp("127.0.0.1", port, 5, "127.0.0.3", [option])
        connection = stream.get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert stream.get_extra_info("client_addr")[0] == "127.0.0.3"
        await stream.aclose()


async def test_a_server_that_says_nothing_is_waited_for_as_long_as_asked():
    async with echo() as port:
        stream = await SocketBackend().connect_tcp("127.0.0.1", port)
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, timeout=0.01)
        await stream.aclose()


async def test_a_closed_connection_can_be_neither_read_nor_written():
    async with echo() as port:
        stream = await SocketBackend().connect_tcp("127.0.0.1", port)
        await stream.aclose()
        with pytest.raises(httpcore.ReadError):
            await stream.read(100, timeout=5)
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"hello", timeout=5)


async def test_a_port_where_nobody_listens_is_an_error():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(httpcore.ConnectError):
            await SocketBackend().connect_tcp("127.0.0.1", bound.getsockname()[1], timeout=5)
