"""A clock that goes back an hour makes nothing wait an hour, and is noticed once."""

from datetime import timedelta

from tests.archive_samples import URL, alert, intent, look, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check
from tracker.archive.due import clock_went_back, due_hosts
from tracker.archive.hosts import get_host, save_host
from tracker.archive.hubs import commit_poll, list_hubs
from tracker.archive.outbox import claim_deliveries, enqueue_alerts, postpone_delivery
from tracker.archive.sources import sync_source
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.model.capture import HostState
from tracker.model.source import Hub, HubKind
from tracker.model.version import VersionQuery
from tracker.model.watch import CheckOutcome, HubPoll

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed.xml")
HOST = "herald.example"


def at_work(archive: Archive) -> str:
    """Visit an article and a list at minute 120, each planned an hour later, and lease and postpone an alert."""
    sync_source(archive, "Herald", [FEED], minutes(0))
    tracked = watch(archive)
    commit_check(archive, look(tracked, 0, minutes(120), CheckOutcome.FAILED, failures=1))
    commit_poll(archive, HubPoll(FEED, minutes(120), minutes(180), CheckOutcome.UNCHANGED))
    save_host(archive, HostState(HOST, not_before=minutes(121)))
    enqueue_alerts(archive, [alert("a")], minutes(120))
    (delivery,) = claim_deliveries(archive, minutes(120), 60)
    postpone_delivery(archive, delivery.id, minutes(125), "busy")
    return tracked.id


def test_what_is_planned_comes_as_much_sooner(archive: Archive) -> None:
    ident = at_work(archive)
    assert clock_went_back(archive, minutes(60)) == timedelta(hours=1).total_seconds()
    assert clock_went_back(archive, minutes(60)) == 0, "it is found once"
    assert get_article(archive, ident).next_check_at == minutes(120)
    assert get_article(archive, ident).last_check_at == minutes(60)
    assert list_hubs(archive)[0].next_poll_at == minutes(120)
    assert get_host(archive, HOST).not_before == minutes(61)
    assert due_hosts(archive, minutes(119)) == []
    assert due_hosts(archive, minutes(120)) == [HOST]
    assert claim_deliveries(archive, minutes(64), 60) == []
    assert [each.key for each in claim_deliveries(archive, minutes(65), 60)] == ["a"]
    assert [each.at for each in list_checks(archive, ident, 5)] == [minutes(120)], (
        "what was seen stays as it was written"
    )


def test_a_watch_that_ended_by_a_clock_that_was_ahead_goes_on(archive: Archive) -> None:
    early, late = watch(archive), watch(archive, URL + "/other")
    commit_check(archive, look(early, 0, minutes(50), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    commit_check(archive, look(late, 0, minutes(120), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    assert due_hosts(archive, minutes(60)) == []
    assert clock_went_back(archive, minutes(60)) > 0
    assert get_article(archive, late.id).next_check_at == minutes(60)
    assert get_article(archive, early.id).next_check_at is None, "it ended while the clock was right"


def test_a_clock_that_goes_on_or_hardly_differs_moves_nothing(archive: Archive) -> None:
    watch(archive, URL + "/never-visited")
    assert clock_went_back(archive, minutes(-500)) == 0
    ident = at_work(archive)
    for now in (minutes(119.5), minutes(120), minutes(10_000)):
        assert clock_went_back(archive, now) == 0
    assert get_article(archive, ident).next_check_at == minutes(180)


def test_versions_of_an_article_stand_in_the_order_of_their_numbers(archive: Archive) -> None:
    tracked = watch(archive)
    for n, at in enumerate((100, 101, 41, 42), 1):
        commit_check(archive, intent(tracked, n, minutes(at)))
    for reverse in (False, True):
        query = VersionQuery(article=tracked.id, reverse=reverse)
        numbers = list(range(1, 5)) if reverse else list(range(4, 0, -1))
        assert [each.n for each in iter_versions(archive, query)] == numbers
        assert [each.n for each in list_summaries(archive, query)] == numbers
    assert [each.n for each in iter_versions(archive, VersionQuery(reverse=True))] == [3, 4, 1, 2]


def test_a_check_that_was_under_way_is_found_by_the_next_look(archive: Archive) -> None:
    ident = at_work(archive)
    assert clock_went_back(archive, minutes(60)) > 0
    late = get_article(archive, ident)
    commit_check(archive, look(late, 0, minutes(121), CheckOutcome.FAILED, failures=2))
    planned = get_article(archive, ident).next_check_at
    assert planned is not None
    assert planned > minutes(121)
    assert clock_went_back(archive, minutes(61)) == timedelta(hours=1).total_seconds()
    assert get_article(archive, ident).next_check_at == planned - timedelta(hours=1)
