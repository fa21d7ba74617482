"""Serves a scenario: the news sites of its schedule with the faults of their servers."""

import gzip
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tracker.demo import pages
from tracker.demo.http_server import HttpRequest, HttpResponse
from tracker.demo.news_server import HTML_HEADERS, NewsServer
from tracker.demo.pages import Noise, make_noise
from tracker.demo.schedule import Outlet, ScheduledArticle, SimulatedClock

from .scenario import READABLE_FAULTS, FaultKind, Scenario, listed, robots_txt

MOVED_SUFFIX: Final = "-moved"
_CONSENT: Final = (
    "<h1>We value your privacy</h1><p>We and our 842 partners store and access information on your device, such as "
    "cookies. You may accept all of it or manage your options.</p><button>Accept all</button><button>Options</button>"
)
_BOT_WALL: Final = (
    "<h1>Checking your browser before you access this site</h1><p>Enable JavaScript and cookies to continue.</p>"
    '<script src="/cdn-cgi/challenge.js"></script>'
)


class FaultServer(NewsServer):
    """A news server with faults."""

    def __init__(
        self, scenario: Scenario, clock: SimulatedClock, opened: datetime, log_path: Path | None = None
    ) -> None:
        super().__init__(scenario.schedule, clock, opened, log_path)
        self.scenario = scenario
        self._lock = threading.Lock()
        self._in_progress: Counter[str] = Counter()

    def respond(self, outlet: Outlet, request: HttpRequest) -> HttpResponse:
        """Return the outlet's response with the faults of this moment, and log both."""
        with self._lock:
            self._in_progress[outlet.key] += 1
            at_once = self._in_progress[outlet.key]
        number, seconds = self._begin()
        path = urlsplit(request.path).path
        article = self.schedule.find(outlet.key, path.removesuffix(MOVED_SUFFIX))
        headlines = [title for title, _ in self._headlines(outlet, seconds, article)]
        noise = make_noise(self.schedule.seed, path, number, headlines)
        edition, fault = None, None
        if article is None:
            response = self._other_response(outlet, path, seconds, noise)
        else:
            edition, fault = self._served_edition(article, seconds, number), self.scenario.fault_at(article, seconds)
            response = self._faulty_response(article, request, seconds, noise, number)
        response = _compressed(response, request, noise)
        if article is not None and article.edition_at(seconds) is not None and fault is FaultKind.CUT:
            response = _cut(response)
        conditional = not request.headers.keys().isdisjoint(("if-none-match", "if-modified-since"))
        more = {"conditional": conditional, "at_once": at_once, "fault": fault or ""}
        self._log(number, seconds, outlet, request, response, article, edition, **more)
        with self._lock:
            self._in_progress[outlet.key] -= 1
        return response

    def _served_edition(self, article: ScheduledArticle, seconds: float, request: int) -> int | None:
        """Return the index of the edition that request number `request` is served, or None."""
        if self.scenario.fault_at(article, seconds) not in {None, FaultKind.CUT, *READABLE_FAULTS}:
            return None
        born, lag = article.editions[0].at, self.scenario.traits[article.key].lag(request)
        return article.edition_at(max(seconds - lag, born) if seconds >= born else seconds)

    def _other_response(self, outlet: Outlet, path: str, seconds: float, noise: Noise) -> HttpResponse:
        if path == "/robots.txt":
            return robots_txt(self.scenario.robots_faults[outlet.key], seconds)
        return super()._other_response(outlet, path, seconds, noise)

    def _feed_items(self, outlet: Outlet, seconds: float) -> list[pages.FeedItem]:
        faults = self.scenario.feed_faults
        return [
            item
            for article, index in self._online(outlet, seconds)
            for item in listed(
                self._feed_item(article, index), faults[article.key], seconds, article.editions[0].at, index
            )
        ]

    def _faulty_response(
        self, article: ScheduledArticle, request: HttpRequest, seconds: float, noise: Noise, number: int
    ) -> HttpResponse:
        is_online = article.edition_at(seconds) is not None
        fault = self.scenario.fault_at(article, seconds) if is_online else None
        if fault is FaultKind.MOVED and not request.path.endswith(MOVED_SUFFIX):
            return HttpResponse(301, headers={"Location": article.path + MOVED_SUFFIX})
        if fault not in {None, FaultKind.CUT, *READABLE_FAULTS}:
            return self._fault_response(fault, article, seconds, noise)
        index = self._served_edition(article, seconds, number)
        if index is None:
            return self._missing(article, seconds, noise)
        edition, traits = article.editions[index], self.scenario.traits[article.key]
        headers = {**HTML_HEADERS, "Cache-Control": "max-age=0"}
        if etag := traits.etag(article.key, index, number):
            headers["ETag"] = etag
        if (modified := traits.last_modified(article.editions[0].at, edition.at, seconds)) is not None:
            headers["Last-Modified"] = format_datetime(self._date(modified).replace(microsecond=0), usegmt=True)
        if _is_not_modified(request, headers):
            response = HttpResponse(304, headers=headers)
        else:
            shown = replace(edition, title=traits.other_title) if traits.other_title and number % 2 else edition
            response = HttpResponse(200, self._page(article, shown, seconds, noise).encode(), headers)
        if fault is FaultKind.CHARSET:
            return replace(response, headers={**headers, "Content-Type": "text/html; charset=iso-8859-1"})
        return response

    def _fault_response(
        self, fault: FaultKind | None, article: ScheduledArticle, seconds: float, noise: Noise
    ) -> HttpResponse:
        outlet = self.schedule.outlet(article.outlet)
        missing = pages.missing_page(outlet, noise, gone=fault in {FaultKind.GONE, FaultKind.AWAY}).encode()
        script = f"<script src=/app.{noise.build}.js></script>"
        shell = f"<!doctype html><html><body><title>{escape(outlet.name)}</title><div id=root></div>{script}"
        responses = {
            FaultKind.UNAVAILABLE: HttpResponse(503, b"busy", {"Retry-After": "2"}),
            FaultKind.GONE: HttpResponse(410, missing, HTML_HEADERS),
            FaultKind.MISSING: HttpResponse(404, missing, HTML_HEADERS),
            FaultKind.AWAY: HttpResponse(410, missing, HTML_HEADERS),
            FaultKind.SOFT_MISSING: HttpResponse(200, missing, HTML_HEADERS),
            FaultKind.HOME: HttpResponse(302, headers={"Location": "/"}),
            FaultKind.LOOP: HttpResponse(302, headers={"Location": f"{article.path}?again={noise.nonce[:2]}"}),
            FaultKind.CONSENT: HttpResponse(200, _page("Before you continue", _CONSENT), HTML_HEADERS),
            FaultKind.BOT_WALL: HttpResponse(403, _page("Just a moment...", _BOT_WALL), HTML_HEADERS),
            FaultKind.EMPTY: HttpResponse(200, b"", HTML_HEADERS),
            FaultKind.SHELL: HttpResponse(200, f"{shell}</body></html>".encode(), HTML_HEADERS),
        }
        return responses[fault] if fault in responses else self._paywall(outlet, article, seconds)

    @staticmethod
    def _paywall(outlet: Outlet, article: ScheduledArticle, seconds: float) -> HttpResponse:
        index = article.edition_at(seconds)
        assert index is not None
        edition = article.editions[index]
        teaser = "".join(f"<p>{escape(text)}</p>" for text in edition.paragraphs[:2])
        body = (
            f'<script type="application/ld+json">{{"@type":"NewsArticle","isAccessibleForFree":false}}</script>'
            f"<article><h1>{escape(edition.title)}</h1>{teaser}<div class=paywall><h2>Subscribe to continue</h2><p>"
            f"This article is for subscribers of {escape(outlet.name)}. Already one? Sign in.</p></div></article>"
        )
        return HttpResponse(200, _page(edition.title, body), HTML_HEADERS)


def _is_not_modified(request: HttpRequest, headers: dict[str, str]) -> bool:
    """Return whether a conditional request is answered with 304. If-None-Match takes precedence (RFC 9110 13.1.3)."""
    if "if-none-match" in request.headers:
        return request.headers["if-none-match"] == headers.get("ETag")
    return "Last-Modified" in headers and request.headers.get("if-modified-since") == headers["Last-Modified"]


def _compressed(response: HttpResponse, request: HttpRequest, noise: Noise) -> HttpResponse:
    """Compress some responses and not others, as a row of caches may."""
    if response.status != 200 or noise.minutes % 2 or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    headers = {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return replace(response, body=gzip.compress(response.body, 5), headers=headers)


def _cut(response: HttpResponse) -> HttpResponse:
    """Return a response whose connection is closed after half of the body."""
    if response.status != 200:
        return response
    size = len(response.body)
    headers = {**response.headers, "Content-Length": str(size), "Connection": "close"}
    return replace(response, body=response.body[: size // 2], headers=headers)


def _page(title: str, body: str) -> bytes:
    return f"<!doctype html><html><head><title>{escape(title)}</title></head><body>{body}</body></html>".encode()
