"""A clock that goes back an hour makes nothing wait an hour, and is noticed once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.archive_samples import URL, alert, intent, look, minutes, watch
from tracker.archive.articles import get_article
from tracker.archive.checks import commit_check, list_checks
from tracker.archive.clock import clock_went_back
from tracker.archive.due import due_hosts
from tracker.archive.hosts import get_host, save_host
from tracker.archive.hubs import commit_poll, list_hubs
from tracker.archive.outbox import claim_deliveries, enqueue_alerts, postpone_delivery
from tracker.archive.sources import sync_source
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.model import CheckOutcome, HostState, Hub, HubKind, HubPoll, VersionQuery

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed.xml")
HOST = "herald.example"


def at_work(store: Archive) -> str:
    """Visit an article and a list at minute 120, each planned an hour later, and lease and postpone an alert."""
    sync_source(store, "Herald", [FEED], minutes(0))
    tracked = watch(store)
    commit_check(store, look(tracked, 0, minutes(120), CheckOutcome.FAILED, failures=1))
    commit_poll(store, HubPoll(FEED, minutes(120), minutes(180), CheckOutcome.UNCHANGED))
    save_host(store, HostState(HOST, not_before=minutes(121)))
    enqueue_alerts(store, [alert("a")], minutes(120))
    (delivery,) = claim_deliveries(store, minutes(120), 60)
    postpone_delivery(store, delivery.id, minutes(125), "busy")
    return tracked.id


def test_what_is_planned_comes_as_much_sooner(store: Archive) -> None:
    ident = at_work(store)
    assert clock_went_back(store, minutes(60)) == timedelta(hours=1).total_seconds()
    assert get_article(store, ident).next_check_at == minutes(120)
    assert get_article(store, ident).last_check_at == minutes(60)
    assert list_hubs(store)[0].next_poll_at == minutes(120)
    assert get_host(store, HOST).not_before == minutes(61)
    assert due_hosts(store, minutes(119)) == []
    assert due_hosts(store, minutes(120)) == [HOST]
    assert claim_deliveries(store, minutes(64), 60) == []
    assert [each.key for each in claim_deliveries(store, minutes(65), 60)] == ["a"]
    assert [each.at for each in list_checks(store, ident, 5)] == [minutes(120)], "what was seen stays as it was written"


def test_a_watch_that_ended_by_a_clock_that_was_ahead_goes_on(store: Archive) -> None:
    early, late = watch(store), watch(store, URL + "/other")
    commit_check(store, look(early, 0, minutes(50), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    commit_check(store, look(late, 0, minutes(120), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    assert due_hosts(store, minutes(60)) == []
    assert clock_went_back(store, minutes(60)) > 0
    assert get_article(store, late.id).next_check_at == minutes(60)
    assert get_article(store, early.id).next_check_at is None, "it ended while the clock was right"


def test_it_is_found_once(store: Archive) -> None:
    ident = at_work(store)
    assert clock_went_back(store, minutes(60)) > 0
    planned = get_article(store, ident).next_check_at
    assert clock_went_back(store, minutes(60)) == 0
    assert get_article(store, ident).next_check_at == planned


def test_a_clock_that_goes_on_or_hardly_differs_moves_nothing(store: Archive) -> None:
    watch(store, URL + "/never-visited")
    assert clock_went_back(store, minutes(-500)) == 0
    ident = at_work(store)
    for now in (minutes(119.5), minutes(120), minutes(10_000)):
        assert clock_went_back(store, now) == 0
    assert get_article(store, ident).next_check_at == minutes(180)


def test_versions_of_an_article_stand_in_the_order_of_their_numbers(store: Archive) -> None:
    tracked = watch(store)
    for n, at in enumerate((100, 101, 41, 42), 1):
        commit_check(store, intent(tracked, n, minutes(at)))
    for reverse in (False, True):
        query = VersionQuery(article=tracked.id, reverse=reverse)
        numbers = list(range(1, 5)) if reverse else list(range(4, 0, -1))
        assert [each.n for each in iter_versions(store, query)] == numbers
        assert [each.n for each in list_summaries(store, query)] == numbers
    assert [each.n for each in iter_versions(store, VersionQuery(reverse=True))] == [3, 4, 1, 2]
