"""A page that hangs or crashes its reader twice is kept as it came, once, and no version comes of it (M1)."""

from datetime import timedelta

from tests.fake_fetcher import page
from tests.unit.pipeline.world import FEED, RSS, START, STORY, World, story
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.quarantine import get_quarantined
from tracker.archive.watch_state import watch_state
from tracker.model.capture import Failure, FailureKind


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
    assert kept.body == story().encode()
    assert (kept.url, kept.status, kept.reason) == (STORY, 200, "the page crashed its reader (exit code -11)")
    assert kept.fetched == START
    assert f"writethru show {tracked.id} --quarantined" in list_checks(world.archive, tracked.id, 1)[0].detail


async def test_a_list_that_cannot_be_read_is_kept_too_and_its_articles_go_on():
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
    await world.crawl()
    world.listing = hang
    assert sorted(await world.crawl(timedelta(minutes=11))) == ["failed", "unchanged"]
    kept = get_quarantined(world.archive, FEED)
    assert kept is not None
    assert kept.body == RSS.encode()


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
