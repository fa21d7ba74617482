"""What every Fetcher owes: the real one against a real server, the fake one against its dictionary."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from tests.fake_fetcher import FakeFetcher, page, status
from tests.integration.fetch.server import Seen, response, serving
from tracker.config.tables import FetchConfig
from tracker.errors import DeliveryError
from tracker.fetch.client import HttpFetcher
from tracker.model.capture import Capture, Failure, FailureKind, Fetcher, NotModified, Request

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PAGE = b"<html><body><p>The council met.</p></body></html>"
MODIFIED = "Wed, 25 Nov 2026 10:00:00 GMT"


class World(NamedTuple):
    """A fetcher and the address of the site it reaches: /page, /gone, /busy, /moved → /page, /loop, /hook."""

    fetcher: Fetcher
    site: str
    dead: str


async def real() -> AsyncIterator[World]:
    async def conditional(seen: Seen, _writer: object) -> bytes:
        fresh = seen.headers.get("if-none-match") == '"v1"' or seen.headers.get("if-modified-since") == MODIFIED
        headers = ('ETag: "v1"', f"Last-Modified: {MODIFIED}", "Content-Type: text/html")
        return response(b"", *headers, status="304 Not Modified") if fresh else response(PAGE, *headers)

    async with serving() as server:
        server.routes |= {
            "/page": conditional,
            "/gone": response(b"", status="410 Gone"),
            "/busy": response(b"", "Retry-After: 60", status="503 Busy"),
            "/moved": response(b"", "Location: /page", status="301 Moved"),
            "/loop": response(b"", "Location: /loop", status="302 Found"),
            "/hook": response(b"", status="202 Accepted"),
            "/said": response(b"what was asked for"),
        }
        config = FetchConfig(allow_private=True, timeout=timedelta(seconds=5))
        fetcher = HttpFetcher(config, contact="", version="1")
        yield World(fetcher, server.url(""), "http://127.0.0.1:1/hook")
        await fetcher.aclose()


async def fake() -> AsyncIterator[World]:
    site = "https://news.test"
    fetcher = FakeFetcher(
        {
            f"{site}/page": page(f"{site}/page", PAGE, etag='"v1"', last_modified=MODIFIED),
            f"{site}/gone": status(f"{site}/gone", 410),
            f"{site}/busy": lambda request, _now: status(request.url, 503, retry_after=60.0),
            f"{site}/moved": f"{site}/page",
            f"{site}/loop": f"{site}/loop",
        },
        {"https://dead.test/hook": DeliveryError("no answer"), f"{site}/said": 200},
    )
    fetcher.said[f"{site}/said"] = b"what was asked for"
    yield World(fetcher, site, "https://dead.test/hook")
    await fetcher.aclose()
    assert fetcher.closed


@pytest.fixture(params=[real, fake], ids=["http", "fake"])
async def world(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[World]:
    async for made in request.param():
        yield made


async def test_a_page_is_a_capture_stamped_now_also_where_it_changed(world: World) -> None:
    assert isinstance(world.fetcher, Fetcher)
    url = f"{world.site}/page"
    result = await world.fetcher.fetch(Request(url), NOW)
    assert isinstance(result, Capture)
    assert (result.url, result.final_url, result.status, result.body) == (url, url, 200, PAGE)
    assert (result.fetched_at, result.header("etag")) == (NOW, '"v1"')
    assert isinstance(await world.fetcher.fetch(Request(f"{world.site}/page", etag='"v0"'), NOW), Capture)


@pytest.mark.parametrize("condition", [{"etag": '"v1"'}, {"last_modified": MODIFIED}])
async def test_a_page_that_has_not_changed_is_not_modified(world: World, condition: dict[str, str]) -> None:
    url = f"{world.site}/page"
    result = await world.fetcher.fetch(Request(url, **condition), NOW)
    assert isinstance(result, NotModified)
    assert (result.url, result.final_url) == (url, url)


@pytest.mark.parametrize(("path", "code", "wait"), [("/gone", 410, None), ("/busy", 503, 60.0), ("/none", 404, None)])
async def test_a_status_is_a_failure(world: World, path: str, code: int, wait: float | None) -> None:
    result = await world.fetcher.fetch(Request(world.site + path), NOW)
    assert isinstance(result, Failure)
    assert (result.kind, result.status, result.retry_after) == (FailureKind.STATUS, code, wait)
    assert result.reason


async def test_a_redirect_is_followed_if_it_is_allowed_and_a_circle_is_a_failure(world: World) -> None:
    asked: list[str] = []

    async def allow(url: str) -> None:
        asked.append(url)

    moved, there = f"{world.site}/moved", f"{world.site}/page"
    result = await world.fetcher.fetch(Request(moved), NOW, allow)
    assert isinstance(result, Capture)
    assert (result.url, result.final_url, result.hops) == (moved, there, (moved,))
    assert asked == [moved, there]
    result = await world.fetcher.fetch(Request(f"{world.site}/loop"), NOW)
    assert isinstance(result, Failure)
    assert result.kind is FailureKind.REDIRECTS


@pytest.mark.parametrize("path", ["/page", "/moved"])
async def test_what_is_not_allowed_is_not_fetched(world: World, path: str) -> None:
    async def allow(url: str) -> Failure | None:
        return Failure(FailureKind.ROBOTS, "no", url) if url.endswith("/page") else None

    result = await world.fetcher.fetch(Request(world.site + path), NOW, allow)
    assert isinstance(result, Failure)
    assert (result.kind, result.url, result.final_url) == (FailureKind.ROBOTS, world.site + path, f"{world.site}/page")


async def test_messages_and_inquiries_are_answered_or_an_error_says_why(world: World) -> None:
    code, _, _ = await world.fetcher.post(f"{world.site}/hook", (("X", "1"),), b"{}", private=True)
    assert code == 202
    with pytest.raises(DeliveryError):
        await world.fetcher.post(world.dead, (), b"{}", private=True)
    code, _, answer = await world.fetcher.post(f"{world.site}/said", (), b"?", private=True, reads_answer=True)
    assert (code, answer) == (200, b"what was asked for")
