"""The HTTP servers of a schedule's outlets: articles, feeds, sitemaps, front pages and robots.txt."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import feeds, page_html
from .http_server import HttpResponse, LoopbackServer
from .json_log import JsonLog
from .noise import make_noise

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from .clock import SimulatedClock
    from .http_server import HttpRequest
    from .noise import Noise
    from .schedule import Edition, Outlet, Schedule, ScheduledArticle

HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}


class NewsServer:
    """Serve every outlet of a schedule on loopback while the context is open. The first request starts the clock.

    The soak test overrides the methods below `respond` to add server faults.

    Args:
        opened: the date that second 0 of the schedule is shown as.
        log_path: file for the access log, if any.

    Attributes:
        access: one entry for each request, with what was served.
        bases: the URL of each outlet, by its key.
    """

    def __init__(
        self, schedule: Schedule, clock: SimulatedClock, opened: datetime, log_path: Path | None = None
    ) -> None:
        self.schedule = schedule
        self.clock = clock
        self.opened = opened
        self.access = JsonLog(log_path)
        self.bases: dict[str, str] = {}
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._requests = 0
        self._in_progress: Counter[str] = Counter()

    def __enter__(self) -> Self:
        for outlet in self.schedule.outlets:
            self.bases[outlet.key] = self._stack.enter_context(self._listen(outlet)).base
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def url(self, article: ScheduledArticle) -> str:
        """Return the URL of an article."""
        return self.bases[article.outlet] + article.path

    def _listen(self, outlet: Outlet) -> LoopbackServer:
        def respond(request: HttpRequest) -> HttpResponse:
            return self.respond(outlet, request)

        try:
            return LoopbackServer(respond, outlet.host)
        except OSError:
            # Not every system has all of 127.0.0.0/8; "localhost" is still another host than 127.0.0.1.
            return LoopbackServer(respond, "localhost")

    def respond(self, outlet: Outlet, request: HttpRequest) -> HttpResponse:
        """Return the outlet's response to a request at this moment, and log it."""
        with self._lock:
            self._requests += 1
            number = self._requests
            self._in_progress[outlet.key] += 1
            at_once = self._in_progress[outlet.key]
        if number == 1:
            self.clock.start()
        seconds = self.clock.now()
        path = urlsplit(request.path).path
        article = self._find(outlet, path)
        headlines = [title for title, _ in self._headlines(outlet, seconds, article)]
        noise = make_noise(self.schedule.seed, path, number, headlines)
        if article:
            response = self._article_response(article, request, seconds, noise, number)
        else:
            response = self._other_response(outlet, path, seconds, noise)
        response = _compress(response, request, noise)
        edition = self._served_edition(article, seconds, number) if article else None
        self.access.write(
            n=number,
            t=round(seconds, 3),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            outlet=outlet.key,
            path=path,
            article=article.key if article else None,
            edition=None if edition is None else edition + 1,
            status=response.status,
            conditional=not request.headers.keys().isdisjoint(("if-none-match", "if-modified-since")),
            at_once=at_once,
            bytes=len(response.body),
            agent=request.headers.get("user-agent", ""),
            fault=self._fault_name(article, seconds) if article else "",
        )
        with self._lock:
            self._in_progress[outlet.key] -= 1
        return response

    def _find(self, outlet: Outlet, path: str) -> ScheduledArticle | None:
        return self.schedule.find(outlet.key, path)

    def _served_edition(self, article: ScheduledArticle, seconds: float, _request: int) -> int | None:
        """Return the index of the edition that request number *_request* is served, or None."""
        return article.edition_at(seconds)

    def _fault_name(self, _article: ScheduledArticle, _seconds: float) -> str:
        """Return the name of the fault in force for an article; empty for none."""
        return ""

    def _title(self, _article: ScheduledArticle, edition: Edition, _request: int) -> str:
        return edition.title

    def _etag(self, article: ScheduledArticle, index: int, _request: int) -> str:
        return f'W/"{article.key}-{index + 1}"' if article.etag else ""

    def _last_modified(self, _article: ScheduledArticle, _index: int, _seconds: float) -> float | None:
        """Return the simulated second for Last-Modified, or None for no such header."""
        return None

    def _article_response(
        self, article: ScheduledArticle, request: HttpRequest, seconds: float, noise: Noise, number: int
    ) -> HttpResponse:
        outlet = self.schedule.outlet(article.outlet)
        index = self._served_edition(article, seconds, number)
        if index is None:
            gone = article.is_gone(seconds)
            body = page_html.missing_page(outlet, noise, gone=gone)
            return HttpResponse(article.gone_status if gone else 404, body.encode(), HTML_HEADERS)
        edition = article.editions[index]
        headers = {**HTML_HEADERS, "Cache-Control": "max-age=0"}
        if etag := self._etag(article, index, number):
            headers["ETag"] = etag
        if (modified := self._last_modified(article, index, seconds)) is not None:
            headers["Last-Modified"] = format_datetime(self._date(modified).replace(microsecond=0), usegmt=True)
        if _is_not_modified(request, headers):
            return HttpResponse(304, headers=headers)
        page = page_html.PageData(
            outlet=outlet,
            article=article,
            edition=replace(edition, title=self._title(article, edition, number)),
            url=self.url(article),
            published=self._date(article.editions[0].at),
            modified=self._date(seconds if article.noisy else edition.at),
            others=self._headlines(outlet, seconds, article),
        )
        return HttpResponse(200, page_html.article_page(page, noise).encode(), headers)

    def _other_response(self, outlet: Outlet, path: str, seconds: float, noise: Noise) -> HttpResponse:
        base = self.bases[outlet.key]
        if path == "/robots.txt":
            return self._robots_txt(outlet, seconds)
        if path == "/rss.xml":
            text = feeds.rss(outlet, base, self._feed_items(outlet, seconds))
            return HttpResponse(200, text.encode(), {"Content-Type": "application/rss+xml; charset=utf-8"})
        if path == "/news-sitemap.xml":
            text = feeds.sitemap(outlet, self._feed_items(outlet, seconds))
            return HttpResponse(200, text.encode(), {"Content-Type": "application/xml"})
        if path == "/":
            text = page_html.front_page(outlet, self._headlines(outlet, seconds, None), noise)
            return HttpResponse(200, text.encode(), HTML_HEADERS)
        return HttpResponse(404, page_html.missing_page(outlet, noise, gone=False).encode(), HTML_HEADERS)

    def _robots_txt(self, outlet: Outlet, _seconds: float) -> HttpResponse:
        text = feeds.ROBOTS_TXT.format(base=self.bases[outlet.key])
        return HttpResponse(200, text.encode(), {"Content-Type": "text/plain"})

    def _online(self, outlet: Outlet, seconds: float) -> list[tuple[ScheduledArticle, int]]:
        """Return the outlet's articles that are online, newest first, with the index of their edition."""
        found = [(article, article.edition_at(seconds)) for article in self.schedule.articles_of(outlet.key)]
        return [(article, index) for article, index in reversed(found) if index is not None]

    def _headlines(
        self, outlet: Outlet, seconds: float, excluded: ScheduledArticle | None
    ) -> tuple[tuple[str, str], ...]:
        online = self._online(outlet, seconds)
        return tuple(
            (article.editions[index].title, article.path) for article, index in online if article is not excluded
        )

    def _feed_items(self, outlet: Outlet, seconds: float) -> list[feeds.FeedItem]:
        return [
            item for article, index in self._online(outlet, seconds) for item in self._items(article, index, seconds)
        ]

    def _items(self, article: ScheduledArticle, index: int, _seconds: float) -> Sequence[feeds.FeedItem]:
        """Return the feed items for an article."""
        item = feeds.FeedItem(
            url=self.url(article),
            title=article.editions[index].title,
            dek=article.editions[index].dek,
            published=self._date(article.editions[0].at),
            modified=self._date(article.editions[index].at),
        )
        return (item,)

    def _date(self, seconds: float) -> datetime:
        return self.opened + timedelta(seconds=seconds)


def _is_not_modified(request: HttpRequest, headers: dict[str, str]) -> bool:
    """Return whether a conditional request is answered with 304. If-None-Match takes precedence (RFC 9110 13.1.3)."""
    if "if-none-match" in request.headers:
        return request.headers["if-none-match"] == headers.get("ETag")
    return "Last-Modified" in headers and request.headers.get("if-modified-since") == headers["Last-Modified"]


def _compress(response: HttpResponse, request: HttpRequest, noise: Noise) -> HttpResponse:
    """Compress some responses and not others, as a row of caches may."""
    if response.status != 200 or not noise.gzip or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    headers = {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return replace(response, body=gzip.compress(response.body, 5), headers=headers)
