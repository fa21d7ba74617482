import asyncio
import gzip
import hashlib
import random
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
import trustme

from tests.waiting import PATIENCE
from tracker.config.tables import FetchConfig
from tracker.errors import DeliveryError
from tracker.fetch.client import HttpFetcher
from tracker.fetch.responses import Limits
from tracker.model.capture import Capture, Failure, FailureKind, NotModified, Request

from .conftest import AUTHORITY, NOW, asked, fetching, server_context, trusting_context
from .proxy import pump
from .server import Seen, Server, chunked, response, serving, until_eof

PAGE = b"<html><body><p>The council met.</p></body></html>"
HTML = "Content-Type: text/html; charset=utf-8"


async def fetched(fetcher: HttpFetcher, url: str) -> Capture:
    result = await fetcher.fetch(Request(url), NOW)
    assert isinstance(result, Capture), result
    return result


async def failed(fetcher: HttpFetcher, url: str) -> Failure:
    result = await fetcher.fetch(Request(url), NOW)
    assert isinstance(result, Failure), result
    assert result.url == url
    assert result.reason
    return result


async def test_a_page_is_captured_with_its_evidence(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/a"] = response(PAGE, HTML, "X-Odd-CASE: 1", "x-odd-case: caf\xe9")
    capture = await fetched(fetcher, server.url("/a"))
    assert (capture.url, capture.final_url, capture.status) == (server.url("/a"), server.url("/a"), 200)
    assert capture.body == PAGE
    assert capture.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert capture.fetched_at == NOW
    assert capture.remote_ip == "127.0.0.1"
    assert capture.hops == ()
    assert 0 < capture.elapsed < 60
    assert ("X-Odd-CASE", "1") in capture.headers
    assert ("x-odd-case", "caf\xe9") in capture.headers
    assert dict(capture.request_headers)["From"] == "desk@desk.example"


async def test_requests_identify_us_and_send_no_cookie_in_the_form_of_browsers(
    server: Server, fetcher: HttpFetcher
) -> None:
    server.routes["/"] = response(PAGE, HTML, "Set-Cookie: a=b; Path=/")
    for _ in range(2):
        await fetched(fetcher, server.url())
    sent = server.seen[1].headers
    assert sent["user-agent"] == "Mozilla/5.0 (compatible; writethru/9.9; +desk@desk.example)"
    assert sent["from"] == "desk@desk.example"
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert not {"cookie", "authorization", "referer", "if-none-match"} & set(sent)
    server.routes["/caf%C3%A9%20|'[1]?q=%22a%22|b&c={d}"] = response(PAGE, HTML)
    assert (await fetched(fetcher, server.url('/café |\'[1]?q="a"|b&c={d}#end'))).body == PAGE


async def test_one_connection_serves_several_pages(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/"] = response(PAGE, HTML)
    for _ in range(5):
        await fetched(fetcher, server.url())
    assert server.connections == 1


@pytest.mark.parametrize(
    "request_for",
    [
        Request("", etag='"v1"'),
        Request("", last_modified="Wed, 25 Nov 2026 10:00:00 GMT"),
        Request("", etag='"caf\xe9"', last_modified="Wed, 25 Nov 2026 10:00:00 GMT"),
    ],
)
async def test_a_page_that_has_not_changed(server: Server, fetcher: HttpFetcher, request_for: Request) -> None:
    server.routes["/"] = response(status="304 Not Modified")
    result = await fetcher.fetch(replace(request_for, url=server.url()), NOW)
    assert isinstance(result, NotModified)
    assert result.elapsed > 0
    sent = server.seen[0].headers
    assert sent.get("if-none-match", "") == request_for.etag
    assert sent.get("if-modified-since", "") == request_for.last_modified


async def test_short_and_long_responses_without_a_page_are_not_read(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/same"] = response(status="304 Not Modified")
    server.routes["/moved"] = response(b"over there", "Location: /same", status="302 Found")
    for path in ("/same", "/moved", "/gone", "/same"):
        await fetcher.fetch(Request(server.url(path), etag='"x"'), NOW)
    assert [seen.path for seen in server.seen] == ["/same", "/moved", "/same", "/gone", "/same"]
    assert server.connections == 1
    server.routes["/long"] = response(b"x" * 200_000, status="503 Service Unavailable")
    for _ in range(2):
        result = await fetcher.fetch(Request(server.url("/long")), NOW)
        assert isinstance(result, Failure)
    assert server.connections == 2


@pytest.mark.parametrize(("path", "sent"), [("/story/", "Wed, 25 Nov 2026 10:00:00 GMT"), ("/gone", "")])
async def test_the_date_of_a_page_is_not_compared_with_another_page_it_redirects_to(
    server: Server, fetcher: HttpFetcher, path: str, sent: str
) -> None:
    server.routes["/story"] = response(b"", f"Location: {path}", status="302 Found")
    server.routes[path] = response(PAGE, HTML)
    request = Request(server.url("/story"), etag='"e"', last_modified="Wed, 25 Nov 2026 10:00:00 GMT")
    await fetcher.fetch(request, NOW)
    headers = server.seen[1].headers
    # An entity tag names one text; any older page is "not modified since" a date.
    assert (headers.get("if-modified-since", ""), headers.get("if-none-match")) == (sent, '"e"')


async def test_304_to_a_request_without_condition_is_a_failure(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/"] = response(status="304 Not Modified")
    assert (await failed(fetcher, server.url())).status == 304


@pytest.mark.parametrize("code", [204, 206, 300, 401, 403, 404, 410, 429, 451, 500, 503, 599])
async def test_every_other_status_is_a_failure(server: Server, fetcher: HttpFetcher, code: int) -> None:
    server.routes["/"] = response(b"" if code == 204 else b"sorry", HTML, "Retry-After: 120", status=f"{code} X")
    failure = await failed(fetcher, server.url())
    assert (failure.kind, failure.status, failure.retry_after) == (FailureKind.STATUS, code, 120.0)
    assert failure.elapsed > 0


async def test_redirects_are_followed_and_each_url_must_be_allowed(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/1"] = response(b"", "Location: /2", status="301 Moved")
    server.routes["/2"] = response(b"", f"Location: {server.url('/3')}#x", status="307 Moved")
    server.routes["/3"] = response(PAGE, HTML)
    asked: list[str] = []

    async def allow(url: str) -> None:
        asked.append(url)
        await asyncio.sleep(0.2)

    started = perf_counter()
    result = await fetcher.fetch(Request(server.url("/1"), etag='"e"'), NOW, allow)
    assert isinstance(result, Capture)
    assert (result.url, result.final_url) == (server.url("/1"), server.url("/3"))
    assert result.hops == (server.url("/1"), server.url("/2"))
    assert asked == [server.url("/1"), server.url("/2"), server.url("/3")]
    # How long `allow` took does not count.
    assert 0 < result.elapsed < perf_counter() - started - 0.5
    assert [seen.headers.get("if-none-match") for seen in server.seen] == ['"e"'] * 3


async def test_a_url_that_is_not_allowed_is_not_requested(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/1"] = response(b"", "Location: /2", status="302 Found")

    async def allow(url: str) -> Failure | None:
        return Failure(FailureKind.HOST_WAITS, "later", url) if url.endswith("/2") else None

    result = await fetcher.fetch(Request(server.url("/1")), NOW, allow)
    assert isinstance(result, Failure)
    assert (result.kind, result.url, result.final_url) == (FailureKind.HOST_WAITS, server.url("/1"), server.url("/2"))
    assert result.elapsed > 0
    assert [seen.path for seen in server.seen] == ["/1"]


async def test_another_origin_is_not_told_which_version_we_have(server: Server, fetcher: HttpFetcher) -> None:
    async with serving() as other:
        other.routes["/"] = response(PAGE, HTML)
        server.routes["/"] = response(b"", f"Location: http://other.test:{other.port}/", status="302 Found")
        result = await fetcher.fetch(Request(server.url(), etag='"e"', last_modified="x"), NOW)
        assert isinstance(result, Capture)
        assert not {"if-none-match", "if-modified-since"} & set(other.seen[0].headers)
        assert other.seen[0].headers["host"] == f"other.test:{other.port}"


async def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    from tracker.fetch import guard
    from tracker.fetch.refused_addresses import refusal

    monkeypatch.setattr(guard, "refusal", lambda address: "" if address == "127.0.0.1" else refusal(address))
    monkeypatch.setattr(guard, "ALLOWED_PORTS", guard.ALLOWED_PORTS | {server.port})
    async with fetching(private=False) as fetcher:
        for target in ("http://169.254.169.254/", "http://[::ffff:a00:1]/", "http://2130706434/"):
            server.routes["/"] = response(b"", f"Location: {target}", status="302 Found")
            failure = await failed(fetcher, server.url())
            assert failure.kind is FailureKind.BLOCKED_ADDRESS
            assert failure.final_url != failure.url


@pytest.mark.parametrize(
    "url",
    ["", "news", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1", "http://user:pass@x.test/",
     "http://news.test@127.0.0.1/", "http://x.test:99999/", "http://x.test/" + "a" * 70_000],
)  # fmt: skip
async def test_what_is_not_a_web_address(fetcher: HttpFetcher, url: str) -> None:
    failure = await failed(fetcher, url)
    assert failure.kind is FailureKind.BAD_URL
    assert "user:pass" not in failure.reason


async def test_a_port_where_nothing_listens_and_no_web_address_are_failures(fetcher: HttpFetcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        failure = await failed(fetcher, f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert failure.kind is FailureKind.CONNECT
    assert "cannot be reached: Connection refused" in failure.reason
    assert (await refused(fetcher, "ftp://x.test" + SECRET)).permanent
    assert (await refused(fetcher, "http://x.test" + SECRET + "a" * 70_000)).permanent


async def test_every_way_to_mark_the_end_of_a_page(server: Server, fetcher: HttpFetcher) -> None:
    zipped = gzip.compress(PAGE)
    server.routes["/chunked"] = chunked(PAGE, HTML)
    server.routes["/eof"] = until_eof(PAGE, HTML)
    server.routes["/gzip"] = response(zipped, HTML, "Content-Encoding: gzip")
    server.routes["/gzip-eof"] = until_eof(zipped, HTML, "Content-Encoding: gzip")
    server.routes["/hints"] = b"HTTP/1.1 103 Early Hints\r\n\r\n" + response(PAGE, HTML)
    for path in server.routes:
        assert (await fetched(fetcher, server.url(path))).body == PAGE, path


async def test_the_connections_unused_the_longest_are_closed_if_there_are_too_many(server: Server) -> None:
    server.routes["/"] = response(PAGE, HTML)
    async with fetching(Limits(max_pools=3)) as fetcher:
        for n in range(6):
            await fetched(fetcher, f"http://s{n}.test:{server.port}/")
        await server.until_open(3)
        await fetched(fetcher, f"http://s5.test:{server.port}/")
        assert server.connections == 6
        await fetched(fetcher, f"http://s0.test:{server.port}/")
        assert server.connections == 7


async def test_a_connection_that_was_idle_for_long_is_closed(server: Server) -> None:
    server.routes["/"] = response(PAGE, HTML)
    async with fetching(Limits(idle_seconds=0.1)) as fetcher:
        for n in range(3):
            await fetched(fetcher, f"http://s{n}.test:{server.port}/")
        await asyncio.sleep(0.2)
        await fetched(fetcher, f"http://s3.test:{server.port}/")
        await server.until_open(1)


async def test_closing_the_fetcher_closes_every_connection(server: Server) -> None:
    server.routes["/"] = response(PAGE, HTML)
    async with fetching() as fetcher:
        for n in range(3):
            await fetched(fetcher, f"http://s{n}.test:{server.port}/")
        await fetcher.post(server.url("/"), (), b"{}")
        assert server.open == 4
    await server.until_open(0)


async def test_a_connection_in_use_is_never_closed(server: Server) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_seen: Seen, _writer: asyncio.StreamWriter) -> bytes:
        asked.set()
        await go_on.wait()
        return response(PAGE, HTML)

    server.routes["/slow"] = slow
    server.routes["/"] = response(PAGE, HTML)
    async with fetching(Limits(max_pools=1)) as fetcher:
        slow_fetch = asyncio.create_task(fetched(fetcher, f"http://slow.test:{server.port}/slow"))
        await asked.wait()
        for n in range(3):
            await fetched(fetcher, f"http://s{n}.test:{server.port}/")
        go_on.set()
        assert (await slow_fetch).body == PAGE
        await server.until_open(2)


SECRET = "/hook/T0P-S3CRET"


async def refused(fetcher: HttpFetcher, url: str, *, private: bool = False) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await fetcher.post(url, (), b"{}", private=private)
    assert SECRET not in str(caught.value)
    return caught.value


async def test_a_message_is_sent_and_the_response_returned(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/hook"] = response(b"ignored", "X-Id: 7", status="202 Accepted")
    status, headers, body = await fetcher.post(
        server.url("/hook"), (("Content-Type", "application/json"), ("webhook-id", "msg_1")), b'{"a":1}'
    )
    assert (status, body) == (202, b"")
    assert ("X-Id", "7") in headers
    seen = server.seen[0]
    assert (seen.method, seen.body) == ("POST", b'{"a":1}')
    assert (seen.headers["content-type"], seen.headers["webhook-id"]) == ("application/json", "msg_1")
    assert "writethru" in seen.headers["user-agent"]


async def test_a_redirect_is_returned_not_followed(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/hook"] = response(b"", "Location: /else", status="307 Moved")
    status, _, _ = await fetcher.post(server.url("/hook"), (), b"{}")
    assert status == 307
    assert len(server.seen) == 1


async def test_private_allows_private_addresses_for_that_request_only(server: Server) -> None:
    server.routes[SECRET] = response(b"ok")
    async with fetching(private=False) as fetcher:
        error = await refused(fetcher, server.url(SECRET))
        assert (error.permanent, "private = true" in error.hint) == (True, True)
        assert (await fetcher.post(server.url(SECRET), (), b"{}", private=True))[0] == 200
        assert (await refused(fetcher, server.url(SECRET))).permanent
    assert len(server.seen) == 1


async def test_a_receiver_that_does_not_respond(server: Server) -> None:
    async def silence(_seen: Seen, _writer: asyncio.StreamWriter) -> bytes:
        await asyncio.sleep(30)
        return b""

    server.routes[SECRET] = silence
    async with fetching(Limits(post_seconds=0.2)) as fetcher:
        assert not (await refused(fetcher, server.url(SECRET))).permanent
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        assert not (await refused(fetcher, f"http://127.0.0.1:{port}{SECRET}")).permanent


async def test_a_receiver_that_does_not_read() -> None:
    closed = asyncio.Event()

    async def idle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await closed.wait()
        writer.transport.abort()

    listening = await asyncio.start_server(idle, "127.0.0.1", 0)
    async with listening, fetching(Limits(write_seconds=0.2)) as fetcher:
        with pytest.raises(DeliveryError, match="did not accept the request in time"):
            await fetcher.post(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/", (), bytes(64 << 20))
        closed.set()
        await asyncio.sleep(0.01)


async def test_an_answer_is_decompressed_and_limited(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/said"] = response(gzip.compress(b"token"), "Content-Encoding: gzip")
    assert await asked(fetcher, server.url("/said")) == (200, b"token")
    server.routes["/said"] = response(b"no such thing", status="404 Not Found")
    assert await asked(fetcher, server.url("/said")) == (404, b"no such thing")
    for body, named in ((b"." * 70_000, ()), (gzip.compress(b"." * 70_000), ("Content-Encoding: gzip",))):
        server.routes["/said"] = response(body, *named)
        with pytest.raises(DeliveryError):
            await asked(fetcher, server.url("/said"))


CONFIG = FetchConfig(allow_private=True, timeout=timedelta(seconds=10))
PAGE_TLS = b"<html>secure</html>"


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
        server.routes["/"] = response(PAGE_TLS)
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
        server.routes["/"] = response(PAGE_TLS)
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
        server.routes["/"] = response(PAGE_TLS)

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
        server.routes["/eof"] = until_eof(PAGE_TLS, "Content-Type: text/html")
        server.routes["/cut"] = until_eof(PAGE_TLS.removesuffix(b"</html>"), "Content-Type: text/html")
        async with fetching(tls_context=trusting_context()) as fetcher:
            for path, body in (("/long", long), ("/eof", PAGE_TLS)):
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
