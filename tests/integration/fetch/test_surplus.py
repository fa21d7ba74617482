"""Servers that send more bytes than one response: the extra bytes must never become the next page."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tracker.fetch.client import HttpFetcher
from tracker.model.capture import Capture, NotModified, Request

from .conftest import AUTHORITY, NOW, asked, fetching, server_context, trusting_context
from .server import Seen, Server, chunked, response, serving

HTML = "Content-Type: text/html"
PAGE = b"<html><body><p>The council met.</p></body></html>"
NEXT = b"<html><body><p>The mayor resigned.</p></body></html>"
FORGED = response(b"<html><body><p>Forged.</p></body></html>", HTML)

COMPLETE = {
    "length": response(PAGE, HTML),
    "chunks": chunked(PAGE, HTML, close=False),
    "not found": response(PAGE, HTML, status="404 Not Found"),
    "not modified": response(status="304 Not Modified"),
    "early hints": b"HTTP/1.1 103 Early Hints\r\n\r\n" + response(PAGE, HTML),
    "long": response(PAGE + b"<p>More.</p>" * 20_000, HTML),
}
SURPLUS = {
    "response": FORGED,
    "one byte": b"\n",
    "status line": b"HTTP/1.1 200 OK\r\nX-Forged: ",
    "long": FORGED * 2_000,
}


@pytest.fixture(params=["http", "https"])
async def server(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Server]:
    context = server_context(AUTHORITY.issue_cert("localhost")) if request.param == "https" else None
    async with serving(context) as running:
        running.routes["/next"] = response(NEXT, HTML)
        yield running


@pytest.fixture
async def fetcher(anyio_backend: str) -> AsyncIterator[HttpFetcher]:
    async with fetching(tls_context=trusting_context()) as open_fetcher:
        yield open_fetcher


async def assert_next_page_is_genuine(server: Server, fetcher: HttpFetcher) -> None:
    result = await fetcher.fetch(Request(server.url("/next")), NOW)
    assert isinstance(result, Capture), result
    assert result.body == NEXT
    assert not result.header("x-forged")
    assert server.connections == 2, "the connection with surplus bytes is not used again"


@pytest.mark.parametrize("surplus", SURPLUS)
@pytest.mark.parametrize("complete", COMPLETE)
async def test_bytes_sent_with_a_response_never_become_the_next_page(server, fetcher, complete, surplus) -> None:
    server.routes["/"] = COMPLETE[complete] + SURPLUS[surplus]
    await fetcher.fetch(Request(server.url(), etag='"v1"'), NOW)
    await assert_next_page_is_genuine(server, fetcher)


@pytest.mark.parametrize("surplus", SURPLUS)
async def test_bytes_sent_just_after_a_response_never_become_the_next_page(server: Server, fetcher, surplus) -> None:
    sent = asyncio.Event()

    async def two_writes(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        # Two writes are two TLS records, which may reach the client together.
        writer.write(response(PAGE, HTML))
        writer.write(SURPLUS[surplus])
        sent.set()
        return b""

    server.keep_open = True
    server.routes["/"] = two_writes
    await fetcher.fetch(Request(server.url()), NOW)
    await sent.wait()
    await assert_next_page_is_genuine(server, fetcher)


async def test_bytes_sent_while_the_connection_is_idle_never_become_the_next_page(server: Server, fetcher) -> None:
    stored, sent = asyncio.Event(), asyncio.Event()

    async def later(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        writer.write(response(PAGE, HTML))
        await writer.drain()
        await stored.wait()
        writer.write(FORGED)
        await writer.drain()
        sent.set()
        return b""

    server.routes["/"] = later
    result = await fetcher.fetch(Request(server.url()), NOW)
    assert isinstance(result, Capture)
    stored.set()
    await sent.wait()
    await asyncio.sleep(0.05)  # the loopback of the kernel delivers
    await assert_next_page_is_genuine(server, fetcher)


async def test_bytes_after_the_answer_to_a_post_never_become_the_next_answer(server: Server, fetcher) -> None:
    server.routes["/hook"] = response(b"first") + FORGED
    assert await asked(fetcher, server.url("/hook")) == (200, b"first")
    server.routes["/hook"] = response(b"second", status="202 Accepted")
    assert await asked(fetcher, server.url("/hook")) == (202, b"second")
    assert server.connections == 2


async def test_a_connection_without_surplus_bytes_is_used_again(server: Server, fetcher: HttpFetcher) -> None:
    for path, answer in COMPLETE.items():
        server.routes[f"/{path.replace(' ', '-')}"] = answer
    for path in (*server.routes, *server.routes):
        result = await fetcher.fetch(Request(server.url(path), etag='"v1"'), NOW)
        assert isinstance(result, NotModified) or result.elapsed > 0
    assert server.connections == 1
