"""A scenario depends on its seed alone, and its servers answer as its faults say."""

import gzip
import re
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

import pytest

from tests.soak import feed_faults
from tests.soak.fault_server import MOVED_SUFFIX, FaultServer
from tests.soak.faults import HOUR, READABLE_FAULTS, FaultKind
from tests.soak.feed_faults import FeedFault, RobotsFault
from tests.soak.scenario import Scenario, make_scenario
from tracker.demo import pages
from tracker.demo.http_server import HttpRequest, HttpResponse, LogEntry
from tracker.demo.schedule import Outlet, ScheduledArticle, SimulatedClock


@cache
def busy_day() -> Scenario:
    """Return a day's news, made when a test first asks for it: every worker reads the tests."""
    return make_scenario(3, hours=24, outlets=8, articles=50)


class Server:
    """A fault server whose clock is set by hand."""

    def __init__(self) -> None:
        self._now = 0.0
        clock = SimulatedClock(monotonic=lambda: self._now)
        clock.start()
        self._server = FaultServer(busy_day(), clock, datetime(2026, 11, 25, tzinfo=UTC))
        self._server.bases = {outlet.key: f"http://{outlet.host}" for outlet in busy_day().schedule.outlets}

    def ask(self, outlet: Outlet, path: str, seconds: float, **headers: str) -> HttpResponse:
        self._now = seconds
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._server.respond(outlet, HttpRequest("GET", path, named))

    def get(self, article: ScheduledArticle, seconds: float, suffix: str = "", **headers: str) -> HttpResponse:
        return self.ask(busy_day().schedule.outlet(article.outlet), article.path + suffix, seconds, **headers)

    @property
    def last_entry(self) -> LogEntry:
        return self._server.access.entries()[-1]


@pytest.fixture
def server() -> Server:
    return Server()


def text(response: HttpResponse) -> str:
    is_packed = response.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(response.body) if is_packed else response.body).decode()


def article_with(kind: FaultKind) -> tuple[ScheduledArticle, float]:
    """Return an article and a time at which that fault is in force."""
    for article in busy_day().schedule.articles:
        for fault in busy_day().faults[article.key]:
            at = fault.start + 1
            if fault.kind is kind is busy_day().fault_at(article, at) and article.edition_at(at) is not None:
                return article, at
    raise AssertionError(kind)


def test_the_same_seed_gives_the_same_scenario_and_another_seed_another() -> None:
    assert make_scenario(3, hours=2, outlets=2, articles=5) == make_scenario(3, hours=2, outlets=2, articles=5)
    assert make_scenario(3, hours=2, outlets=2, articles=5) != make_scenario(4, hours=2, outlets=2, articles=5)


def test_a_short_scenario_has_no_reprint_that_comes_too_late() -> None:
    for seed in range(20):
        scenario = make_scenario(seed, hours=0.3, outlets=3, articles=10)
        assert all(article.editions for article in scenario.schedule.articles)


def test_every_edition_differs_from_all_before_except_those_it_restores() -> None:
    restored = 0
    for article in busy_day().schedule.articles:
        words = [(e.title, e.dek, e.byline, e.paragraphs, e.notes) for e in article.editions]
        assert all(one != other for one, other in pairwise(words)), article.key
        restored += len(words) - len(set(words))
    assert restored > 3
    articles = busy_day().schedule.articles
    assert sum(len(article.editions) for article in articles) > 3 * len(articles)


def test_faults_do_not_overlap_and_every_kind_occurs() -> None:
    for faults in busy_day().faults.values():
        assert all(one.end <= other.start for one, other in pairwise(faults))


@pytest.mark.parametrize("hours", [24, 336])
def test_every_kind_of_fault_occurs_in_the_scenarios_of_make_soak(hours: float) -> None:
    scenario = make_scenario(0, hours=hours)
    by_kind = {each.kind: each for faults in scenario.faults.values() for each in faults}
    assert by_kind.keys() == set(FaultKind)
    assert any(each.kind is FaultKind.AWAY and each.end < hours * HOUR for each in by_kind.values())


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        (FaultKind.UNAVAILABLE, 503, "busy"),
        (FaultKind.GONE, 410, "no longer available"),
        (FaultKind.MISSING, 404, "not found"),
        (FaultKind.AWAY, 410, "no longer available"),
        (FaultKind.SOFT_MISSING, 200, "not found"),
        (FaultKind.HOME, 302, ""),
        (FaultKind.MOVED, 301, ""),
        (FaultKind.LOOP, 302, ""),
        (FaultKind.PAYWALL, 200, "Subscribe to continue"),
        (FaultKind.CONSENT, 200, "We value your privacy"),
        (FaultKind.BOT_WALL, 403, "Enable JavaScript"),
        (FaultKind.EMPTY, 200, ""),
        (FaultKind.SHELL, 200, "<div id=root>"),
        (FaultKind.CUT, 200, "<h1"),
        (FaultKind.CHARSET, 200, "<h1"),
    ],
)
def test_each_fault_has_its_response(server: Server, kind: FaultKind, status: int, words: str) -> None:
    response = server.get(*article_with(kind))
    assert response.status == status
    assert words in text(response)
    assert ("Connection" in response.headers) is (kind is FaultKind.CUT)
    assert ("iso-8859-1" in response.headers.get("Content-Type", "")) is (kind is FaultKind.CHARSET)
    assert server.last_entry["fault"] == kind
    assert (server.last_entry["edition"] is not None) is (kind in READABLE_FAULTS or kind is FaultKind.CUT)


def test_a_moved_article_is_served_at_its_new_address(server: Server) -> None:
    article, at = article_with(FaultKind.MOVED)
    assert server.get(article, at).headers["Location"] == article.path + MOVED_SUFFIX
    response = server.get(article, at, MOVED_SUFFIX)
    assert response.status == 200
    assert article.editions[0].paragraphs[0][:40] in text(response).replace("&quot;", '"')


@pytest.mark.parametrize(
    ("validator", "same", "later"), [("ok", 304, 200), ("none", 200, 200), ("request", 200, 200), ("frozen", 304, 304)]
)
def test_etags_follow_the_editions_or_not(server: Server, validator: str, same: int, later: int) -> None:
    article = next(
        each
        for each in busy_day().schedule.articles
        if busy_day().traits[each.key].validator == validator
        and not any(busy_day().traits[each.key].lags)
        and not busy_day().faults[each.key]
        and len(each.editions) > 1
    )
    first, second = article.editions[0].at + 1, article.editions[1].at + 1
    etag = server.get(article, first).headers.get("ETag", "none")
    for at, status in ((first + 1, same), (second, later)):
        if busy_day().fault_at(article, at) is None:
            assert server.get(article, at, if_none_match=etag).status == status


def test_headline_tests_and_lagging_caches_show_by_request(server: Server) -> None:
    articles, traits = busy_day().schedule.articles, busy_day().traits
    tested = next(a for a in articles if traits[a.key].other_title and not busy_day().faults[a.key])
    quiet = next(t for t in range(int(tested.editions[0].at) + 1, 90_000, 60) if busy_day().fault_at(tested, t) is None)
    assert {traits[tested.key].other_title in text(server.get(tested, quiet)) for _ in range(2)} == {True, False}
    lagging = next(a for a in articles if any(traits[a.key].lags) and len(a.editions) > 1)
    editions = set()
    for _ in range(3):
        server.get(lagging, lagging.editions[1].at + 1)
        editions.add(server.last_entry["edition"])
    assert editions <= {1, 2, None}


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
