"""One measurement of one client: fetch the benchmark's page many times and print the CPU time and memory it took."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

CONCURRENCY = 64
CONCURRENCY_ONE_ORIGIN = 32
WARM_UP_PAGES = 128
ETAG = '"benchmark"'


def addresses(port: int, origins: int) -> list[str]:
    """Return one URL for each origin: loopback addresses, or host names if there are more origins than addresses."""
    if origins > 200:
        return [f"http://h{n}.test:{port}/page" for n in range(origins)]
    return [f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/page" for n in range(origins)]


async def fetch_all(urls: Sequence[str], pages: int, fetch: Callable[[str], Awaitable[None]], *, warm: bool) -> float:
    """Fetch *pages* pages, 64 at a time, and return the CPU seconds it took.

    Args: fetch: fetches one URL. warm: fetch some pages before the measurement.
    """
    if warm:
        for url in urls[:WARM_UP_PAGES]:
            await fetch(url)
    started = time.process_time()
    queue = iter([urls[n % len(urls)] for n in range(pages)])

    async def work() -> None:
        for url in queue:
            await fetch(url)

    await asyncio.gather(*(work() for _ in range(CONCURRENCY if len(urls) > 1 else CONCURRENCY_ONE_ORIGIN)))
    return time.process_time() - started


async def writethru(urls: Sequence[str], pages: int, *, fresh: bool) -> float:
    from datetime import UTC, datetime

    from tracker.config.tables import FetchConfig
    from tracker.fetch.client import HttpFetcher
    from tracker.model.capture import Capture, NotModified, Request

    async def resolver(host: str, _port: int) -> list[str]:
        return ["127.0.0.1"] if host.endswith(".test") else [host]

    now = datetime.now(UTC)
    fetcher = HttpFetcher(FetchConfig(allow_private=True), contact="b@example.org", version="0", resolver=resolver)

    async def fetch(url: str) -> None:
        got = await fetcher.fetch(Request(url, etag="" if fresh else ETAG), now)
        assert isinstance(got, Capture if fresh else NotModified), got

    spent = await fetch_all(urls, pages, fetch, warm=len(urls) <= 200)
    await fetcher.aclose()
    return spent


async def bare_httpx(urls: Sequence[str], pages: int, *, fresh: bool) -> float:
    import httpx

    headers = {} if fresh else {"If-None-Match": ETAG}
    # 200 origins and 64 requests make 264 connections at most. A pool that may keep fewer, or that closes what was idle
    # for five seconds, may close a connection that it has just given to a request (encode/httpcore#1110): a ReadError.
    limits = httpx.Limits(max_connections=512, max_keepalive_connections=512, keepalive_expiry=60)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

        async def fetch(url: str) -> None:
            got = await client.get(url, headers=headers)
            assert got.status_code == (200 if fresh else 304), got

        return await fetch_all(urls, pages, fetch, warm=True)


async def bare_aiohttp(urls: Sequence[str], pages: int, *, fresh: bool) -> float:
    import aiohttp

    headers = {} if fresh else {"If-None-Match": ETAG}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)) as client:

        async def fetch(url: str) -> None:
            async with client.get(url, headers=headers) as got:
                await got.read()
                assert got.status == (200 if fresh else 304), got

        return await fetch_all(urls, pages, fetch, warm=True)


def scrapy(urls: Sequence[str], pages: int, *, fresh: bool) -> float:
    import scrapy as library
    from scrapy.crawler import CrawlerProcess

    expected = 200 if fresh else 304
    seen: list[int] = []
    queue = [urls[n % len(urls)] for n in range(pages)]

    class Pages(library.Spider):
        name = "pages"
        handle_httpstatus_list = (304,)

        async def start(self) -> Any:
            for url in queue:
                sent = {} if fresh else {"If-None-Match": ETAG}
                yield library.Request(url, headers=sent, dont_filter=True, callback=self.parse)

        def parse(self, response: Any) -> None:
            seen.append(response.status)

    runner = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "ROBOTSTXT_OBEY": False,
            "RETRY_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
        }
    )
    started = time.process_time()
    runner.crawl(Pages)
    runner.start()
    spent = time.process_time() - started
    assert seen == [expected] * pages, (len(seen), set(seen))
    return spent


def main() -> None:
    client, port, origins, pages, status = sys.argv[1], *map(int, sys.argv[2:])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4_096), hard), hard))
    urls, fresh = addresses(port, origins), status == 200
    if client == "scrapy":
        spent = scrapy(urls, pages, fresh=fresh)
    else:
        runs = {"writethru": writethru, "httpx": bare_httpx, "aiohttp": bare_aiohttp}
        spent = asyncio.run(runs[client](urls, pages, fresh=fresh))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": spent, "pages": pages, "mb": memory}))


if __name__ == "__main__":
    main()
