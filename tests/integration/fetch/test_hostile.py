import asyncio
import socket
import struct
import subprocess
import sys
import zlib
from textwrap import dedent

import brotli
import pytest

from tests.unit.fetch.test_responses import PACKERS
from tests.waiting import until
from tracker.fetch.client import HttpFetcher
from tracker.fetch.responses import Limits
from tracker.model.capture import Failure, FailureKind, Request

from .conftest import NOW, fetching
from .server import Seen, Server, chunked, response, until_eof

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTML = "Content-Type: text/html"
PAGE = ("<html><body>" + "".join(f"<p>Paragraph {n} of the story.</p>" for n in range(99)) + "</body></html>").encode()
CODINGS = {"gzip": "gzip", "deflate-zlib": "deflate", "deflate-raw": "deflate", "br": "br", "zstd": "zstd"}


async def failure(fetcher: HttpFetcher, url: str) -> Failure:
    result = await fetcher.fetch(Request(url), NOW)
    assert isinstance(result, Failure), result
    return result


@pytest.mark.parametrize("coding", [*CODINGS, "identity"])
async def test_a_truncated_page_is_never_accepted(server: Server, fetcher: HttpFetcher, coding: str) -> None:
    wire = PACKERS[coding](PAGE)
    headers = (HTML, f"Content-Encoding: {CODINGS[coding]}") if coding in CODINGS else (HTML,)
    for keep in (0, 1, len(wire) // 2, len(wire) - 1):
        cut = wire[:keep]
        framings = {
            "length of the whole": response(cut, *headers, "Connection: close", length=len(wire)),
            "chunks without end": chunked(cut, *headers, end=False),
            "end of connection": until_eof(cut, *headers),
        }
        if coding in CODINGS:
            framings |= {"length of the cut": response(cut, *headers), "chunks of the cut": chunked(cut, *headers)}
        for framing, raw in framings.items():
            server.routes["/"] = raw
            assert (await failure(fetcher, server.url())).kind is FailureKind.TRUNCATED, (framing, keep)


async def test_closed_reset_and_miscompressed_responses_are_failures(server: Server, fetcher: HttpFetcher) -> None:
    for coding, body in (("gzip", PAGE), ("br", PAGE), ("zstd", PAGE), ("gzip, br", PAGE), ("lzma", PAGE)):
        server.routes["/"] = response(body, HTML, f"Content-Encoding: {coding}")
        assert (await failure(fetcher, server.url())).kind is FailureKind.BAD_ENCODING, coding
    server.routes["/"] = b""
    assert (await failure(fetcher, server.url())).kind is FailureKind.CONNECT
    server.routes["/"] = reset
    result = await failure(fetcher, server.url())
    assert (result.kind, "Connection reset by peer" in result.reason) == (FailureKind.TRUNCATED, True)


async def test_a_page_that_is_too_large_before_or_after_decompression(server: Server) -> None:
    async with fetching(wire=2_000, body=5_000) as fetcher:
        server.routes["/length"] = response(bytes(2_001))
        server.routes["/chunks"] = chunked(bytes(2_001))
        server.routes["/unpacked"] = response(zlib.compress(bytes(5_001)), "Content-Encoding: deflate")
        for path in server.routes:
            assert (await failure(fetcher, server.url(path))).kind is FailureKind.TOO_LARGE, path


async def test_responses_that_are_not_valid_http(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/garbage"] = b"SSH-2.0-OpenSSH_9.9\r\nConnection: close\r\n\r\n"
    server.routes["/two-lengths"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    server.routes["/long-header"] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nX: " + b"a" * 5_000_000 + b"\r\n\r\n"
    server.routes["/headers"] = response(PAGE, *[f"X-{n}: 1" for n in range(250)])
    server.routes["/chunks"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nab\r\n"
    for path in server.routes:
        result = await failure(fetcher, server.url(path))
        assert result.kind in {FailureKind.PROTOCOL, FailureKind.TRUNCATED}, (path, result)


async def drip(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(500):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)
    return b""


async def drip_headers(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(500):
        writer.write(b"X-%d: 1\r\n" % n)
        await writer.drain()
        await asyncio.sleep(0.02)
    return b""


async def early_hints(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
    for _ in range(5_000):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 20)
        await writer.drain()
        await asyncio.sleep(0.01)
    return b""


async def silence(_seen: Seen, _writer: asyncio.StreamWriter) -> bytes:
    await asyncio.sleep(30)
    return b""


async def reset(_seen: Seen, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
    return b""


@pytest.mark.parametrize("hold", [drip, drip_headers, early_hints, silence])
async def test_a_server_that_never_finishes_is_left_at_the_deadline(server: Server, hold: object) -> None:
    server.routes["/"] = hold  # type: ignore[assignment] # each is an Answer, which parametrize cannot say
    async with fetching(timeout=0.4) as fetcher:
        result = await failure(fetcher, server.url())
        assert result.kind is FailureKind.TIMEOUT
        assert result.elapsed >= 0.4


async def test_the_deadline_covers_all_redirects(server: Server) -> None:
    async def later(seen: Seen, _writer: asyncio.StreamWriter) -> bytes:
        await asyncio.sleep(0.15)
        return response(b"", f"Location: {seen.path}x", status="302 Found")

    for n in range(6):
        server.routes["/" + "x" * n] = later
    async with fetching(timeout=0.4) as fetcher:
        assert (await failure(fetcher, server.url())).kind is FailureKind.TIMEOUT


async def test_silent_and_slow_servers_have_limits_of_their_own(server: Server) -> None:
    server.routes["/silence"] = silence
    server.routes["/drip"] = drip
    async with fetching(Limits(read_seconds=0.1)) as fetcher:
        result = await failure(fetcher, server.url("/silence"))
        assert (result.kind, "stopped sending" in result.reason) == (FailureKind.TIMEOUT, True)
    async with fetching(Limits(slow_after_seconds=0.2)) as fetcher:
        result = await failure(fetcher, server.url("/drip"))
        assert (result.kind, "too slowly" in result.reason) == (FailureKind.TIMEOUT, True)
    async with fetching(Limits(max_pieces=5)) as fetcher:
        result = await failure(fetcher, server.url("/drip"))
        assert (result.kind, "small pieces" in result.reason) == (FailureKind.PROTOCOL, True)


async def test_an_origin_gets_two_requests_at_once_and_the_third_waits(server: Server) -> None:
    server.routes["/"] = silence
    async with fetching(Limits(pool_seconds=0.1), timeout=1.5) as fetcher:
        results = await asyncio.gather(*(failure(fetcher, server.url()) for _ in range(3)))
    assert sum("in progress" in result.reason for result in results) == 1
    assert {result.kind for result in results} == {FailureKind.TIMEOUT}


async def test_fetches_can_be_cancelled_without_using_up_connections(server: Server, fetcher: HttpFetcher) -> None:
    server.routes["/"] = silence
    for _ in range(3):
        server.seen.clear()
        tasks = [asyncio.create_task(fetcher.fetch(Request(server.url()), NOW)) for _ in range(3)]
        await until(lambda: len(server.seen) == 2)
        for task in tasks:
            task.cancel()
        assert all(
            isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*tasks, return_exceptions=True)
        )
    server.routes["/"] = response(PAGE, HTML)
    assert (await fetcher.fetch(Request(server.url()), NOW)).final_url == server.url()


def bomb(coding: str, size: int = 400_000_000) -> bytes:
    piece = bytes(1_000_000)
    if coding == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()
    if coding == "br":
        squeezer = brotli.Compressor(quality=1)
        return b"".join(squeezer.process(piece) for _ in range(size // len(piece))) + bytes(squeezer.finish())
    presser = zstd.ZstdCompressor()
    return b"".join(presser.compress(piece) for _ in range(size // len(piece))) + presser.flush()


CHILD = dedent("""
    import asyncio, resource, sys
    from datetime import UTC, datetime
    from tracker.config.tables import FetchConfig
    from tracker.fetch.client import HttpFetcher
    from tracker.model.capture import Request

    async def main(warm, url):
        fetcher = HttpFetcher(FetchConfig(allow_private=True), contact="", version="1")
        await fetcher.fetch(Request(warm), datetime.now(UTC))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result = await fetcher.fetch(Request(url), datetime.now(UTC))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await fetcher.aclose()
        print(result.kind.value, (after - before) // 1024)

    asyncio.run(main(*sys.argv[1:]))
""")


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kB on Linux alone")
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_a_decompression_bomb_needs_less_than_50_megabytes(server: Server, coding: str) -> None:
    server.routes["/warm"] = response(b"x", HTML)
    server.routes["/bomb"] = response(bomb(coding), HTML, f"Content-Encoding: {coding}")
    command = [sys.executable, "-c", CHILD, server.url("/warm"), server.url("/bomb")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    kind, grown = done.stdout.split()
    assert kind == "too-large", done.stderr
    assert int(grown) < 50
