import asyncio
import gzip
import socket

import pytest

from tracker.errors import DeliveryError
from tracker.fetch.client import HttpFetcher
from tracker.fetch.limits import Limits

from .conftest import fetching
from .server import Seen, Server, response

SECRET = "/hook/T0P-S3CRET"


async def refused(fetcher: HttpFetcher, url: str, *, private: bool = False) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await fetcher.post(url, (), b"{}", private=private)
    assert SECRET not in str(caught.value)
    return caught.value


async def test_a_message_is_sent_and_the_response_returned(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/hook"] = response(b"ignored", "X-Id: 7", status="202 Accepted")
    status, headers = await fetcher.post(
        server.url("/hook"), (("Content-Type", "application/json"), ("webhook-id", "msg_1")), b'{"a":1}'
    )
    assert status == 202
    assert ("X-Id", "7") in headers
    seen = server.seen[0]
    assert (seen.method, seen.body) == ("POST", b'{"a":1}')
    assert (seen.headers["content-type"], seen.headers["webhook-id"]) == ("application/json", "msg_1")
    assert "writethru" in seen.headers["user-agent"]


async def test_a_redirect_is_returned_not_followed(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/hook"] = response(b"", "Location: /else", status="307 Moved")
    status, _ = await fetcher.post(server.url("/hook"), (), b"{}")
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


async def test_what_is_not_a_web_address(fetcher: HttpFetcher) -> None:
    assert (await refused(fetcher, "ftp://x.test" + SECRET)).permanent
    assert (await refused(fetcher, "http://x.test" + SECRET + "a" * 70_000)).permanent


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
    assert await fetcher.inquire(server.url("/said"), (), b"?") == (200, b"token")
    server.routes["/said"] = response(b"no such thing", status="404 Not Found")
    assert await fetcher.inquire(server.url("/said"), (), b"?") == (404, b"no such thing")
    for body, named in ((b"." * 70_000, ()), (gzip.compress(b"." * 70_000), ("Content-Encoding: gzip",))):
        server.routes["/said"] = response(body, *named)
        with pytest.raises(DeliveryError):
            await fetcher.inquire(server.url("/said"), (), b"?")
