"""Which connection a request gets, with connections that are made of nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tracker.fetch.connections import Connections

pytestmark = pytest.mark.anyio

REQUEST = SimpleNamespace(url=SimpleNamespace(origin="http://s.test"))


class Stream:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def __aiter__(self):
        yield b"one"
        if self.connection.breaks:
            self.connection.idle = False
            raise ConnectionError
        yield b"two"

    async def aclose(self) -> None:
        self.connection.closes += 1
        self.connection.idle = not self.connection.breaks


class Connection:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.idle = self.expired = self.closed = self.refuses = self.breaks = False
        self.closes = 0

    async def handle_async_request(self, request: Any) -> Any:
        assert request is REQUEST
        self.idle = False
        if self.refuses:
            raise ConnectionError
        return SimpleNamespace(status=200, stream=Stream(self))

    async def aclose(self) -> None:
        self.closed = True

    def has_expired(self) -> bool:
        return self.expired

    def is_idle(self) -> bool:
        return self.idle


class World:
    def __init__(self) -> None:
        self.made: list[Connection] = []
        self.pool = Connections(self.connect)

    def connect(self, origin: str) -> Connection:
        self.made.append(Connection(origin))
        return self.made[-1]

    async def ask(self) -> Any:
        return await self.pool.handle_async_request(REQUEST)

    async def whole(self) -> bytes:
        response = await self.ask()
        body = b"".join([part async for part in response.stream])
        await response.stream.aclose()
        return body


async def test_a_connection_is_free_again_when_its_answer_was_closed():
    world = World()
    assert await world.whole() == b"onetwo"
    assert await world.whole() == b"onetwo"
    assert [each.origin for each in world.made] == ["http://s.test"]
    first = await world.ask()
    second = await world.ask()
    assert len(world.made) == 2, "the first is in use"
    await first.stream.aclose()
    await first.stream.aclose()
    assert world.made[0].closes == 3, "closed once an answer"
    await second.stream.aclose()
    await world.whole()
    assert world.made[1].closes == 2, "the one used last is taken"
    assert len(world.made) == 2


async def test_one_that_the_other_side_has_left_is_closed_and_another_made():
    world = World()
    await world.whole()
    world.made[0].expired = True
    assert await world.whole() == b"onetwo"
    assert [each.closed for each in world.made] == [True, False]


async def test_one_that_fails_is_used_no_more():
    world = World()
    await world.whole()
    world.made[0].refuses = True
    with pytest.raises(ConnectionError):
        await world.ask()
    await world.whole()
    assert len(world.made) == 2
    world.made[1].breaks = True
    response = await world.ask()
    with pytest.raises(ConnectionError):
        [part async for part in response.stream]
    await response.stream.aclose()
    await world.whole()
    assert len(world.made) == 3


async def test_in_the_end_all_that_is_idle_is_closed():
    world = World()
    async with world.pool:
        await world.whole()
    assert [each.closed for each in world.made] == [True]
