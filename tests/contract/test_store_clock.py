"""A clock that goes back an hour makes nothing wait an hour, and is noticed once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.archive_samples import URL, alert, intent, look, minutes, watch
from tracker.model import CheckOutcome, HostState, Hub, HubKind, HubPoll, VersionQuery

if TYPE_CHECKING:
    from tracker.ports import Store

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed.xml")
HOST = "herald.example"


def at_work(store: Store) -> str:
    """Visit an article and a list at minute 120, each planned an hour later, and lease and postpone an alert."""
    store.sync_source("Herald", [FEED], minutes(0))
    tracked = watch(store)
    store.commit(look(tracked, 0, minutes(120), CheckOutcome.FAILED, failures=1))
    store.commit_poll(HubPoll(FEED, minutes(120), minutes(180), CheckOutcome.UNCHANGED))
    store.save_host(HostState(HOST, not_before=minutes(121)))
    store.enqueue([alert("a")], minutes(120))
    (delivery,) = store.claim(minutes(120), 60)
    store.postpone(delivery.id, minutes(125), "busy")
    return tracked.id


def test_what_is_planned_comes_as_much_sooner(store: Store) -> None:
    ident = at_work(store)
    assert store.clock_went_back(minutes(60)) == timedelta(hours=1).total_seconds()
    assert store.article(ident).next_check_at == minutes(120)
    assert store.article(ident).last_check_at == minutes(60)
    assert store.hub_states()[0].next_poll_at == minutes(120)
    assert store.host(HOST).not_before == minutes(61)
    assert store.due_hosts(minutes(119)) == []
    assert store.due_hosts(minutes(120)) == [HOST]
    assert store.claim(minutes(64), 60) == []
    assert [each.key for each in store.claim(minutes(65), 60)] == ["a"]
    assert [each.at for each in store.checks(ident, 5)] == [minutes(120)], "what was seen stays as it was written"


def test_a_watch_that_ended_by_a_clock_that_was_ahead_goes_on(store: Store) -> None:
    early, late = watch(store), watch(store, URL + "/other")
    store.commit(look(early, 0, minutes(50), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    store.commit(look(late, 0, minutes(120), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    assert store.due_hosts(minutes(60)) == []
    assert store.clock_went_back(minutes(60)) > 0
    assert store.article(late.id).next_check_at == minutes(60)
    assert store.article(early.id).next_check_at is None, "it ended while the clock was right"


def test_it_is_found_once(store: Store) -> None:
    ident = at_work(store)
    assert store.clock_went_back(minutes(60)) > 0
    planned = store.article(ident).next_check_at
    assert store.clock_went_back(minutes(60)) == 0
    assert store.article(ident).next_check_at == planned


def test_a_clock_that_goes_on_or_hardly_differs_moves_nothing(store: Store) -> None:
    watch(store, URL + "/never-visited")
    assert store.clock_went_back(minutes(-500)) == 0
    ident = at_work(store)
    for now in (minutes(119.5), minutes(120), minutes(10_000)):
        assert store.clock_went_back(now) == 0
    assert store.article(ident).next_check_at == minutes(180)


def test_versions_of_an_article_stand_in_the_order_of_their_numbers(store: Store) -> None:
    tracked = watch(store)
    for n, at in enumerate((100, 101, 41, 42), 1):
        store.commit(intent(tracked, n, minutes(at)))
    for reverse in (False, True):
        query = VersionQuery(article=tracked.id, reverse=reverse)
        numbers = list(range(1, 5)) if reverse else list(range(4, 0, -1))
        assert [each.n for each in store.versions(query)] == numbers
        assert [each.n for each in store.glance(query)] == numbers
    assert [each.n for each in store.versions(VersionQuery(reverse=True))] == [3, 4, 1, 2]
