"""The HTTP servers of a schedule's outlets: articles, feeds, front pages and robots.txt."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from . import pages
from .http_server import HttpRequest, HttpResponse, JsonLog, LoopbackServer
from .pages import Noise, make_noise
from .schedule import Edition, Outlet, Schedule, ScheduledArticle, SimulatedClock

HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}


class NewsServer:
    """Serve every outlet of a schedule on loopback while the context is open. The first request starts the clock.

    Second 0 of the schedule is shown as the date `opened`. `access` has one entry for each request, with the article
    and edition served; `bases` the URL of each outlet, by its key.
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
        # Each request is answered in a thread of its own; taking the next number of a count is atomic.
        self._numbers = count(1)

    def __enter__(self) -> Self:
        for outlet in self.schedule.outlets:
            respond = partial(self.respond, outlet)
            try:
                server = LoopbackServer(respond, outlet.host)
            except OSError:
                # Not every system has all of 127.0.0.0/8; "localhost" is still another host than 127.0.0.1.
                server = LoopbackServer(respond, "localhost")
            self.bases[outlet.key] = self._stack.enter_context(server).base
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def url(self, article: ScheduledArticle) -> str:
        """Return the URL of an article."""
        return self.bases[article.outlet] + article.path

    def respond(self, outlet: Outlet, request: HttpRequest) -> HttpResponse:
        """Return the outlet's response to a request at this moment, and log it."""
        number, seconds = self._begin()
        path = urlsplit(request.path).path
        article = self.schedule.find(outlet.key, path)
        index = article.edition_at(seconds) if article else None
        headlines = [title for title, _ in self._headlines(outlet, seconds, article)]
        noise = make_noise(self.schedule.seed, path, number, headlines)
        if article is None:
            response = self._other_response(outlet, path, seconds, noise)
        elif index is None:
            response = self._missing(article, seconds, noise)
        else:
            headers = {**HTML_HEADERS, "Cache-Control": "max-age=0"}
            if article.etag:
                # Weak, because the noise differs from response to response: the same edition, not the same bytes.
                headers["ETag"] = f'W/"{article.key}-{index + 1}"'
            if article.etag and request.headers.get("if-none-match") == headers["ETag"]:
                response = HttpResponse(304, headers=headers)
            else:
                page = self._page(article, article.editions[index], seconds, noise)
                response = HttpResponse(200, page.encode(), headers)
        self._log(number, seconds, outlet, request, response, article, index)
        return response

    def _begin(self) -> tuple[int, float]:
        """Return the number of a new request, and the simulated second."""
        number = next(self._numbers)
        if number == 1:
            self.clock.start()
        return number, self.clock.now()

    def _log(
        self,
        number: int,
        seconds: float,
        outlet: Outlet,
        request: HttpRequest,
        response: HttpResponse,
        article: ScheduledArticle | None,
        edition: int | None,
        **more: object,
    ) -> None:
        """Write the entry of a request; `edition` is the index of the edition that was served, if any."""
        self.access.write(
            n=number,
            t=round(seconds, 3),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            outlet=outlet.key,
            path=urlsplit(request.path).path,
            article=article.key if article else None,
            edition=None if edition is None else edition + 1,
            status=response.status,
            bytes=len(response.body),
            agent=request.headers.get("user-agent", ""),
            **more,
        )

    def _missing(self, article: ScheduledArticle, seconds: float, noise: Noise) -> HttpResponse:
        gone = article.is_gone(seconds)
        body = pages.missing_page(self.schedule.outlet(article.outlet), noise, gone=gone)
        return HttpResponse(410 if gone else 404, body.encode(), HTML_HEADERS)

    def _page(self, article: ScheduledArticle, edition: Edition, seconds: float, noise: Noise) -> str:
        outlet = self.schedule.outlet(article.outlet)
        data = pages.PageData(
            outlet=outlet,
            article=article,
            edition=edition,
            url=self.url(article),
            published=self._date(article.editions[0].at),
            modified=self._date(seconds if article.noisy else edition.at),
            others=self._headlines(outlet, seconds, article),
        )
        return pages.article_page(data, noise)

    def _other_response(self, outlet: Outlet, path: str, seconds: float, noise: Noise) -> HttpResponse:
        base = self.bases[outlet.key]
        if path == "/robots.txt":
            return HttpResponse(200, pages.ROBOTS_TXT.encode(), {"Content-Type": "text/plain"})
        if path == "/rss.xml":
            text = pages.rss(outlet, base, self._feed_items(outlet, seconds))
            return HttpResponse(200, text.encode(), {"Content-Type": "application/rss+xml; charset=utf-8"})
        if path == "/":
            text = pages.front_page(outlet, self._headlines(outlet, seconds, None), noise)
            return HttpResponse(200, text.encode(), HTML_HEADERS)
        return HttpResponse(404, pages.missing_page(outlet, noise, gone=False).encode(), HTML_HEADERS)

    def _online(self, outlet: Outlet, seconds: float) -> list[tuple[ScheduledArticle, int]]:
        """Return the outlet's articles that are online, newest first, with the index of their edition."""
        found = [(article, article.edition_at(seconds)) for article in self.schedule.articles_of(outlet.key)]
        return [(article, index) for article, index in reversed(found) if index is not None]

    def _headlines(
        self, outlet: Outlet, seconds: float, excluded: ScheduledArticle | None
    ) -> tuple[tuple[str, str], ...]:
        online = self._online(outlet, seconds)
        return tuple((each.editions[index].title, each.path) for each, index in online if each is not excluded)

    def _feed_items(self, outlet: Outlet, seconds: float) -> list[pages.FeedItem]:
        return [self._feed_item(article, index) for article, index in self._online(outlet, seconds)]

    def _feed_item(self, article: ScheduledArticle, index: int) -> pages.FeedItem:
        return pages.FeedItem(
            url=self.url(article),
            title=article.editions[index].title,
            dek=article.editions[index].dek,
            published=self._date(article.editions[0].at),
        )

    def _date(self, seconds: float) -> datetime:
        return self.opened + timedelta(seconds=seconds)
