"""N1: a faulty connection, with any framing and coding: the result is the exact page, or a failure with a reason.

Damage inside a body without a checksum cannot be noticed: HTTP has none, br has none, zstd only where the server adds
it. TLS, chunks and gzip notice it. Such a page must at least be as long as the one that was sent.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.integration.fetch.conftest import NOW
from tests.integration.fetch.server import Seen, chunked, response, serving, until_eof
from tests.unit.fetch.test_responses import PACKERS
from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.fetch.responses import Limits
from tracker.model.capture import Capture, Failure, FailureKind, Request

from .news_site import PAGE

HARMLESS = ("latency", "slicer", "bandwidth")
FAULTS = (*HARMLESS, "truncate", "reset", "blackhole", "garbage", "bit-flip")


@dataclass
class FaultyResponse:
    """A route for a test server; `place` (0 to 1) is where in the response the `fault` occurs."""

    response: bytes
    fault: str = "latency"
    place: float = 0.5
    count: int = 0

    async def __call__(self, _request: Seen, writer: asyncio.StreamWriter) -> bytes:
        """Send the response up to the fault, and return what is to be sent after it."""
        self.count += 1
        at = max(1, int(len(self.response) * self.place))
        before, after = self.response[:at], self.response[at:]
        if self.fault == "bit-flip":
            return self._flip_bit(at)
        await _send(writer, before, 97 if self.fault == "slicer" else at)
        if self.fault == "reset":
            writer.transport.abort()
        elif self.fault == "garbage":
            return random.Random(0).randbytes(2000)
        await asyncio.sleep({"blackhole": 30.0, "latency": 0.05}.get(self.fault, 0.0))
        if self.fault == "bandwidth":
            await _send(writer, after, len(after) // 4 + 1, pause=0.01)
        return after if self.fault in {"latency", "slicer"} else b""

    def _flip_bit(self, at: int) -> bytes:
        rng = random.Random(f"0{at}")
        whole = bytearray(self.response)
        whole[rng.randrange(at - 1, len(whole))] ^= 1 << rng.randrange(8)
        return bytes(whole)


async def _send(writer: asyncio.StreamWriter, data: bytes, size: int, pause: float = 0.0) -> None:
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(pause)


HTML = "Content-Type: text/html; charset=utf-8"
BODY = PAGE.format(title="Flood", count="".join(f"Street {n}, " for n in range(700))).encode()
CODINGS = {"identity": "", "gzip": "gzip", "br": "br", "zstd": "zstd"}
FRAMINGS: dict[str, Callable[..., bytes]] = {"length": response, "chunks": chunked, "end": until_eof}
PLACES = (0.01, 0.5, 0.97, 0.999)
UNCHECKED = {("bit-flip", "identity"), ("bit-flip", "br"), ("bit-flip", "zstd"), ("garbage", "identity")}
"""Faults that no checksum shows."""


def encoded(framing: str, coding: str) -> bytes:
    headers = [HTML, "Connection: close", *([f"Content-Encoding: {CODINGS[coding]}"] if CODINGS[coding] else [])]
    return FRAMINGS[framing](PACKERS[coding](BODY) if CODINGS[coding] else BODY, *headers)


def find_problem(result: object, fault: str, coding: str) -> str:
    """Return what is wrong with a result; nothing if it is the exact page or a failure with a reason."""
    if isinstance(result, Failure):
        if fault in HARMLESS:
            return f"failed for no reason: {result.reason}"
        return "" if result.reason and isinstance(result.kind, FailureKind) else "a failure without a reason"
    assert isinstance(result, Capture)
    if result.body == BODY:
        return ""
    if (fault, coding) in UNCHECKED and len(result.body) == len(BODY):
        return ""
    return f"another page: {len(result.body)} bytes of {len(BODY)}"


async def fetch_with_faults(fetcher: HttpFetcher, framing: str, coding: str) -> list[tuple[str, str]]:
    """Fetch one response with every fault at every place; return whether each was whole, and any problem."""
    results = []
    response = FaultyResponse(encoded(framing, coding))
    async with serving() as server:
        server.routes["/"] = response
        for fault in FAULTS:
            for place in PLACES:
                response.fault, response.place = fault, place
                result = await fetcher.fetch(Request(server.url()), NOW)
                problem = find_problem(result, fault, coding)
                kind = "whole" if isinstance(result, Capture) else "failed"
                results.append((kind, problem and f"{fault} at {place} of {framing} {coding}: {problem}"))
        assert response.count == len(results)
    return results


async def test_the_result_is_the_exact_page_or_a_failure_with_a_reason() -> None:
    config = FetchConfig(allow_private=True, timeout=timedelta(seconds=20))
    fetcher = HttpFetcher(config, contact="", version="1", limits=Limits(read_seconds=2.0))
    runs = [fetch_with_faults(fetcher, framing, coding) for framing in FRAMINGS for coding in CODINGS]
    results = [each for run in await asyncio.gather(*runs) for each in run]
    await fetcher.aclose()
    assert [problem for _, problem in results if problem] == []
    kinds = Counter(kind for kind, _ in results)
    assert kinds.total() == len(FRAMINGS) * len(CODINGS) * len(FAULTS) * len(PLACES)
    assert kinds["whole"] >= len(FRAMINGS) * len(CODINGS) * len(HARMLESS) * len(PLACES)
    assert kinds["failed"] >= 150
