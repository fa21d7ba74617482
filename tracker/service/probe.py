"""Fetch an address and find out its kind: an article, a feed, a sitemap, or a section page and where its feed is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Self
from urllib.parse import urlsplit

from tracker import __version__
from tracker.addresses.urls import host_of, is_loopback, origin_of
from tracker.config.root import Config
from tracker.errors import PageError
from tracker.extraction import extractor
from tracker.extraction.pool import ExtractPool
from tracker.fetch import robots
from tracker.fetch.client import SourceFetcher
from tracker.fetch.responses import refusal
from tracker.model.article import Reading
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, Request, RobotsRecord
from tracker.model.source import Hub, HubKind, Listing
from tracker.sources.hub_reader import detect_hub_kind, read_hub
from tracker.sources.section_page import looks_like_article

MAX_FEED_SEARCH_SECONDS: Final = 15.0
MAX_FEEDS_TRIED: Final = 6
_USUAL_FEEDS: Final = ("/feed", "/rss", "/feed.xml")
_HOME_PATH: Final = re.compile(r"/?(?:(?:index|home|default)\.\w+)?")


@dataclass(frozen=True)
class ProbeResult:
    """The kind and content of an address: a list of a `kind`, or an article, which was read from `capture`.

    `problem` says why nothing could be read, with a hint if the page is at fault; `failure` is set if it could not be
    fetched. `page` is the home or section page that led to a feed, as it was read itself.
    """

    url: str
    kind: HubKind | None = None
    listing: Listing | None = None
    reading: Reading | None = None
    problem: str = ""
    failure: Failure | None = None
    capture: Capture | None = None
    page: ProbeResult | None = None

    @property
    def name(self) -> str:
        """Return article, feed, sitemap or page."""
        return str(self.kind) if self.kind else "article"

    @property
    def title(self) -> str:
        """Return the title of the list or the headline of the article."""
        if self.listing is not None:
            return self.listing.title
        return self.reading.article.title if self.reading is not None else ""

    @property
    def found_at(self) -> str:
        """Return the address of the page that led to this feed, or ""."""
        return self.page.url if self.page else ""

    @property
    def is_home(self) -> bool:
        """Return whether the address, or the one it redirects to, is that of a whole site."""
        addresses = (self.url, self.capture.final_url if self.capture else self.url)
        return any(_HOME_PATH.fullmatch(urlsplit(each).path) for each in addresses)


class Prober:
    """Fetches addresses one by one, obeying robots.txt and the configured delay between requests to one host.

    Pages are read in a child process of `pool` if one is given, so that a hostile page cannot hold up this process.
    `tell` is called with each address before it is looked at.
    """

    def __init__(
        self, config: Config, pool: ExtractPool | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        self._pool = pool
        self._tell = tell
        self._fetcher = SourceFetcher(config, __version__)
        self._source = ""
        self._delay = config.fetch.delay.total_seconds()
        self._robots: dict[str, RobotsRecord] = {}
        self._visited_hosts: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._fetcher.aclose()

    async def look(self, url: str, hub: Hub | None = None) -> ProbeResult:
        """Fetch `url` and return its kind and content; with `hub`, read it as that kind of list."""
        if self._tell:
            self._tell(url)
        kind = hub.kind if hub else None
        self._source = hub.source if hub else ""
        found = await self._fetch(Request(url, accept="text/html,application/xml;q=0.9,*/*;q=0.8"), check=True)
        if isinstance(found, Failure):
            return ProbeResult(url, kind, problem=found.reason, failure=found)
        if not isinstance(found, Capture):
            return ProbeResult(url, kind, problem="the response is empty")
        read = await self._read(found, url, hub)
        if isinstance(read, Failure):
            return ProbeResult(url, kind, problem=read.reason)
        if isinstance(read, Listing):
            return ProbeResult(url, kind or read.kind, listing=read, capture=found)
        return ProbeResult(url, reading=read, capture=found)

    async def find(self, url: str) -> ProbeResult:
        """Fetch `url` and return its kind and content, or those of its feed if it is a home page or a section page.

        The feed is one that the page names, or one at a usual place, or a sitemap; without any, the page is returned.
        An article stays an article, whatever feeds its page names, unless it is at the address of a whole site.
        """
        page = await self.look(url)
        if page.capture is None or not (page.kind is HubKind.PAGE or (page.kind is None and page.is_home)):
            return page
        listing = page.listing or await self._read(page.capture, url, Hub("", HubKind.PAGE, url))
        named = listing.hubs if isinstance(listing, Listing) else ()
        places = [*named[:MAX_FEEDS_TRIED]]
        # The usual places have the feed of the whole site, which is wrong for a section page with articles.
        if page.is_home or not (isinstance(listing, Listing) and listing.targets):
            origin = origin_of(page.capture.final_url)
            sitemaps = robots.sitemaps(self._robots[origin]) if origin in self._robots else []
            places += [origin + each for each in _USUAL_FEEDS]
            places += sorted(sitemaps, key=lambda each: "news" not in each)
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_FEED_SEARCH_SECONDS):
                feed = await self._first_feed(places)
                return replace(feed, page=page) if feed else page
        return page

    async def _first_feed(self, addresses: Sequence[str]) -> ProbeResult | None:
        """Return the first of the addresses, or of the sitemaps that they name, that lists articles."""
        left = list(dict.fromkeys(addresses))
        for _ in range(MAX_FEEDS_TRIED):
            if not left:
                break
            found = await self.look(left.pop(0))
            listing = found.listing
            if listing is None or found.kind is HubKind.PAGE:
                continue
            # Many sitemaps list only pages that are not articles.
            is_feed = found.kind is HubKind.FEED and listing.targets
            if is_feed or any(looks_like_article(each.url) for each in listing.targets):
                return found
            left += [each for each in listing.hubs if "news" in each][:1]
        return None

    async def _read(self, found: Capture, url: str, hub: Hub | None) -> Listing | Reading | Failure:
        if self._pool is None:
            return read_any(found, url, hub)
        return await self._pool.run((Listing, Reading, Failure), read_any, found, url, hub, about=found)

    async def fetch(self, url: str) -> FetchResult:
        """Fetch a page if its host's robots.txt allows it, after the pause that it asks for."""
        return await self._fetch(Request(url), check=True)

    async def _fetch(self, request: Request, *, check: bool) -> FetchResult:
        host = host_of(request.url)
        if host in self._visited_hosts and not is_loopback(request.url):
            known = self._robots.get(origin_of(request.url))
            await asyncio.sleep(max(self._delay, (known and robots.crawl_delay(known)) or 0))
        self._visited_hosts.add(host)
        request = replace(request, source=self._source)
        return await self._fetcher.fetch(request, datetime.now(UTC), self._allow if check else None)

    async def _allow(self, url: str) -> Failure | None:
        """Return why the robots.txt of its host forbids `url`, or None; fetch the robots.txt once for each origin."""
        origin = origin_of(url)
        if origin not in self._robots:
            answer = await self._fetch(Request(robots.robots_url(url), accept="text/plain,*/*;q=0.5"), check=False)
            # Without an answer the rules are unknown, and the page must not be requested (RFC 9309, 2.3.1.4).
            if isinstance(answer, Failure) and answer.status is None:
                return answer
            self._robots[origin] = robots.record(answer, datetime.now(UTC))
            if not is_loopback(url):
                await asyncio.sleep(self._delay)
        return robots.verdict(self._robots[origin], url)


def read_any(found: Capture, url: str, hub: Hub | None) -> Listing | Reading | Failure:
    """Return the list or the article in a response, or why it holds neither; with `hub`, read it as that list."""
    try:
        kind = hub.kind if hub else detect_hub_kind(found.body, found.header("content-type"), found.final_url)
        if kind is not None:
            return read_hub(hub or Hub("", kind, url), found.body, found.final_url, found.charset)
        if problem := refusal(found):
            why = f"{problem}: check the address"
            return Failure(FailureKind.UNREADABLE, why, url, found.status, final_url=found.final_url)
        return extractor.read(found.body, found.final_url, charset=found.charset, status=found.status)
    except PageError as error:
        reason = ": ".join(filter(None, (error.message, error.hint)))
        return Failure(FailureKind.UNREADABLE, reason, url, found.status, final_url=found.final_url)
