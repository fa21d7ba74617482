"""A TCP proxy that spoils what goes through it: after toxiproxy's toxics, in asyncio and on loopback."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOXICS = ("latency", "slicer", "bandwidth", "truncate", "reset", "blackhole", "garbage", "bit-flip")
HARMLESS = {"latency", "slicer", "bandwidth"}


@dataclass
class Chaos:
    """What is done to each connection; *place* (0 to 1) says where in the answer a spoiler strikes."""

    toxic: str = "latency"
    place: float = 0.5
    port: int = 0
    seed: int = 0
    spoiled: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size: int) -> None:
        """Hand on an answer of *size* bytes from *reader*, spoilt."""
        at = max(1, int(size * self.place))
        before = await reader.readexactly(at)
        self.spoiled += 1
        if self.toxic == "slicer":
            for place in range(0, len(before), 97):
                writer.write(before[place : place + 97])
                await writer.drain()
                await asyncio.sleep(0)
        elif self.toxic == "bit-flip":
            dice = random.Random(f"{self.seed}{at}")
            whole = bytearray(before + await reader.read(-1))
            whole[dice.randrange(at - 1, len(whole))] ^= 1 << dice.randrange(8)
            writer.write(whole)
        else:
            writer.write(before)
        await writer.drain()
        await self._strike(reader, writer)

    async def _strike(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.toxic == "truncate":
            return
        if self.toxic == "reset":
            writer.transport.abort()
        elif self.toxic == "blackhole":
            await asyncio.sleep(30)
        elif self.toxic == "garbage":
            writer.write(random.Random(self.seed).randbytes(2000))
            await writer.drain()
        else:
            if self.toxic in {"latency", "bandwidth"}:
                await asyncio.sleep(0.05)
            writer.write(await reader.read(-1))
            await writer.drain()


@asynccontextmanager
async def chaos(answer: bytes) -> AsyncIterator[Chaos]:
    """Give a server on loopback that sends *answer*, spoilt as the Chaos says."""
    spoiler = Chaos()
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            source = asyncio.StreamReader()
            source.feed_data(answer)
            source.feed_eof()
            await spoiler.answer(source, writer, len(answer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, limit=2**24)
    spoiler.port = listening.sockets[0].getsockname()[1]
    try:
        yield spoiler
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
