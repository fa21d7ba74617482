"""httpcore's network on asyncio's transports, against a server that does as it is told."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore
import pytest

from tracker.fetch.wire import Wire

pytestmark = pytest.mark.anyio

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(answer: Answer) -> AsyncIterator[httpcore.AsyncNetworkStream]:
    calls: list[tuple[asyncio.Task[None], asyncio.StreamWriter]] = []

    def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append((asyncio.ensure_future(answer(reader, writer)), writer))

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    async with server:
        stream = await Wire().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1], timeout=20)
        try:
            yield stream
        finally:
            await stream.aclose()
            for task, writer in calls:
                task.cancel()
                writer.transport.abort()
            await asyncio.gather(*(task for task, _ in calls), return_exceptions=True)
            await asyncio.sleep(0.01)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1 << 16):
        writer.write(piece)
        await writer.drain()
    writer.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def test_pieces_are_no_longer_than_asked_for_and_lose_nothing():
    async with connected(echo) as stream:
        await stream.write(b"0123456789", 20)
        got = b""
        while len(got) < 10:
            piece = await stream.read(4, 20)
            assert 0 < len(piece) <= 4
            got += piece
    assert got == b"0123456789"


async def test_more_comes_than_is_held_and_all_of_it_arrives():
    whole = bytes(range(256)) * 16_384

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(whole)
        await writer.drain()
        writer.close()

    async with connected(flood) as stream:
        got = bytearray()
        while piece := await stream.read(65_536, 20):
            got += piece
            await asyncio.sleep(0)
    assert bytes(got) == whole


async def test_what_nobody_reads_is_left_to_the_network():
    sent = 0

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while True:
            writer.write(bytes(1 << 20))
            sent += 1
            await writer.drain()

    async with connected(endless) as stream:
        await stream.read(1, 20)
        before = -1
        while before != sent:  # until the buffers of both ends are full
            before = sent
            await asyncio.sleep(0.3)
        assert sent < 64
        await stream.read(65_536, 20)


async def test_silence_ends_in_a_timeout_and_the_stream_goes_on():
    async with connected(echo) as stream:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(10, 0.05)
        await stream.write(b"still here", 20)
        assert await stream.read(10, 20) == b"still here"


async def test_who_does_not_read_ends_a_long_request_in_a_timeout():
    async with connected(lambda _reader, _writer: asyncio.sleep(60)) as stream:
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(bytes(64 << 20), 0.2)


async def test_a_connection_that_was_closed_is_readable_and_says_so():
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with connected(close) as stream:
        assert await stream.read(10, 20) == b""
        assert stream.get_extra_info("is_readable")
    async with connected(silent) as stream:
        assert not stream.get_extra_info("is_readable")
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        assert stream.get_extra_info("unheard of") is None
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"more", 20)


async def test_a_connection_that_breaks_says_what_broke_it():
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with connected(reset) as stream:
        await stream.write(bytes(100_000), 20)
        with pytest.raises(httpcore.ReadError) as met:
            await stream.read(10, 20)
    assert isinstance(met.value.__cause__, ConnectionResetError)


async def test_nobody_at_home_is_told_in_the_systems_words():
    async with connected(silent) as stream:
        port = stream.get_extra_info("client_addr")[1]
    with pytest.raises(httpcore.ConnectError, match="Connection refused"):
        await Wire().connect_tcp("127.0.0.1", port, timeout=20)
