"""The fuzz targets: six functions that take bytes from strangers. They may raise named errors, and nothing else."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from tests.e2e.hostile import CASES, made
from tests.fake_fetcher import page as fetched
from tracker.addresses.urls import fetchable, identity, join
from tracker.errors import TrackerError
from tracker.extraction.extractor import read as extract
from tracker.fetch import robots
from tracker.fetch.decode import Decoder
from tracker.fetch.responses import FetchError
from tracker.model.capture import RobotsRecord
from tracker.model.source import Hub, HubKind
from tracker.sources.hub_reader import read_hub_or_failure

URL: Final = "https://herald.example/news/flood"
NOW: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MAX_SEED_BYTES: Final = 4_000


def page(data: bytes) -> None:
    """Extract an article twice, with the same result."""
    one, other = extract(data, URL), extract(data, URL)
    assert one == other
    assert "\0" not in one.article.text


def feed(data: bytes) -> None:
    """Read a feed; it lists only what can be fetched."""
    listed = read_hub_or_failure(Hub("s", HubKind.FEED, URL), fetched(URL, data))
    for target in getattr(listed, "targets", ()):
        fetchable(target.url)


def sitemap(data: bytes) -> None:
    """Read a sitemap."""
    read_hub_or_failure(Hub("s", HubKind.SITEMAP, URL), fetched(URL, data))


def coded(data: bytes) -> None:
    """Decode a body in the content coding that the first byte selects."""
    decoder = Decoder(("gzip", "deflate", "br", "zstd")[data[0] % 4] if data else "gzip", 2_000_000)
    try:
        decoder.feed(data[1:])
        body = decoder.finish()
    except FetchError:
        return
    assert len(body) <= 2_000_000


def address(data: bytes) -> None:
    """Normalise a URL; doing it again changes nothing."""
    text = data.decode("utf-8", "replace")
    join(URL, text)
    try:
        once = fetchable(text)
    except TrackerError:
        return
    assert fetchable(once) == once
    assert identity(once) == identity(fetchable(once))


def rules(data: bytes) -> None:
    """Read a robots.txt."""
    known = RobotsRecord(200, data.decode("utf-8", "replace"), NOW)
    robots.verdict(known, URL)
    delay = robots.crawl_delay(known)
    assert delay is None or delay >= 0


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "page": page,
    "feed": feed,
    "sitemap": sitemap,
    "coded": coded,
    "address": address,
    "rules": rules,
}
_FEED: Final = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>A &amp; B</title>'
    b"<link>/news/1</link><pubDate>Wed, 25 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"
)
_MAP: Final = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://herald.example/news/1</loc>'
    b"<lastmod>2026-11-25</lastmod></url></urlset>"
)


def seeds(name: str) -> list[bytes]:
    """Return the inputs that fuzzing a target starts from: bodies of the hostile corpus, and valid ones."""
    if name == "address":
        return [
            text.encode()
            for text in (
                URL,
                "http://127.0.0.1:80/",
                "//x/../y?utm_source=a#b",
                "http://①.example/",
                "mailto:a@b",
                "?q=1",
            )
        ]
    if name == "rules":
        return [b"User-agent: *\nDisallow: /news/*$\nCrawl-delay: 9e99\n", b"Sitemap: x\n\xff\0User-agent: writethru"]
    if name == "coded":
        return [
            bytes([0]) + zlib.compress(b"a" * 999, wbits=31),
            bytes([1]) + zlib.compress(b"b" * 999),
            bytes([2, 0x3B]),
        ]
    wanted = {"page": "article", "feed": "feeds", "sitemap": "sitemaps"}[name]
    answers = [
        made(case.answer) for case in CASES if case.kind == wanted and not {"bomb", "laughs"} & set(case.name.split())
    ]
    bodies = [each.partition(b"\r\n\r\n")[2] for each in answers if isinstance(each, bytes)]
    valid = {"feed": [_FEED], "sitemap": [_MAP]}.get(name, [])
    return [*valid, *(body for body in dict.fromkeys(bodies) if len(body) <= MAX_SEED_BYTES)]
