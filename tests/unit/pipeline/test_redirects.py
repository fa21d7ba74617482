"""An address that is read for the first time and leads to another page: what is stored, counted and checked again."""

from datetime import timedelta

import pytest

from tests.fake_fetcher import page, status
from tests.unit.pipeline.world import FEED, RSS, START, STORY, World, story
from tracker.archive.addresses import list_addresses
from tracker.archive.articles import add_targets, get_article, list_articles, list_by_last_change
from tracker.archive.ledger.verify import verify
from tracker.archive.sources import sync_source
from tracker.archive.state import count_all
from tracker.archive.versions import latest_version
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.model.source import Target

MOVED = "http://o.test/2026/harbour-fire"
LANDING = "http://s.test/2026/harbour-fire"


def redirected(to: str, **given: bool) -> World:
    """Return a source without lists that watches STORY, which redirects to the page at `to`."""
    robots = {MOVED.replace("/2026/harbour-fire", "/robots.txt"): status(MOVED, 404)}
    world = World({STORY: to, to: page(to, story()), **robots}, no_pace=True, **given)
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(STORY)], START)
    return world


@pytest.mark.parametrize("to", [MOVED, LANDING])
async def test_the_first_reading_through_a_redirect_is_the_first_version_of_where_it_leads(to):
    world = redirected(to)
    assert await world.crawl() == ["new"]
    article = get_article(world.archive, to)
    await world.crawler.crawl_host(article.host)
    assert world.asked().count(to) == 1, "it is not fetched again"
    first = latest_version(world.archive, article.id)
    assert first is not None
    assert (first.n, first.url, first.seen) == (1, to, START)
    assert "Four people" in first.content.text
    assert article.next_check_at == START + world.every
    assert verify(world.archive).damage == []
    world.fetcher.pages[to] = page(to, story("Five"))
    world.clock.now += world.every
    await world.crawler.crawl_host(article.host)
    assert world.outcomes()[-1] == "changed"
    assert verify(world.archive).damage == []


async def test_an_address_that_leads_elsewhere_is_neither_counted_as_an_article_nor_checked_daily():
    world = redirected(LANDING)
    await world.crawl()
    pointer = get_article(world.archive, STORY)
    assert (pointer.versions, pointer.failures, pointer.next_check_at) == (0, 0, START + timedelta(days=7))
    assert count_all(world.archive).articles == 1
    assert [each.url for each in list_by_last_change(world.archive, source="s")] == [LANDING]
    _, [event] = list_addresses(world.archive, pointer.id)
    assert (event["url"], event["event"]) == (LANDING, "the address redirects there")
    await world.crawl(timedelta(days=3))
    assert world.asked().count(STORY) == 1


async def test_a_list_that_reports_an_update_of_it_has_it_looked_at_again():
    def feed(hour: int) -> str:
        dated = f"</link><pubDate>Wed, 25 Nov 2026 {hour:02}:00:00 GMT</pubDate></item>"
        item = f"<item><title>Fire</title><link>{STORY}{dated}"
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>S</title>{item}</channel></rss>'

    def updated(hour: int) -> str:
        told = f"<atom:updated>2026-11-25T{hour:02}:00:00Z</atom:updated></item>"
        return feed(9).replace("</item>", told).replace("<rss ", '<rss xmlns:atom="http://www.w3.org/2005/Atom" ')

    world = World({FEED: page(FEED, updated(10)), STORY: LANDING, LANDING: page(LANDING, story())}, no_pace=True)
    assert await world.crawl() == ["unchanged", "new"]
    world.fetcher.pages |= {FEED: page(FEED, updated(13)), STORY: page(STORY, story("Six"))}
    assert "new" in await world.crawl(timedelta(hours=2))
    assert get_article(world.archive, STORY).versions == 1, "it has become an article in its own right"
    assert count_all(world.archive).articles == 2


async def test_where_it_leads_is_not_stored_if_that_is_another_source_s_or_excluded():
    for config in (
        Config(
            sources=(SourceConfig(name="s", feeds=(FEED,)), SourceConfig(name="o", feeds=("http://o.test/feed.xml",)))
        ),
        Config(sources=(SourceConfig(name="s", feeds=(FEED,), exclude=("/2026/",)),)),
    ):
        world = redirected(MOVED)
        world.config = config
        assert await world.crawl() == ["unchanged"]
        assert [each.versions for each in list_articles(world.archive)] == [0]


async def test_several_addresses_that_lead_to_one_article_are_one_article():
    world = redirected(LANDING)
    second = "http://s.test/r/2"
    world.fetcher.pages[second] = LANDING
    add_targets(world.archive, "s", [Target(second)], START)
    assert await world.crawl() == ["new", "unchanged"]
    assert (count_all(world.archive).articles, count_all(world.archive).versions) == (1, 1)


async def test_neither_is_stored_if_storing_where_it_leads_fails():
    world = redirected(LANDING)
    world.fetcher.pages[FEED] = page(FEED, RSS)

    def refuse(function: str) -> None:
        if function.startswith("settle"):
            world.fail = lambda _: None
            raise ValueError("no")

    world.fail = refuse
    assert await world.crawl() == ["failed"]
    assert count_all(world.archive).versions == 0
    assert await world.crawl(timedelta(minutes=11)) == ["new"]
