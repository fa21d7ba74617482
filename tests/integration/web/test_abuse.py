"""What strangers do to the web page: unfinished requests, guesses, stolen cookies, numbers without end."""

import asyncio
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.integration.web.conftest import ORIGIN, TOKEN, client_of
from tests.integration.web.newsroom_archive import NOW
from tests.waiting import PATIENCE
from tracker.config.root import Config
from tracker.web import guard as access
from tracker.web import serve
from tracker.web.app import build
from tracker.web.data import MAX_LISTENERS, open_pages
from tracker.web.guard import Site, csrf
from tracker.web.serve import MAX_CONNECTIONS, Serving, dispensable

URL = "https://ledger.example/2026/11/25/narrows-bridge-barge"
HEAD = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\ntoken"


@asynccontextmanager
async def served(kept):
    """Serve the archive on a socket, and give its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    site = Site(token=TOKEN)
    server = Serving(build(open_pages(kept.url), site, lambda: NOW, Config), site, listening)
    server.begin()
    try:
        yield listening.getsockname()[1]
    finally:
        await server.end()


@asynccontextmanager
async def connected(port: int, sent: bytes):
    """Open a connection, send these bytes, and give both ends of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", HEAD, FORM],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
async def test_an_unfinished_request_is_given_up(kept, monkeypatch, sent):
    monkeypatch.setattr(serve, "MAX_REQUEST_SECONDS", 0.3)
    async with served(kept) as port, asyncio.timeout(PATIENCE), connected(port, sent) as (reader, _):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""


async def test_bytes_that_drip_do_not_put_the_end_off(kept, monkeypatch):
    monkeypatch.setattr(serve, "MAX_REQUEST_SECONDS", 0.5)
    async with served(kept) as port, connected(port, b"") as (reader, writer):
        for byte in HEAD * 10:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)
            if reader.at_eof() or reader.exception():
                break
        else:
            pytest.fail("the connection stayed open")


async def test_unfinished_requests_shut_nobody_out(kept):
    async with served(kept) as port, AsyncExitStack() as stack:
        for _ in range(MAX_CONNECTIONS + 20):
            await stack.enter_async_context(connected(port, b"GET / HT"))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            assert (await client.get("/healthz")).status_code == 200


def test_the_oldest_foreign_connection_without_a_request_makes_room():
    def fake(began: float, *, is_local: bool = False, is_waiting: bool = True) -> Any:
        return SimpleNamespace(began=began, is_local=is_local, is_waiting=is_waiting)

    local, late, early, busy = fake(1, is_local=True), fake(3), fake(2), fake(0, is_waiting=False)
    assert dispensable([local, late, early, busy]) is early
    assert dispensable([local, busy]) is local
    assert dispensable([busy]) is None


async def test_there_are_never_more_listeners_than_allowed(kept):
    async with served(kept) as port, AsyncExitStack() as stack:
        request = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        opened = [connected(port, request) for _ in range(MAX_LISTENERS + 20)]
        readers = [(await stack.enter_async_context(each))[0] for each in opened]
        statuses = [(await reader.readline()).split()[1] for reader in readers]
    assert (statuses.count(b"200"), statuses.count(b"503")) == (MAX_LISTENERS, 20)


async def test_a_cookie_is_worth_nothing_after_signing_out(kept):
    site = Site(token=TOKEN)
    async with client_of(kept.url, site) as client:
        await client.post("/login", data={"token": TOKEN}, headers=ORIGIN)
        stolen = client.cookies["writethru"]
        assert (await client.get("/index.json", headers={"cookie": f"writethru={stolen}"})).status_code == 200
        form = {"csrf": csrf(site, stolen)}
        assert (await client.post("/logout", data=form, headers=ORIGIN)).status_code == 303
        client.cookies.clear()
        assert (await client.get("/index.json", headers={"cookie": f"writethru={stolen}"})).status_code == 401


async def test_wrong_tokens_are_answered_one_after_another(kept, monkeypatch):
    monkeypatch.setattr(access, "WRONG_TOKEN_DELAY_SECONDS", 0.2)
    monkeypatch.setattr(access, "MAX_WRONG_TOKEN_WAIT_SECONDS", 0.9)
    async with client_of(kept.url, Site(token=TOKEN)) as client:

        async def guess() -> tuple[int, float]:
            answer = await client.get("/index.json", headers={"authorization": "Bearer wrong"})
            return answer.status_code, time.monotonic()

        began = time.monotonic()
        answers = await asyncio.gather(*(guess() for _ in range(8)))
        refused = sorted(at for status, at in answers if status == 401)
        assert len(refused) >= 4
        assert [status for status, _ in answers].count(429) == 8 - len(refused) > 0
        assert all(at - began > 0.2 * place - 0.05 for place, at in enumerate(refused, 1))
        right = await client.get("/index.json", headers={"authorization": f"Bearer {TOKEN}"})
        assert right.status_code == 200, "whoever knows the token does not wait"


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 4999 + "1", "1" * 7, "0", "-1", "1e3", "²", "١٢"])
async def test_numbers_without_end_are_no_page(client, digits):
    [ident] = [each["article"] for each in (await client.get("/changes.json")).json()["changes"]][:1]
    for path in (
        f"/articles/{ident}/{digits}",
        f"/articles/{ident}/1..{digits}",
        f"/articles/{ident}/{digits}/raw",
    ):
        for end in ("", ".json"):
            assert (await client.get(path + end)).status_code == 404, path[:60]
    assert (await client.get(f"/api/v1/articles/{ident}/versions/{digits}")).status_code == 404
    assert (await client.get(f"/articles/{ident}/compare?from=1&to={digits}")).status_code == 400
    assert (await client.get(f"/changes?after={digits}-1")).status_code in {200, 400}


DAYS = ["Thu, 01 Jan 99999999999 00:00:00 GMT", "Thu, 01 Jan 10000 00:00:00 GMT", "Wed, 25 Nov 2026 05:00:00 -0000"]


@pytest.mark.parametrize("when", [*DAYS, "yesterday", "9" * 5000])
async def test_a_time_that_no_calendar_has_is_no_fault_of_ours(client, when):
    answer = await client.get(f"/timegate/{URL}", headers={"accept-datetime": when})
    assert answer.status_code == 400
    assert "Accept-Datetime" in answer.text
