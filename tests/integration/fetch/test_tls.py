import asyncio
import random
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tests.waiting import PATIENCE
from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.fetch.limits import Limits
from tracker.model.capture import Capture, Failure, FailureKind, Request

from .conftest import AUTHORITY, NOW, fetching, server_context, trusting_context
from .proxy import pump
from .server import response, serving, until_eof

CONFIG = FetchConfig(allow_private=True, timeout=timedelta(seconds=10))
PAGE = b"<html>secure</html>"


async def fetch(url: str, context: ssl.SSLContext | None) -> object:
    fetcher = HttpFetcher(CONFIG, contact="", version="1", tls_context=context)
    try:
        return await fetcher.fetch(Request(url), NOW)
    finally:
        await fetcher.aclose()


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (lambda: AUTHORITY.issue_cert("other.example"), "Hostname mismatch"),
        (lambda: AUTHORITY.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)), "expired"),
        (lambda: trustme.CA().issue_cert("localhost"), "unable to get local issuer"),
    ],
)
async def test_a_certificate_that_is_not_trusted(certificate: object, reason: str) -> None:
    assert callable(certificate)
    async with serving(server_context(certificate())) as server:
        server.routes["/"] = response(PAGE)
        result = await fetch(server.url(), trusting_context())
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.TLS
        assert reason in result.reason
        assert server.seen == []


async def test_only_public_certificate_authorities_are_trusted() -> None:
    async with serving(server_context(AUTHORITY.issue_cert("localhost"))) as server:
        result = await fetch(server.url(), None)
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.TLS


async def test_a_server_without_tls() -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        result = await fetch(f"https://127.0.0.1:{port}/", trusting_context())
    assert isinstance(result, Failure)
    assert result.kind in {FailureKind.TLS, FailureKind.CONNECT}


async def test_bytes_before_the_handshake_are_never_taken_for_content() -> None:
    """Somebody on the line could send a response before the handshake, and then let the real server go on."""
    async with serving(server_context(AUTHORITY.issue_cert("localhost"))) as server:
        server.routes["/"] = response(PAGE)
        closed = asyncio.Event()

        async def meddle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(response(b"<html>forged</html>"))
            real_reader, real_writer = await asyncio.open_connection("127.0.0.1", server.port)
            await asyncio.gather(pump(reader, real_writer), pump(real_reader, writer))
            closed.set()

        line = await asyncio.start_server(meddle, "127.0.0.1", 0)
        async with line:
            result = await fetch(f"https://localhost:{line.sockets[0].getsockname()[1]}/", trusting_context())
            async with asyncio.timeout(PATIENCE):
                await closed.wait()
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.TLS
        assert server.seen == []


async def test_bytes_that_are_not_tls_after_the_handshake_are_never_taken_for_content() -> None:
    async with serving(server_context(AUTHORITY.issue_cert("localhost"))) as server:
        server.routes["/"] = response(PAGE)

        async def meddle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            real_reader, real_writer = await asyncio.open_connection("127.0.0.1", server.port)
            pumping = asyncio.create_task(pump(reader, real_writer))
            writer.write(await real_reader.read(65_536))
            await real_reader.read(1)
            writer.write(response(b"<html>forged</html>"))
            await pumping
            writer.close()

        async with await asyncio.start_server(meddle, "127.0.0.1", 0) as line:
            result = await fetch(f"https://localhost:{line.sockets[0].getsockname()[1]}/", trusting_context())
        assert isinstance(result, Failure)


async def test_a_handshake_that_does_not_end() -> None:
    closed = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        closed.set()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with listening, fetching(Limits(connect_seconds=0.2), tls_context=trusting_context()) as fetcher:
        result = await fetcher.fetch(Request(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"), NOW)
        async with asyncio.timeout(PATIENCE):
            await closed.wait()
    assert isinstance(result, Failure)
    assert result.kind is FailureKind.CONNECT
    assert "in time" in result.reason


async def test_a_long_page_over_tls_and_one_that_ends_with_the_connection() -> None:
    long = b"<html>" + random.Random(1).randbytes(2_000_000) + b"</html>"
    async with serving(server_context(AUTHORITY.issue_cert("localhost"))) as server:
        server.routes["/long"] = response(long)
        server.routes["/eof"] = until_eof(PAGE, "Content-Type: text/html")
        server.routes["/cut"] = until_eof(PAGE.removesuffix(b"</html>"), "Content-Type: text/html")
        async with fetching(tls_context=trusting_context()) as fetcher:
            for path, body in (("/long", long), ("/eof", PAGE)):
                result = await fetcher.fetch(Request(server.url(path)), NOW)
                assert isinstance(result, Capture)
                assert result.body == body
            result = await fetcher.fetch(Request(server.url("/cut")), NOW)
            assert isinstance(result, Failure)
            assert result.kind is FailureKind.TRUNCATED


async def test_a_long_message_over_tls() -> None:
    async with serving(server_context(AUTHORITY.issue_cert("localhost"))) as server:
        server.routes["/hook"] = response(b"", status="202 Accepted")
        async with fetching(tls_context=trusting_context()) as fetcher:
            body = bytes(1_000_000)
            assert (await fetcher.post(server.url("/hook"), (), body))[0] == 202
        assert server.seen[0].body == body
