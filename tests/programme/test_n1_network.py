"""N1: a line that spoils what it carries, in any framing and coding: the exact page, or a failure with a name.

What is spoilt inside a body that carries no checksum cannot be told from the page by anybody: HTTP has none, br none,
zstd only where the server adds it. TLS, chunks and gzip see it. Such a page must at least be as long as the one sent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.integration.fetch.conftest import NOW
from tests.integration.fetch.server import chunked, response, until_eof
from tests.unit.fetch.test_decode import PACKERS
from tracker.config import FetchConfig
from tracker.fetch import HttpFetcher
from tracker.fetch.limits import Limits
from tracker.model import Capture, Failure, FailureKind, Request

from .chaos import HARMLESS, TOXICS, chaos
from .press import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

HTML = "Content-Type: text/html; charset=utf-8"
BODY = PAGE.format(title="Flood", count="".join(f"Street {n}, " for n in range(700))).encode()
CODINGS = {"identity": "", "gzip": "gzip", "br": "br", "zstd": "zstd"}
FRAMINGS: dict[str, Callable[..., bytes]] = {"length": response, "chunks": chunked, "end": until_eof}
PLACES = (0.01, 0.5, 0.97, 0.999)
UNCHECKED = {("bit-flip", "identity"), ("bit-flip", "br"), ("bit-flip", "zstd"), ("garbage", "identity")}
"""Spoilt where nothing carries a checksum."""


def answer(framing: str, coding: str) -> bytes:
    headers = [HTML, "Connection: close", *([f"Content-Encoding: {CODINGS[coding]}"] if CODINGS[coding] else [])]
    return FRAMINGS[framing](PACKERS[coding](BODY) if CODINGS[coding] else BODY, *headers)


def verdict(result: object, toxic: str, coding: str) -> str:
    """Say what is wrong with a result; nothing where it is the exact page or a failure with a name."""
    if isinstance(result, Failure):
        if toxic in HARMLESS:
            return f"failed for no reason: {result.reason}"
        return "" if result.reason and isinstance(result.kind, FailureKind) else "a failure without a name"
    assert isinstance(result, Capture)
    if result.body == BODY:
        return ""
    if (toxic, coding) in UNCHECKED and len(result.body) == len(BODY):
        return ""
    return f"another page: {len(result.body)} bytes of {len(BODY)}"


async def through(fetcher: HttpFetcher, framing: str, coding: str) -> list[tuple[str, str]]:
    """Fetch one answer through every toxic at every place; return what came of each and what was wrong with it."""
    came = []
    async with chaos(answer(framing, coding)) as spoiler:
        for toxic in TOXICS:
            for place in PLACES:
                spoiler.toxic, spoiler.place = toxic, place
                result = await fetcher.fetch(Request(f"http://127.0.0.1:{spoiler.port}/"), NOW)
                said = verdict(result, toxic, coding)
                kind = "whole" if isinstance(result, Capture) else "failed"
                came.append((kind, said and f"{toxic} at {place} of {framing} {coding}: {said}"))
        assert spoiler.spoiled == len(came)
    return came


async def test_the_exact_page_or_a_failure_with_a_name() -> None:
    config = FetchConfig(allow_private=True, timeout=timedelta(seconds=20))
    fetcher = HttpFetcher(config, contact="", version="1", limits=Limits(read_seconds=1.0))
    lines = [through(fetcher, framing, coding) for framing in FRAMINGS for coding in CODINGS]
    came = [each for line in await asyncio.gather(*lines) for each in line]
    await fetcher.aclose()
    assert [said for _, said in came if said] == []
    kinds = Counter(kind for kind, _ in came)
    assert kinds.total() == len(FRAMINGS) * len(CODINGS) * len(TOXICS) * len(PLACES)
    assert kinds["whole"] >= len(FRAMINGS) * len(CODINGS) * len(HARMLESS) * len(PLACES)
    assert kinds["failed"] >= 150


async def test_a_port_where_nobody_listens() -> None:
    fetcher = HttpFetcher(FetchConfig(allow_private=True), contact="", version="1")
    result = await fetcher.fetch(Request("http://127.0.0.1:9/"), NOW)
    await fetcher.aclose()
    assert isinstance(result, Failure)
    assert result.kind is FailureKind.CONNECT
