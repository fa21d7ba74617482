"""Each fault of a feed and of a robots.txt shows, and reprints hold the text of their source."""

import re
from datetime import UTC, datetime

import pytest

from tests.soak import feed_faults
from tests.soak.feed_faults import FeedFault, RobotsFault
from tests.unit.soak.busy_day import Server, busy_day
from tracker.demo import pages

BORN = 1000.0
DAY = datetime(2026, 11, 25, tzinfo=UTC)
ITEM = pages.FeedItem("http://a.test/x", "X", "y", DAY, DAY)


@pytest.mark.parametrize(
    ("fault", "seconds", "count"),
    [
        (FeedFault.NONE, BORN, 1),
        (FeedFault.LATE, BORN + 10, 0),
        (FeedFault.LATE, BORN + feed_faults.MAX_LISTING_DELAY_SECONDS, 1),
        (FeedFault.FLICKERING, 1900.0, 0),
        (FeedFault.FLICKERING, 2500.0, 1),
        (FeedFault.TWICE, BORN, 2),
    ],
)
def test_how_often_a_feed_lists_an_article(fault: FeedFault, seconds: float, count: int) -> None:
    assert len(feed_faults.listed(ITEM, fault, seconds, BORN, 0)) == count


def test_what_a_feed_says_of_an_article() -> None:
    items = {fault: feed_faults.listed(ITEM, fault, 90_000.0, BORN, 2) for fault in FeedFault}
    assert items[FeedFault.NEW_GUIDS][0].guid.endswith("#2")
    assert items[FeedFault.LONG_AGO][0].published.year == 1675
    assert items[FeedFault.TOMORROW][0].published.day == 27
    assert {each.url for entries in items.values() for each in entries} == {ITEM.url}
    assert len({each.query for each in items[FeedFault.TWICE]}) == 2


def get(fault: RobotsFault, path: str, seconds: float) -> tuple[int, str]:
    """Ask the first outlet with that robots.txt for a path at that time."""
    outlet = next(each for each in busy_day().schedule.outlets if busy_day().robots_faults[each.key] is fault)
    response = Server().ask(outlet, path, seconds)
    return response.status, response.body.decode()


def test_a_scenario_has_every_fault() -> None:
    assert set(busy_day().feed_faults.values()) == set(FeedFault)
    assert set(busy_day().robots_faults.values()) == set(RobotsFault)
    assert get(RobotsFault.DOWN, "/robots.txt", 10)[0] == 503
    assert get(RobotsFault.DOWN, "/robots.txt", feed_faults.ROBOTS_DOWN_SECONDS)[0] == 200
    assert "<!doctype" in get(RobotsFault.PAGE, "/robots.txt", 10)[1]
    assert "/*7$" in get(RobotsFault.EXTRA_RULES, "/robots.txt", 10)[1]
    for fault in (RobotsFault.NONE, RobotsFault.EXTRA_RULES):
        sites = {outlet for outlet, each in busy_day().robots_faults.items() if each is fault}
        articles = [each for each in busy_day().schedule.articles if each.outlet in sites]
        assert any(map(busy_day().is_disallowed, articles)) is (fault is RobotsFault.EXTRA_RULES)


def test_a_feed_shows_the_faults_of_its_articles() -> None:
    _, feed = get(RobotsFault.NONE, "/rss.xml", 40_000)
    links = re.findall("<link>([^<]+)</link>", feed)
    outlet = next(each for each, fault in busy_day().robots_faults.items() if fault is RobotsFault.NONE)
    assert len(links) > 20
    assert any("fbclid" in link for link in links) == any(
        busy_day().feed_faults[article.key] is FeedFault.TWICE and article.edition_at(40_000) is not None
        for article in busy_day().schedule.articles_of(outlet)
    )


def test_a_reprint_holds_the_text_of_the_other_outlet_later() -> None:
    assert busy_day().reprints
    for copy, source in ((map(busy_day().schedule.article, pair)) for pair in busy_day().reprints):
        assert copy.outlet != source.outlet
        assert copy.editions[0].paragraphs == source.editions[0].paragraphs
        assert copy.editions[0].at > source.editions[0].at
        assert copy.terms != source.terms
