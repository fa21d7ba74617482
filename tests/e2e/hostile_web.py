"""The hostile answers on loopback, one address each, beside a good paper that must not suffer."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Self

from .hostile import CASES, Case, page, whole
from .hostile_second import GOOD, HERE, SECOND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .hostile import Answer

    Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _as_long_as(stands: str, url: str) -> str:
    """Make an address as long as what stands for it: lengths are told before it is put in."""
    return f"{url}/{'n' * (len(stands) - len(url) - 1)}"


class Web:
    """Serves every case at an address of its own, and a good paper whose page changes every two seconds."""

    good = "127.0.5.1"

    def __init__(self, cases: Sequence[Case] = (*CASES, *SECOND)) -> None:
        self.cases = cases
        self.port = 0
        self.asked_good: list[float] = []
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def url(self, case: Case) -> str:
        return _as_long_as(HERE, f"http://{self._host(self.cases.index(case))}:{self.port}/case")

    @staticmethod
    def _host(place: int) -> str:
        return f"127.0.{(4, 6)[place // 250]}.{1 + place % 250}"

    @property
    def good_url(self) -> str:
        return _as_long_as(GOOD, f"http://{self.good}:{self.port}/good")

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
        servers = [await asyncio.start_server(self._good, self.good, 0)]
        self.port = servers[0].sockets[0].getsockname()[1]
        for place, case in enumerate(self.cases):
            servers.append(await asyncio.start_server(self._handler(case), self._host(place), self.port))
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()

    def _handler(self, case: Case) -> Handler:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                rules = b"/robots.txt" in head.split(b"\r\n", 1)[0]
                if rules and case.robots is None:
                    writer.write(whole(b"", status="404 Not Found"))
                else:
                    await self._send(case, case.robots if rules and case.robots else case.answer, writer)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        return handle

    async def _send(self, case: Case, answer: Answer, writer: asyncio.StreamWriter) -> None:
        made = answer()
        if isinstance(made, bytes):
            here, good = self.url(case), self.good_url
            writer.write(made.replace(HERE.encode(), here.encode()).replace(GOOD.encode(), good.encode()))
            return
        async for piece in made:
            writer.write(piece)
            await writer.drain()

    async def _good(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/robots.txt" in head:
                writer.write(whole(b"", status="404 Not Found"))
            else:
                self.asked_good.append(time.monotonic())
                writer.write(whole(page(f"<p>At {int(time.time() / 2)} the water stood lower again.</p>")))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
