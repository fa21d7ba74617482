"""What outlets tell machines: each oddity of a feed and of a robots.txt shows, and no more than that one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tracker.newsroom import feeds, listings
from tracker.newsroom.clock import Clock
from tracker.newsroom.listings import Listing, Robots
from tracker.newsroom.season import season
from tracker.newsroom.server import Asked
from tracker.newsroom.troubled import Troubled

if TYPE_CHECKING:
    from tracker.newsroom.play import Outlet

BORN = 1000.0
ITEM = feeds.Item("http://a.test/x", "X", "y", datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))
SEASON = season(3, hours=24, outlets=6, articles=40)


@pytest.mark.parametrize(
    ("how", "seconds", "count"),
    [
        (Listing.PLAIN, BORN, 1),
        (Listing.LATE, BORN + 10, 0),
        (Listing.LATE, BORN + listings.LATEST, 1),
        (Listing.FLICKERING, 1900.0, 0),
        (Listing.FLICKERING, 2500.0, 1),
        (Listing.TWINS, BORN, 2),
    ],
)
def test_how_often_a_feed_names_an_article(how: Listing, seconds: float, count: int) -> None:
    assert len(listings.listed(ITEM, how, seconds, BORN, 0)) == count


def test_what_a_feed_says_of_it() -> None:
    said = {how: listings.listed(ITEM, how, 90_000.0, BORN, 2) for how in Listing}
    assert said[Listing.NEW_GUIDS][0].guid.endswith("#2")
    assert said[Listing.LONG_AGO][0].published.year == 1675
    assert said[Listing.TOMORROW][0].published.day == 27
    assert {each.url for entries in said.values() for each in entries} == {ITEM.url}, "one address all the same"
    assert len({each.tail for each in said[Listing.TWINS]}) == 2


def asked(paper: Troubled, outlet: Outlet, path: str, seconds: float) -> tuple[int, str]:
    paper.clock = Clock(1.0, monotonic=lambda: 0.0)
    paper.clock._before = seconds
    answer = paper.answer(outlet, Asked("GET", path, {}))
    return answer.status, answer.body.decode()


def test_a_season_has_all_of_it() -> None:
    assert set(SEASON.listings.values()) == set(Listing)
    assert set(SEASON.robots.values()) == set(Robots)
    assert SEASON.reprints
    paper = Troubled(SEASON, Clock(1.0, monotonic=lambda: 0.0), datetime(2026, 11, 25, tzinfo=UTC))
    paper.bases = {outlet.key: f"http://{outlet.host}" for outlet in SEASON.play.outlets}
    by_kind = {SEASON.robots[outlet.key]: outlet for outlet in SEASON.play.outlets}
    assert asked(paper, by_kind[Robots.DOWN], "/robots.txt", 10)[0] == 503
    assert asked(paper, by_kind[Robots.DOWN], "/robots.txt", listings.DOWN_UNTIL)[0] == 200
    assert "<!doctype" in asked(paper, by_kind[Robots.PAGE], "/robots.txt", 10)[1]
    assert "/*7$" in asked(paper, by_kind[Robots.CLOSED], "/robots.txt", 10)[1]
    _, feed = asked(paper, by_kind[Robots.PLAIN], "/rss.xml", 40_000)
    links = re.findall("<link>([^<]+)</link>", feed)
    assert len(links) > 20
    assert any("fbclid" in link for link in links) == any(
        SEASON.listings[piece.key] is Listing.TWINS and piece.edition_at(40_000) is not None
        for piece in SEASON.play.of(by_kind[Robots.PLAIN].key)
    )
    closed = by_kind[Robots.CLOSED]
    assert any(SEASON.is_closed(piece) for piece in SEASON.play.of(closed.key))
    assert not any(SEASON.is_closed(piece) for piece in SEASON.play.of(by_kind[Robots.PLAIN].key))


def test_a_reprint_holds_the_text_of_the_other_outlet_later() -> None:
    pieces = {piece.key: piece for piece in SEASON.play.pieces}
    for copy, theirs in SEASON.reprints:
        assert pieces[copy].outlet != pieces[theirs].outlet
        assert pieces[copy].editions[0].paragraphs == pieces[theirs].editions[0].paragraphs
        assert pieces[copy].editions[0].at > pieces[theirs].editions[0].at
        assert pieces[copy].terms != pieces[theirs].terms
