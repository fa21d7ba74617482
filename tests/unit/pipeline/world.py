"""Everything that the visit of a host needs, with a web that lives in a dictionary."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.archives import inline, temporary_archive
from tests.fake_fetcher import Answer, FakeFetcher, status
from tracker.archive.sources import sync_source
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.extraction.extractor import read
from tracker.jobs import cadence
from tracker.jobs.crawl import Crawler
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.model.source import Hub, HubKind, Listing
from tracker.pipeline.check import Pipeline, PollReport
from tracker.pipeline.host_session import Politeness
from tracker.pipeline.settle import CheckReport
from tracker.sources.hub_reader import read_hub_or_failure

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROBOTS = "http://s.test/robots.txt"
FEED = "http://s.test/feed.xml"
STORY = "http://s.test/news/harbour-fire"
RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>S</title>
<item><title>Fire at the harbour</title><link>{STORY}</link></item>
<item><title>Sport</title><link>http://s.test/sport/cup</link></item></channel></rss>"""


def story(toll: str = "Four") -> str:
    return f"""<!doctype html><html lang="en"><head><title>Fire at the harbour</title>
<meta property="og:type" content="article"></head><body><article><h1>Fire at the harbour</h1>
<p>{toll} people were hurt on Tuesday when a warehouse burned at the harbour, the fire service said on Wednesday.</p>
<p>Firefighters from three towns fought the flames until the morning, and the harbour stayed closed to all ships.</p>
<p>The cause is not known. The owner of the warehouse, a shipping company, said that it would help the police.</p>
</article></body></html>"""


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Reader:
    def __init__(self) -> None:
        self.crash = False

    async def read(self, capture, *, prefer=""):
        if self.crash:
            return Failure(FailureKind.UNREADABLE, "the page crashed its reader", capture.url, capture.status)
        return read(capture.body, capture.final_url, prefer=prefer)


async def read_list(hub: Hub, found: Capture) -> Listing | Failure:
    return read_hub_or_failure(hub, found)


class World:
    """Everything one visit needs; *turns* names the functions that ran on the archive's thread, *fail* may stop one."""

    def __init__(self, pages: dict[str, Answer], *, delay: float = 0.0, no_pace: bool = False) -> None:
        self.clock = Clock()
        self.archive = temporary_archive()
        self.thread = inline(self.archive, self._turn)
        self.turns: list[str] = []
        self.fail: Callable[[str], None] = lambda _: None
        self.fetcher = FakeFetcher({ROBOTS: status(ROBOTS, 404), **pages})
        self.reader: Any = Reader()
        self.listing = read_list
        self.every = timedelta(minutes=5)
        self.config = Config(sources=(SourceConfig(name="s", feeds=(FEED,), exclude=("/sport/",)),))
        self.reports: list[CheckReport | PollReport] = []
        self.politeness = Politeness(delay, no_pace=no_pace)
        sync_source(self.archive, "s", [Hub("s", HubKind.FEED, FEED)], START)
        self.crawler = Crawler(
            self.thread, self.fetcher, self.pipeline, lambda: self.politeness, self.clock, self.reports.append
        )

    def _turn(self, function) -> None:
        self.turns.append(function.__name__)
        self.fail(function.__name__)

    def pipeline(self) -> Pipeline:
        return Pipeline(self.config, self.reader, self.schedule, lambda _source, _tracked, now: now, self.listing)

    def schedule(self, _source, tracked, now, verdict):
        if verdict.failures:
            return cadence.retry(tracked, now, failures=verdict.failures, every=None, refused=False)
        return now + self.every

    async def crawl(self, later: timedelta = timedelta(0)) -> list[str]:
        self.clock.now += later
        seen = len(self.reports)
        await self.crawler.crawl_host("s.test")
        return self.outcomes()[seen:]

    def outcomes(self) -> list[str]:
        return [str(r.poll.outcome if isinstance(r, PollReport) else r.intent.check.outcome) for r in self.reports]

    def asked(self) -> list[str]:
        return [request.url for request in self.fetcher.requests]
