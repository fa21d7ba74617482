"""Serves a scenario: the news sites of its schedule with the faults of their servers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from tracker.demo import feeds, page_html
from tracker.demo.clock import SimulatedClock
from tracker.demo.http_server import HttpRequest, HttpResponse
from tracker.demo.news_server import HTML_HEADERS, NewsServer
from tracker.demo.noise import Noise
from tracker.demo.schedule import Edition, Outlet, ScheduledArticle

from . import feed_faults
from .faults import READABLE_FAULTS, FaultKind
from .scenario import Scenario

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

    def _find(self, outlet: Outlet, path: str) -> ScheduledArticle | None:
        return self.schedule.find(outlet.key, path.removesuffix(MOVED_SUFFIX))

    def _fault_name(self, article: ScheduledArticle, seconds: float) -> str:
        return self.scenario.fault_at(article, seconds) or ""

    def _served_edition(self, article: ScheduledArticle, seconds: float, request: int) -> int | None:
        if self.scenario.fault_at(article, seconds) not in {None, FaultKind.CUT, *READABLE_FAULTS}:
            return None
        born, lag = article.editions[0].at, self.scenario.traits[article.key].lag(request)
        return article.edition_at(max(seconds - lag, born) if seconds >= born else seconds)

    def _title(self, article: ScheduledArticle, edition: Edition, request: int) -> str:
        other = self.scenario.traits[article.key].other_title
        return other if other and request % 2 else edition.title

    def _last_modified(self, article: ScheduledArticle, index: int, seconds: float) -> float | None:
        born, edited = article.editions[0].at, article.editions[index].at
        return self.scenario.traits[article.key].last_modified(born, edited, seconds)

    def _robots_txt(self, outlet: Outlet, seconds: float) -> HttpResponse:
        return feed_faults.robots_txt(self.scenario.robots_faults[outlet.key], self.bases[outlet.key], seconds)

    def _items(self, article: ScheduledArticle, index: int, seconds: float) -> Sequence[feeds.FeedItem]:
        (item,) = super()._items(article, index, seconds)
        fault = self.scenario.feed_faults[article.key]
        return feed_faults.listed(item, fault, seconds, article.editions[0].at, index)

    def _etag(self, article: ScheduledArticle, index: int, request: int) -> str:
        return self.scenario.traits[article.key].etag(article.key, index, request)

    def _article_response(
        self, article: ScheduledArticle, request: HttpRequest, seconds: float, noise: Noise, number: int
    ) -> HttpResponse:
        is_online = article.edition_at(seconds) is not None
        fault = self.scenario.fault_at(article, seconds) if is_online else None
        if fault is FaultKind.MOVED and not request.path.endswith(MOVED_SUFFIX):
            return HttpResponse(301, headers={"Location": article.path + MOVED_SUFFIX})
        if fault not in {None, FaultKind.CUT, *READABLE_FAULTS}:
            return self._fault_response(fault, article, seconds, noise)
        response = super()._article_response(article, request, seconds, noise, number)
        if fault is FaultKind.CHARSET:
            headers = {**response.headers, "Content-Type": "text/html; charset=iso-8859-1"}
            return replace(response, headers=headers)
        return replace(response, truncated=fault is FaultKind.CUT and response.status == 200)

    def _fault_response(
        self, fault: FaultKind | None, article: ScheduledArticle, seconds: float, noise: Noise
    ) -> HttpResponse:
        outlet = self.schedule.outlet(article.outlet)
        missing = page_html.missing_page(outlet, noise, gone=fault is FaultKind.GONE).encode()
        script = f"<script src=/app.{noise.build}.js></script>"
        shell = f"<!doctype html><html><body><title>{escape(outlet.name)}</title><div id=root></div>{script}"
        responses = {
            FaultKind.UNAVAILABLE: HttpResponse(503, b"busy", {"Retry-After": "2"}),
            FaultKind.GONE: HttpResponse(410, missing, HTML_HEADERS),
            FaultKind.MISSING: HttpResponse(404, missing, HTML_HEADERS),
            FaultKind.AWAY: HttpResponse(404, missing, HTML_HEADERS),
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


def _page(title: str, body: str) -> bytes:
    return f"<!doctype html><html><head><title>{escape(title)}</title></head><body>{body}</body></html>".encode()
