"""Captures of invented pages, and an archive that a service might have made of them."""

import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.archive_samples import NOW
from tests.archives import temporary_archive
from tracker.archive.archive import Archive
from tracker.config.root import Config
from tracker.exchange.export import Job, Selection
from tracker.exchange.store_records import ImportResult
from tracker.exchange.warc_read import Found, Warcs
from tracker.extraction.extractor import read
from tracker.extraction.pool import ExtractPool
from tracker.model.article import Reading
from tracker.model.capture import Capture
from tracker.service.backfill import Backfill

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_PAGE = """<!doctype html><html lang="en"><head><title>{title} – Herald</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-25T08:00:00Z">
</head><body><article><h1>{title}</h1><p class="byline">By Ada Lark</p>
<p>The harbour was closed on Monday after {count} boats broke loose in the storm, the harbour master said.</p>
<p>Ferries to the outer islands stayed in port, and the market on the quay was called off for the day.</p>
<p>The weather service expects the wind to drop by Wednesday night, when the first ferry may sail again.</p>
<p>Nobody was hurt, but two sheds at the old pier lost their roofs, and a crane has to be taken down.</p>
</article></body></html>"""

EVERYTHING = Selection()


def job(store: Archive, path: Path | None = None, selection: Selection = EVERYTHING, **more: object) -> Job:
    """Return an export of all versions, or of a selection."""
    values = {"stdout": io.BytesIO(), "now": NOW, "release": "1.0"}
    return Job(archive=store, path=path, selection=selection, **(values | more))  # type: ignore[arg-type]


def page(count: int | str, title: str = "Harbour closed") -> bytes:
    """Return a page about *count* boats."""
    return _PAGE.format(count=count, title=title).encode()


def at(minutes: float) -> datetime:
    """Return a time after START, with milliseconds where the minutes make them."""
    return START + timedelta(minutes=minutes)


def capture(body: bytes, minutes: float, path: str = "harbour", **more: object) -> Capture:
    """Return the response that held *body*."""
    url = f"https://herald.example/news/{path}"
    values = {
        "url": url,
        "final_url": url,
        "status": 200,
        "headers": (
            ("Content-Type", "text/html; charset=utf-8"),
            ("content-encoding", "br"),
            ("Set-Cookie", "a=1"),
            ("X-Name", "Ren\xe9\x80"),
            ("Content-Length", "512"),
        ),
        "body": body,
        "fetched_at": at(minutes),
        "sha256": hashlib.sha256(body).hexdigest(),
        "elapsed": 0.25,
        "remote_ip": "192.0.2.7",
        "request_headers": (("Host", "herald.example"), ("User-Agent", "writethru")),
    }
    return Capture(**(values | more))  # type: ignore[arg-type]


def captures() -> list[Found]:
    """Return what a morning might bring: edits, a redirect, one page twice, and a page that returns to what it was."""
    harbour, mill = page(3), page(12, "Mill burns")
    redirected = {"url": "https://herald.example/m/1", "hops": ("https://herald.example/m/1",)}
    return [
        Found(capture(harbour, 0), (("writethru-source", "Herald"), ("writethru-story", "Storm"))),
        Found(capture(mill, 0.5, "mill", **redirected)),
        Found(capture(page(4), 5.0021), (("writethru-feed-title", "Storm closes harbour"),)),
        Found(capture(page(4), 8)),
        Found(capture(page(13, "Mill burns down"), 10, "mill", **redirected, headers=(("Content-Type", "text/html"),))),
        Found(capture(harbour, 20, request_headers=()), (("writethru-feed-title", "Harbour open"),)),
    ]


class Inline(ExtractPool):
    """Reads pages in this process."""

    def __init__(self) -> None:
        super().__init__(1)

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading:
        return read(capture.body, capture.final_url, status=capture.status, prefer=prefer)


async def fill(store: Archive, found: Iterable[Found] | None = None, config: Config | None = None) -> ImportResult:
    """Put captures into an archive."""
    return await Backfill(store, Inline(), config or Config(), NOW).run(captures() if found is None else found)


async def imported(path: Path) -> tuple[Archive, ImportResult]:
    """Return a new archive of what a WARC file or a package holds, and the result of the import."""
    store = temporary_archive()
    with Warcs([path]) as files:
        return store, await fill(store, files.captures())
