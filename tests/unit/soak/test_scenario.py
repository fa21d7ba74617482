"""A scenario depends on its seed alone, and its servers answer as its faults say."""

import gzip
from itertools import pairwise

import pytest

from tests.soak.fault_server import MOVED_SUFFIX
from tests.soak.faults import HOUR, READABLE_FAULTS, FaultKind
from tests.soak.scenario import make_scenario
from tests.unit.soak.busy_day import Server, busy_day
from tracker.demo.http_server import HttpResponse
from tracker.demo.schedule import ScheduledArticle


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
