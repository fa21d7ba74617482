"""Visits of hosts, with a web that lives in a dictionary."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.archives import inline, temporary_archive
from tests.fake_fetcher import Answer, FakeFetcher, page, status
from tests.unit.pipeline.world import FEED, ROBOTS, RSS, START, STORY, World, story
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.due import due_hosts
from tracker.archive.hosts import get_host, save_host
from tracker.archive.hubs import list_hubs
from tracker.archive.sources import sync_source
from tracker.archive.versions import latest_version
from tracker.model.capture import Failure, FailureKind, HostState, NotModified, Request, RobotsRecord
from tracker.model.source import Target
from tracker.model.watch import CheckOutcome
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
    far.seen(answer, START)
    near = HostSession(HostState("127.0.0.1:80"), FakeFetcher({}), thread, politeness, lambda: START)
    near.seen(replace(answer, url="http://127.0.0.1:80/x"), START)
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
    assert world.outcomes() == ["unchanged"], "it leads to another article, which is watched"
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
    assert pointer.next_check_at == START + timedelta(days=1)
    world.fetcher.pages[asked] = page(asked, story("Seven"))
    assert await world.crawl(timedelta(days=1)) == ["unchanged", "new"], "it has become an article in its own right"
