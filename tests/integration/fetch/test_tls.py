from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpcore
import pytest
import trustme

from tracker.config import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.fetch.wire import Wire
from tracker.model import Capture, Failure, FailureKind, Request

from .conftest import NOW
from .server import response, serving

pytestmark = pytest.mark.anyio
AUTHORITY = trustme.CA()
CONFIG = FetchConfig(allow_private=True, timeout=timedelta(seconds=10))
PAGE = b"<html>secure</html>"


def serving_with(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def fetch(url: str, context: ssl.SSLContext | None) -> object:
    fetcher = HttpFetcher(CONFIG, contact="", version="1", context=context)
    try:
        return await fetcher.fetch(Request(url), NOW)
    finally:
        await fetcher.aclose()


async def test_a_page_over_tls() -> None:
    async with serving(serving_with(AUTHORITY.issue_cert("localhost"))) as server:
        server.routes["/"] = response(PAGE)
        result = await fetch(server.url(), trusting())
        assert isinstance(result, Capture)
        assert result.body == PAGE


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (lambda: AUTHORITY.issue_cert("other.example"), "Hostname mismatch"),
        (lambda: AUTHORITY.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)), "expired"),
        (lambda: trustme.CA().issue_cert("localhost"), "unable to get local issuer"),
    ],
)
async def test_a_certificate_that_is_not_to_be_trusted(certificate: object, said: str) -> None:
    assert callable(certificate)
    async with serving(serving_with(certificate())) as server:
        server.routes["/"] = response(PAGE)
        result = await fetch(server.url(), trusting())
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.TLS
        assert said in result.reason
        assert server.seen == []


async def test_the_authorities_of_the_web_are_trusted_and_no_others() -> None:
    async with serving(serving_with(AUTHORITY.issue_cert("localhost"))) as server:
        result = await fetch(server.url(), None)
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.TLS


async def test_a_server_that_does_not_speak_tls() -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        result = await fetch(f"https://127.0.0.1:{port}/", trusting())
    assert isinstance(result, Failure)
    assert result.kind in {FailureKind.TLS, FailureKind.CONNECT}


async def test_what_came_before_tls_began_is_not_taken_for_what_came_in_it() -> None:
    """Whoever sits on the line could put an answer before the handshake, and then let the true server go on."""

    async def meddle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"<html>forged</html>"))
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    line = await asyncio.start_server(meddle, "127.0.0.1", 0)
    async with line:
        stream = await Wire().connect_tcp("127.0.0.1", line.sockets[0].getsockname()[1], timeout=5)
        async with asyncio.timeout(5):
            while not stream.get_extra_info("is_readable"):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        with pytest.raises(httpcore.ConnectError, match="before TLS"):
            await stream.start_tls(trusting(), "localhost", timeout=1)
        await asyncio.sleep(0.05)
