from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fake_fetcher import page, status
from tests.unit.pipeline.world import FEED, RSS, START, STORY, World, story
from tracker.addresses.same_article import onward_address
from tracker.archive.articles import force_due, get_article, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.quarantine import get_quarantined
from tracker.archive.sources import get_host, hint_tallies, list_hubs, sync_source
from tracker.archive.state import watch_state
from tracker.errors import ArchiveError
from tracker.model.article import Article, Block, BlockKind, PageKind
from tracker.model.capture import Failure, FailureKind
from tracker.model.watch import ArticleState, CheckOutcome

from .decisions import FIRST, NOW, SECOND, URL, capture, reading, run, tracked, version, watched

OTHER = "http://s.test/news/market-day"
BOTH = RSS.replace("</channel>", f"<item><title>Market day</title><link>{OTHER}</link></item></channel>")
MINUTES = timedelta(minutes=1)


def two(**changes) -> World:
    return World({FEED: page(FEED, BOTH), STORY: page(STORY, story()), OTHER: page(OTHER, story("Nine")), **changes})


class Poison:
    """A reader that fails on pages with one word in them."""

    def __init__(self, reader, word: bytes) -> None:
        self.reader, self.word = reader, word

    async def read(self, capture, *, prefer=""):
        if self.word in capture.body:
            raise RecursionError("maximum recursion depth exceeded")
        return await self.reader.read(capture, prefer=prefer)


@pytest.fixture
def world() -> World:
    return two()


class TestPoison:
    async def test_one_article_that_crashes_its_check_does_not_stop_the_others(self, world):
        world.reader = Poison(world.reader, b"Four")
        assert await world.crawl() == ["unchanged", "failed", "new"]
        bad, good = get_article(world.archive, STORY), get_article(world.archive, OTHER)
        assert (good.versions, bad.versions, bad.failures) == (1, 0, 1)
        assert bad.next_check_at == world.clock.now + 10 * MINUTES
        (check,) = list_checks(world.archive, bad.id)
        assert check.outcome is CheckOutcome.FAILED
        assert "RecursionError" in check.detail
        waits = get_host(world.archive, "s.test").not_before
        assert waits is not None
        assert waits < world.clock.now + MINUTES, "the host is not to blame"

    async def test_after_two_in_a_row_it_is_put_aside_for_a_day(self, world):
        world.reader = Poison(world.reader, b"Four")
        await world.crawl()
        assert "failed" in await world.crawl(11 * MINUTES)
        bad = get_article(world.archive, STORY)
        assert bad.next_check_at == world.clock.now + timedelta(days=1)
        assert "postponed for a day" in list_checks(world.archive, bad.id)[0].detail
        world.fetcher.pages[STORY] = page(STORY, story("Six"))
        assert "new" in await world.crawl(timedelta(days=1, minutes=1))
        assert get_article(world.archive, STORY).failures == 0

    async def test_a_list_that_crashes_its_reading_is_read_later_and_the_articles_go_on(self, world):
        await world.crawl()

        async def crash(_hub, _found):
            raise ValueError("no such codec")

        world.listing = crash
        assert await world.crawl(11 * MINUTES) == ["failed", "unchanged", "unchanged"]
        (hub,) = list_hubs(world.archive)
        assert (hub.failures, hub.next_poll_at) == (1, world.clock.now + 10 * MINUTES)
        assert "ValueError" in hub.last_error

    async def test_an_archive_that_cannot_be_written_is_no_article_s_fault(self, world):
        def full(function: str) -> None:
            if function in {"settle", "save_state"}:
                raise ArchiveError("the disk is full")

        world.fail = full
        with pytest.raises(ArchiveError, match="disk is full"):
            await world.crawl()

    async def test_an_article_that_alone_cannot_be_kept_is_put_off(self):
        world = two(**{STORY: replace(page(STORY, story()), sha256="0" * 64)})
        assert await world.crawl() == ["unchanged", "failed", "new"]
        assert "does not match its hash" in list_checks(world.archive, get_article(world.archive, STORY).id)[0].detail


class TestUnconditional:
    async def test_a_list_whose_answer_never_changes_is_read_whole_now_and_then(self, world):
        sync_source(world.archive, "s", [list_hubs(world.archive)[0].hub], world.clock.now)
        world.fetcher.pages[FEED] = page(FEED, BOTH, etag='"frozen"')
        asked = []
        for _ in range(45):
            await world.crawl(10 * MINUTES)
            asked.append(next(each for each in reversed(world.fetcher.requests) if each.url == FEED).etag)
        assert asked.count("") in {3, 4}, "the first time, and then every twentieth"


class TestGone:
    async def test_three_404s_within_seconds_are_not_yet_a_takedown(self, world):
        await world.crawl()
        world.fetcher.pages[STORY] = status(STORY, 404)
        for _ in range(4):
            force_due(world.archive, world.clock.now, articles=[get_article(world.archive, STORY).id])
            await world.crawl(timedelta(seconds=1))
        assert get_article(world.archive, STORY).state is ArticleState.ACTIVE
        for minutes in (10, 10):
            force_due(world.archive, world.clock.now, articles=[get_article(world.archive, STORY).id])
            await world.crawl(minutes * MINUTES)
        assert get_article(world.archive, STORY).state is ArticleState.GONE


def told(updated: str) -> str:
    item = f"<entry><title>Fire</title><link href='{STORY}'/><id>1</id><published>2026-11-25T10:00:00Z</published>"
    return (
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>S</title><id>s</id>"
        f"<updated>{updated}</updated>{item}<updated>{updated}</updated></entry></feed>"
    )


class TestTouches:
    async def test_a_feed_that_names_an_update_pulls_the_next_look_forward_and_is_counted(self):
        world = two(**{FEED: page(FEED, told("2026-11-25T10:00:00Z"))})
        world.every = timedelta(hours=9)
        await world.crawl()
        tracked = get_article(world.archive, STORY)
        assert tracked.published_at is not None
        assert tracked.listing_updated_at is not None
        assert tracked.next_check_at == world.clock.now + timedelta(hours=9)
        world.fetcher.pages[FEED] = page(FEED, told("2026-11-25T12:05:00Z"))
        world.fetcher.pages[STORY] = page(STORY, story("Seven"))
        assert await world.crawl(10 * MINUTES) == ["unchanged", "changed"]
        assert hint_tallies(world.archive)["s"].hits == 1
        assert get_article(world.archive, STORY).update_hinted_at is None

    async def test_silence_before_a_change_is_counted_too(self):
        world = two(**{FEED: page(FEED, told("2026-11-25T10:00:00Z"))})
        await world.crawl()
        world.fetcher.pages[STORY] = page(STORY, story("Seven"))
        await world.crawl(6 * MINUTES)
        assert hint_tallies(world.archive)["s"].misses == 1


class Crashing:
    """Cannot read a page, as the pool tells it: with the cause the first time, as refused before after that."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    async def read(self, capture, *, prefer=""):
        reason = (
            "it was refused before" if capture.sha256 in self.seen else "the page crashed its reader (exit code -11)"
        )
        self.seen.add(capture.sha256)
        return Failure(FailureKind.UNREADABLE, reason, capture.url, capture.status)


async def hang(hub, found):
    return Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", hub.url, found.status)


async def test_its_bytes_are_kept_once_and_how_to_see_them_is_said():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    world.reader = Crashing()
    assert await world.crawl() == ["unchanged", "failed"]
    assert (await world.crawl(timedelta(hours=1)))[-1] == "failed"
    [tracked] = list_articles(world.archive)
    assert (tracked.versions, tracked.failures) == (0, 2)
    kept = get_quarantined(world.archive, tracked.id)
    assert kept is not None
    stored, reason = kept
    assert stored.body == story().encode()
    assert (stored.url, stored.status, reason) == (STORY, 200, "the page crashed its reader (exit code -11)")
    assert stored.fetched_at == START
    assert f"writethru show {tracked.id} --quarantined" in list_checks(world.archive, tracked.id, 1)[0].detail


async def test_a_list_that_cannot_be_read_is_kept_too_and_its_articles_go_on():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    await world.crawl()
    world.listing = hang
    assert sorted(await world.crawl(timedelta(minutes=11))) == ["failed", "unchanged"]
    kept = get_quarantined(world.archive, FEED)
    assert kept is not None
    assert kept[0].body == RSS.encode()


async def test_a_page_and_a_list_that_can_be_read_again_are_not_set_aside_any_longer():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    reader, listing = world.reader, world.listing
    world.reader = Crashing()
    await world.crawl()
    world.listing = hang
    await world.crawl(timedelta(minutes=11))
    [tracked] = list_articles(world.archive)
    assert watch_state(world.archive, world.clock.now).quarantined == tuple(sorted([FEED, tracked.id]))
    world.reader, world.listing = reader, listing
    assert await world.crawl(timedelta(hours=3)) == ["unchanged", "new"]
    assert watch_state(world.archive, world.clock.now).quarantined == ()


def test_redirects_in_the_directory_and_another_form_of_the_page_are_aliases():
    moved = "https://s.test/fire-at-the-harbour"
    article = replace(FIRST, canonical_url="https://www.s.test/harbour-fire/")
    found = replace(capture(), final_url=moved, hops=(URL, moved))
    intent = run(watched(), version(), found, reading(article))
    assert intent.aliases == (moved, "https://www.s.test/harbour-fire/")
    assert intent.redirected_to == moved


@pytest.mark.parametrize("final", ["https://o.test/harbour-fire", "https://s.test/other/harbour-fire"])
def test_a_redirect_elsewhere_is_no_alias_and_no_first_version(final):
    found = replace(capture(), final_url=final, hops=(URL,))
    moved = run(watched(), version(), found, reading(FIRST))
    assert (moved.aliases, moved.redirected_to) == ((), final)
    first = run(tracked(), None, found, reading(FIRST))
    assert (first.version, first.check.outcome, first.failures) == (None, CheckOutcome.UNCHANGED, 0)
    assert (first.aliases, first.signature, first.etag, first.habits) == ((), "", "", ())
    assert "another page, which is watched as a separate article" in first.check.detail


@pytest.mark.parametrize(
    ("listed_until", "expected"),
    [(None, timedelta(days=7)), (NOW + timedelta(hours=2), timedelta(days=7)), (NOW, None)],
)
def test_an_address_that_leads_to_another_article_is_looked_at_weekly_while_a_list_names_it(listed_until, expected):
    found = replace(capture(), final_url="https://o.test/harbour-fire", hops=(URL,))
    intent = run(replace(tracked(), listed_until=listed_until), None, found, reading(FIRST))
    assert (intent.next_check_at and intent.next_check_at - NOW) == expected


ELSEWHERE = Article(
    title="Market day moved",
    blocks=(
        Block(BlockKind.PARAGRAPH, "Farmers bring apples, cheese and flowers to the square from Thursday onwards."),
    ),
)


@pytest.mark.parametrize("final", ["https://s.test/", "https://s.test/news/market-day"])
def test_a_redirect_to_another_page_is_no_version_and_no_alias(final):
    found = replace(capture(), final_url=final, hops=(URL,))
    intent = run(watched(), version(), found, reading(ELSEWHERE))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert "redirects to a different page" in intent.check.detail
    assert (intent.version, intent.aliases, intent.alerts, intent.redirected_to) == (None, (), (), "")


@pytest.mark.parametrize(("asked", "final"), [(f"{URL}/", URL), (URL, f"{URL}/"), (f"{URL}/?id=5", f"{URL}?id=5")])
def test_a_redirect_that_adds_or_drops_a_slash_leads_to_the_article(asked, final):
    found = replace(capture(), url=asked, final_url=final, hops=(asked,))
    intent = run(tracked(url=asked), None, found, reading(FIRST))
    assert (intent.check.outcome, intent.check.detail, intent.redirected_to) == (CheckOutcome.NEW, "", "")


def test_a_moved_page_may_have_been_edited_and_one_behind_a_paywall_is_not_watched_instead():
    found = replace(capture(), final_url="https://o.test/subscribe", hops=(URL,))
    assert onward_address(URL, found, reading(FIRST), None) == found.final_url
    assert onward_address(URL, found, reading(FIRST, PageKind.PAYWALL), None) == ""
    found = replace(capture(), final_url="https://s.test/news/harbour-fire-2", hops=(URL,))
    moved = run(watched(), version(), found, reading(replace(SECOND, title="Fire in the harbour")))
    assert moved.check.outcome is CheckOutcome.CHANGED


@pytest.mark.parametrize(
    "named",
    ["https://wire.test/harbour-fire", "https://s.test/market-day", "http://[::bad", "javascript:alert(1)", "//"],
)
def test_a_canonical_address_elsewhere_or_nowhere_is_no_alias(named):
    article = replace(FIRST, canonical_url=named)
    assert run(watched(), version(), capture(), reading(article)).aliases == ()


def test_the_feed_s_headline_is_kept_beside_the_page_s():
    intent = run(tracked(feed_title="Harbour ablaze"), None, capture(), reading(FIRST))
    assert intent.version is not None
    assert intent.version.content.headlines.feed == "Harbour ablaze"
    assert intent.version.content.sha256 == FIRST.sha256
    for article in (tracked(), tracked(feed_title="Fire")):
        later = run(article, None, capture(), reading(intent.version.content)).version
        assert later is not None
        assert later.content.headlines.feed == "Harbour ablaze"
