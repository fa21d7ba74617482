import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.archive_samples import intent
from tests.archives import inline, temporary_archive
from tests.fake_fetcher import Answer, FakeFetcher, page, status
from tests.unit.pipeline.world import FEED, ROBOTS, RSS, START, STORY, Reader, World, story
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check
from tracker.archive.quarantine import get_quarantined
from tracker.archive.sources import get_host, list_hubs, save_host, sync_source
from tracker.archive.state import due_hosts
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version, latest_version
from tracker.extraction import EXTRACTOR
from tracker.extraction.extractor import read, read_unless_same
from tracker.model.article import Reading, SamePage
from tracker.model.capture import Capture, Failure, FailureKind, HostState, NotModified, Request, RobotsRecord
from tracker.model.source import Target
from tracker.model.watch import CheckOutcome
from tracker.pipeline.check import MAX_ARTICLE_CHARS, MAX_COMPARED_HERE_CHARS, READ_IN_FULL_EVERY, count_letters
from tracker.pipeline.host_session import HostSession, Politeness


async def test_a_host_s_feed_is_read_and_what_it_names_is_kept():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    assert await world.crawl() == ["unchanged", "new"]
    assert world.asked() == [ROBOTS, FEED, STORY]
    [tracked] = list_articles(world.archive)
    assert tracked.url == STORY
    latest = latest_version(world.archive, tracked.id)
    assert latest is not None
    assert latest.content.headlines.feed == "Fire at the harbour"


async def test_an_edit_is_a_second_version_and_a_second_look_is_none():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    await world.crawl()
    assert await world.crawl(timedelta(minutes=6)) == ["unchanged"]
    world.fetcher.pages[STORY] = page(STORY, story("Seven"))
    assert await world.crawl(timedelta(minutes=6)) == ["unchanged", "changed"], "the feed was due again too"
    [tracked] = list_articles(world.archive)
    assert tracked.versions == 2
    assert world.asked().count(ROBOTS) == 1, "what robots.txt said is remembered"


async def test_a_check_makes_two_turns_on_the_archive_s_thread_and_a_304_makes_one():
    world = World({STORY: page(STORY, story(), etag='"1"')})
    [tracked] = add_targets(world.archive, "s", [Target(STORY)], START)

    async def turns() -> tuple[str, list[str]]:
        world.turns.clear()
        session = HostSession(HostState("s.test"), world.fetcher, world.thread, world.politeness, world.clock)
        report = await world.pipeline().check(get_article(world.archive, tracked.id), session)
        return report.intent.check.outcome, list(world.turns)

    assert await turns() == (CheckOutcome.NEW, ["recall", "settle"])
    assert await turns() == (CheckOutcome.NOT_MODIFIED, ["settle"])
    world.fetcher.pages[STORY] = page(STORY, story("Seven"))
    assert await turns() == (CheckOutcome.CHANGED, ["recall", "settle"])
    assert await turns() == (CheckOutcome.UNCHANGED, ["recall", "settle"]), "the very bytes again, without a 304"


async def test_what_robots_forbids_is_not_asked_for():
    robots = page(ROBOTS, "User-agent: *\nDisallow: /news/")
    world = World({ROBOTS: robots, FEED: page(FEED, RSS), STORY: page(STORY, story())})
    assert await world.crawl() == ["unchanged", "refused"]
    assert STORY not in world.asked()
    [tracked] = list_articles(world.archive)
    assert tracked.versions == 0


async def test_a_feed_that_is_no_feed_is_tried_again_and_says_why():
    world = World({FEED: page(FEED, "<html><body>Moved</body></html>")})
    assert await world.crawl() == ["failed"]
    [state] = list_hubs(world.archive, "s")
    assert state.failures == 1
    assert state.last_error
    assert state.next_poll_at is not None
    assert state.next_poll_at > START


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Failure(FailureKind.ROBOTS, "robots.txt asks us not to", FEED), "refused"),
        (Failure(FailureKind.TIMEOUT, "no answer within 60 s", FEED), "failed"),
        (NotModified(FEED, FEED), "not-modified"),
    ],
)
async def test_what_a_hub_answers_is_counted(answer, outcome):
    world = World({FEED: answer})
    assert await world.crawl() == [outcome]


async def test_every_twentieth_check_is_unconditional():
    world = World({STORY: page(STORY, story(), etag='"1"')})
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(STORY)], START)
    for _ in range(22):
        await world.crawl(timedelta(minutes=6))
    asked = [request.etag for request in world.fetcher.requests if request.url == STORY]
    assert asked[0] == ""
    assert set(asked[1:20]) == {'"1"'}
    assert asked[20] == ""
    assert asked[21] == '"1"'


async def test_a_turn_ends_when_the_host_wants_too_much_patience():
    pages: dict[str, Answer] = {
        f"http://s.test/news/story-number-{n}": page(f"http://s.test/news/story-number-{n}", story()) for n in range(9)
    }
    world = World(pages, delay=30.0)
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(url) for url in pages], START)
    world.crawler = replace(world.crawler, max_turn=timedelta(seconds=1))
    assert await world.crawl() == [], "robots.txt was asked for, and that is enough for now"
    state = get_host(world.archive, "s.test")
    assert state.not_before is not None
    assert state.not_before >= START + timedelta(seconds=20)
    assert due_hosts(world.archive, START) == []


async def test_pace_is_waited_for():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())}, delay=0.2)
    loop = asyncio.get_running_loop()
    began = loop.time()
    world.crawler = replace(world.crawler, clock=lambda: START + timedelta(seconds=loop.time() - began))
    await world.crawl()
    assert loop.time() - began >= 0.4, "robots.txt, the feed and the story, with two pauses"


async def test_a_turn_ends_at_once_when_the_service_stops():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())}, delay=20.0)
    asyncio.get_running_loop().call_later(0.05, world.crawler.stopping.set)
    async with asyncio.timeout(15):
        assert await world.crawl() == []
        assert await world.crawl() == []


async def test_a_host_that_cannot_be_reached_is_said_so_at_once():
    world = World(
        {ROBOTS: Failure(FailureKind.DNS, "the name s.test cannot be resolved", ROBOTS, elapsed=0.1)}, delay=60
    )
    async with asyncio.timeout(30):
        assert await world.crawl() == ["failed"]
    [state] = list_hubs(world.archive, "s")
    assert state.last_error == "the name s.test cannot be resolved"


async def test_no_pace_is_honoured_for_loopback_hosts_alone():
    politeness = Politeness(5.0, no_pace=True)
    answer = page(STORY, "x")
    thread = inline(temporary_archive())
    far = HostSession(HostState("s.test"), FakeFetcher({}), thread, politeness, lambda: START)
    await far.answered(answer)
    near = HostSession(HostState("127.0.0.1:80"), FakeFetcher({}), thread, politeness, lambda: START)
    await near.answered(replace(answer, url="http://127.0.0.1:80/x"))
    assert far.wait(START) >= 5.0
    assert near.wait(START) == 0.0


async def test_a_redirect_to_another_host_asks_that_host_s_robots_and_patience():
    other, robots = "http://o.test/x", "http://o.test/robots.txt"
    archive = temporary_archive()
    fetcher = FakeFetcher({robots: page(robots, "User-agent: *\nDisallow: /x")})
    session = HostSession(HostState("s.test"), fetcher, inline(archive), Politeness(0.0), lambda: START)
    refused = await session.allow(other)
    assert refused is not None
    assert refused.kind is FailureKind.ROBOTS
    known = get_host(archive, "o.test")
    assert known.robots is not None
    save_host(archive, replace(known, not_before=START + timedelta(minutes=3), robots=RobotsRecord(404, "", START)))
    waits = await session.allow(other)
    assert waits is not None
    assert waits.kind is FailureKind.HOST_WAITS
    assert waits.retry_after == 180


async def test_a_redirect_to_a_host_that_was_asked_a_moment_ago_waits_for_its_pace():
    moved = "http://o.test/moved"
    world = World({STORY: moved, moved: page(moved, story()), "http://o.test/robots.txt": status(moved, 404)})
    loop = asyncio.get_running_loop()
    began = loop.time()
    world.crawler = replace(world.crawler, clock=lambda: START + timedelta(seconds=loop.time() - began))
    save_host(world.archive, HostState("o.test", not_before=START + timedelta(seconds=0.3)))
    add_targets(world.archive, "s", [Target(STORY)], START)
    await world.crawler.visit("s.test", [], list_articles(world.archive))
    assert loop.time() - began >= 0.3
    assert world.outcomes() == ["new"], "it leads to another article, which is watched"
    assert {each.url for each in list_articles(world.archive)} == {STORY, moved}


async def test_a_refusal_after_a_redirect_is_the_other_host_s_and_not_the_redirecting_one_s():
    moved = "http://o.test/moved"
    refusing = status(moved, 429, retry_after=3600)
    world = World({STORY: moved, moved: refusing, "http://o.test/robots.txt": status(moved, 404)})
    add_targets(world.archive, "s", [Target(STORY)], START)
    await world.crawler.visit("s.test", [], list_articles(world.archive))
    own, other = get_host(world.archive, "s.test"), get_host(world.archive, "o.test")
    assert (own.failures, other.failures) == (0, 1)
    assert own.not_before is not None
    assert own.not_before <= START + timedelta(minutes=1)
    assert other.not_before == START + timedelta(hours=1)
    asked = len(world.asked())
    await world.crawler.visit("s.test", [], list_articles(world.archive))
    assert world.asked()[asked:] == [STORY], "the host that asked for a pause is left alone"


async def test_a_pause_that_a_host_asks_for_while_its_robots_txt_is_read_for_a_redirect_is_kept():
    robots = "http://o.test/robots.txt"
    archive = temporary_archive()

    def refused_meanwhile(_request: Request, _now: datetime) -> Failure:
        save_host(
            archive, HostState("o.test", not_before=START + timedelta(hours=1), failures=1, last_failure_at=START)
        )
        return status(robots, 404)

    fetcher = FakeFetcher({robots: refused_meanwhile})
    session = HostSession(HostState("s.test"), fetcher, inline(archive), Politeness(0.0), lambda: START)
    await session.allow("http://o.test/x")
    state = get_host(archive, "o.test")
    assert (state.not_before, state.failures) == (START + timedelta(hours=1), 1)
    assert state.robots is not None


async def test_while_robots_txt_fails_nothing_is_asked_for_and_all_is_tried_again_soon():
    world = World({ROBOTS: status(ROBOTS, 500), STORY: page(STORY, story())}, no_pace=True)
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(STORY)], START)
    world.every = timedelta(days=1)
    assert await world.crawl() == ["failed"], "no ban, for it passes"
    assert world.asked() == [ROBOTS]
    world.fetcher.pages[ROBOTS] = status(ROBOTS, 404)
    assert await world.crawl(timedelta(minutes=11)) == ["new"]


async def test_an_article_is_known_and_asked_for_without_what_tracks_readers():
    feed = RSS.replace(STORY, f"{STORY}?utm_source=rss&amp;page=2")
    world = World({FEED: page(FEED, feed), f"{STORY}?page=2": page(f"{STORY}?page=2", story())})
    assert await world.crawl() == ["unchanged", "new"]
    [tracked] = list_articles(world.archive)
    assert tracked.url == f"{STORY}?page=2"


@pytest.mark.parametrize(("first", "second"), [(STORY, f"{STORY}/"), (f"{STORY}/", STORY), (f"{STORY}.html", STORY)])
@pytest.mark.parametrize("redirects", [0, 1])
async def test_an_article_listed_under_two_addresses_is_one_where_one_redirects_to_the_other(first, second, redirects):
    asked, final = [(first, second), (second, first)][redirects]
    world = World({asked: final, final: page(final, story())}, no_pace=True)
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(first), Target(second)], START)
    assert sorted(await world.crawl()) == ["new", "unchanged"]
    assert get_article(world.archive, final).versions == 1
    pointer = get_article(world.archive, asked)
    assert (pointer.versions, pointer.failures) == (0, 0)
    assert pointer.next_check_at == START + timedelta(days=7)
    world.fetcher.pages[asked] = page(asked, story("Seven"))
    assert await world.crawl(timedelta(days=7)) == ["unchanged", "new"], "it has become an article in its own right"


class CountingReader:
    """Notes for each page whether it was read in full or recognised; it can read none while *crash* is set."""

    def __init__(self) -> None:
        self.crash = False
        self.full: list[bool] = []

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | SamePage | Failure:
        return await self.read_unless_same(capture, "", prefer=prefer)

    async def read_unless_same(
        self, capture: Capture, fingerprint: str, *, prefer: str = ""
    ) -> Reading | SamePage | Failure:
        if self.crash:
            return Failure(FailureKind.UNREADABLE, "the page crashed its reader", capture.url, capture.status)
        found = read_unless_same(capture.body, capture.final_url, fingerprint, prefer=prefer)
        self.full.append(isinstance(found, Reading))
        return found


class Visits:
    """One article, visited again and again by a process that keeps what it knows."""

    def __init__(self) -> None:
        self.world = World({STORY: page(STORY, story())})
        self.world.reader = self.reader = CountingReader()
        add_targets(self.world.archive, "s", [Target(STORY)], START)
        pipeline = self.world.pipeline()
        self.world.crawler = replace(self.world.crawler, pipeline=lambda: pipeline)
        self.count = 0

    async def visit(self, text: str) -> str:
        """Serve *text* with a counter that is new at each visit, and return the outcome."""
        self.count += 1
        self.world.fetcher.pages[STORY] = page(STORY, text.replace("</body>", f"<i>{self.count} views</i></body>"))
        (*_, outcome) = await self.world.crawl(timedelta(hours=1))
        return outcome


async def test_a_page_with_the_same_article_is_not_read_again_and_an_edit_is():
    visits = Visits()
    outcomes = [await visits.visit(text) for text in (story(), story(), story(), story("Five"), story("Five"))]
    assert outcomes == ["new", "unchanged", "unchanged", "changed", "unchanged"]
    assert visits.reader.full == [True, False, False, True, False]
    (tracked,) = list_articles(visits.world.archive)
    latest = latest_version(visits.world.archive, tracked.id)
    assert latest is not None
    assert "Five people" in latest.content.text


async def test_a_recognised_page_costs_no_look_at_the_texts_and_keeps_what_is_known_of_the_article():
    visits = Visits()
    await visits.visit(story())
    (before,) = list_articles(visits.world.archive)
    visits.world.turns.clear()
    assert await visits.visit(story()) == "unchanged"
    assert "recall" not in visits.world.turns
    (after,) = list_articles(visits.world.archive)
    assert after.signature == before.signature
    assert (after.checks, after.versions) == (before.checks + 1, 1)


async def test_a_page_whose_newest_version_was_taken_out_is_read():
    visits = Visits()
    await visits.visit(story())
    (tracked,) = list_articles(visits.world.archive)
    take_down(visits.world.archive, tracked.id, "the court said so", START, 1)
    await visits.visit(story())
    assert visits.reader.full == [True, True]


async def test_every_tenth_visit_reads_in_full():
    visits = Visits()
    for _ in range(2 * READ_IN_FULL_EVERY + 1):
        await visits.visit(story())
    assert [n for n, full in enumerate(visits.reader.full) if full] == [0, READ_IN_FULL_EVERY, 2 * READ_IN_FULL_EVERY]


async def test_after_a_failure_the_page_is_read():
    visits = Visits()
    await visits.visit(story())
    visits.reader.crash = True
    await visits.visit(story("Five"))
    await visits.visit("<html><body>Not found</body></html>")
    visits.reader.crash = False
    assert await visits.visit(story("Five")) == "changed"
    assert visits.reader.full[-1]


async def test_a_page_whose_version_was_not_stored_because_another_came_first_is_read_again():
    visits = Visits()
    await visits.visit(story())
    (tracked,) = list_articles(visits.world.archive)

    def another_first(function: str) -> None:
        if function == "settle":
            visits.world.fail = lambda _: None
            other = intent(tracked, 2, visits.world.clock.now)
            assert other.version is not None
            commit_check(visits.world.archive, replace(other, version=replace(other.version, extractor=EXTRACTOR)))

    visits.world.fail = another_first
    await visits.visit(story("Five"))
    assert await visits.visit(story("Five")) == "changed"
    latest = latest_version(visits.world.archive, tracked.id)
    assert latest is not None
    assert (latest.n, "Five people" in latest.content.text) == (3, True)


SENTENCE = "The council said on Tuesday that the old bridge would be closed for {} days, until the river fell again. "


class Apart(Reader):
    """A pool that remembers what was done in its children; *broken* ones die."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []
        self.broken = False

    async def run(self, returns, work, *given, about):
        self.done.append(about)
        if self.broken:
            return Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", about.url, about.status)
        return work(*given)


def text(size: int, days: int) -> str:
    body = "".join(f"<p>{SENTENCE.format(n + days) * 4}</p>" for n in range(size // (4 * len(SENTENCE)) + 1))
    return f"<html><head><title>Bridge</title></head><body><article><h1>Bridge</h1>{body}</article></body></html>"


def world(size: int) -> World:
    made = World({FEED: page(FEED, RSS), STORY: page(STORY, text(size, 1))})
    made.reader = Apart()
    return made


async def again(made: World, size: int) -> str:
    made.fetcher.pages[STORY] = page(STORY, text(size, 900))
    return (await made.crawl(timedelta(minutes=6)))[-1]


async def test_a_text_that_is_too_long_for_an_article_is_refused_and_says_so():
    made = world(MAX_ARTICLE_CHARS)
    assert await made.crawl() == ["unchanged", "failed"]
    [tracked] = list_articles(made.archive)
    [check] = list_checks(made.archive, tracked.id, 1)
    assert "500,000 is the limit" in check.detail
    assert tracked.versions == 0


async def test_every_text_counts():
    found = read(
        b"<html><head><title>Headline of a page</title></head><body><article><h1>Headline of a page</h1><p>"
        + SENTENCE.encode() * 5
        + b"</p><p>Correction: it was closed on Monday.</p></article></body></html>",
        "https://s.test/a",
    )
    assert count_letters(found.article) >= 5 * len(SENTENCE) - 1 + len("Correction: it was closed on Monday.") + 18


async def test_long_texts_are_compared_in_a_child_and_short_ones_are_not():
    for size, apart in ((MAX_COMPARED_HERE_CHARS // 3, 0), (MAX_COMPARED_HERE_CHARS, 1)):
        made = world(size)
        assert await made.crawl() == ["unchanged", "new"]
        assert made.reader.done == []
        assert await again(made, size) == "changed"
        assert len(made.reader.done) == apart
        [tracked] = list_articles(made.archive)
        assert tracked.versions == 2
        assert tracked.next_check_at == made.clock.now + made.every
        change = get_version(made.archive, tracked.id, 2).change
        assert change is not None
        assert change.words_added == change.words_removed > 0


async def test_texts_that_cannot_be_compared_are_a_failure_and_their_bytes_are_kept():
    made = world(MAX_COMPARED_HERE_CHARS)
    await made.crawl()
    made.reader.broken = True
    assert await again(made, MAX_COMPARED_HERE_CHARS) == "failed"
    [tracked] = list_articles(made.archive)
    assert tracked.versions == 1
    assert "longer than 20 s" in list_checks(made.archive, tracked.id, 1)[0].detail
    kept = get_quarantined(made.archive, tracked.id)
    assert kept is not None
    assert kept[0].body.decode() == text(MAX_COMPARED_HERE_CHARS, 900)
