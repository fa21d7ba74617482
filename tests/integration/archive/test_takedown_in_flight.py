"""A takedown beside a running service: nothing decided or fetched before it stores the removed text again."""

from dataclasses import replace

import pytest

from tests.archive_samples import NOW, URL, alert, capture, content, grow, intent, look, minutes, watch, with_body
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, set_article_state
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import list_deliveries
from tracker.archive.quarantine import list_quarantined, quarantine
from tracker.archive.recaptures import list_recaptures
from tracker.archive.stories import save_readings
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version, list_history
from tracker.extraction import EXTRACTOR
from tracker.model.article import PageKind, Reading
from tracker.model.capture import Failure, FailureKind
from tracker.model.source import Hub, HubKind, Target
from tracker.model.story import Home, StoryReading
from tracker.model.watch import ArticleState, CheckOutcome, HubPoll, Intent, WatchedArticle
from tracker.pipeline.decide import CheckPolicy, decide
from tracker.pipeline.decision_context import recall
from tracker.pipeline.settle import CheckReport, settle

REMOVED = "River floods 2 streets"


@pytest.fixture
def tracked(store: Archive) -> WatchedArticle:
    grow(store, watch(store), 2)
    return get_article(store, URL)


def decided(store: Archive, tracked: WatchedArticle, n: int) -> Intent:
    """Return the decision of a check, made now, that found the n-th state of the article."""
    found = capture(n, minutes(n + 10))
    reading = Reading(PageKind.ARTICLE, content(n), "article.body", EXTRACTOR)
    context = recall(store, tracked, found, reading, minutes(n + 10))
    return decide(
        tracked,
        found,
        reading,
        minutes(n + 10),
        policy=CheckPolicy(),
        schedule=lambda *_: minutes(60),
        context=context,
    )


def settled(store: Archive, tracked: WatchedArticle, made: Intent) -> CheckReport:
    return settle(store, tracked, made, 0)


def test_a_decision_that_quotes_a_version_taken_down_since_stores_no_text(
    store: Archive, tracked: WatchedArticle
) -> None:
    made = replace(decided(store, tracked, 3), alerts=(alert("k", article=tracked.id, version=3),))
    assert made.version is not None
    assert made.version.change is not None
    take_down(store, tracked.id, "court order", NOW, 2)
    report = settled(store, tracked, made)
    assert (report.committed.version, report.committed.alerts, list_deliveries(store)) == (None, 0, [])
    now = get_article(store, tracked.id)
    # The next check asks for the whole page, and stores what it finds.
    assert (now.versions, now.next_check_at, now.etag, now.last_modified) == (2, minutes(60), "", "")
    assert list_checks(store, tracked.id, 1)[0].outcome is CheckOutcome.UNCHANGED
    assert settled(store, now, decided(store, now, 3)).committed.version == 3
    assert get_version(store, tracked.id, 3).content.text == content(3).text
    assert verify(store).ok


def test_a_page_on_its_way_that_shows_the_removed_version_stores_no_text(
    store: Archive, tracked: WatchedArticle
) -> None:
    take_down(store, tracked.id, "court order", NOW, 2)
    assert settled(store, tracked, decided(store, tracked, 2)).committed.version is None
    assert get_version(store, tracked.id, 2).removed == "court order"
    assert get_article(store, tracked.id).title == ""


def test_nothing_is_stored_of_an_article_taken_down_since(store: Archive, tracked: WatchedArticle) -> None:
    with_text = replace(decided(store, tracked, 3), alerts=(alert("k", article=tracked.id, version=3),))
    shown_again = look(tracked, 2, minutes(20), CheckOutcome.UNCHANGED, recapture=capture(2, minutes(20)))
    told = look(tracked, 2, minutes(21), CheckOutcome.GONE, alerts=(alert("gone", article=tracked.id, version=2),))
    take_down(store, tracked.id, "court order", minutes(15))
    for made in (with_text, shown_again, told):
        assert settled(store, tracked, made).committed.version is None
    unread = Failure(FailureKind.UNREADABLE, "it hangs", tracked.url)
    quarantine(store, tracked.id, capture(3), unread)
    now = get_article(store, tracked.id)
    assert (now.state, now.versions, now.title) == (ArticleState.PAUSED, 2, "")
    assert settled(store, now, decided(store, now, 4)).committed.version is None
    assert (list_deliveries(store), list_recaptures(store, tracked.id), list_quarantined(store)) == ([], [], [])
    assert [each.content.text for each in list_history(store, tracked.id)] == ["", ""]
    assert verify(store).ok


def test_an_article_that_is_resumed_is_stored_again(store: Archive, tracked: WatchedArticle) -> None:
    take_down(store, tracked.id, "court order", minutes(15))
    set_article_state(store, tracked.id, ArticleState.ACTIVE, minutes(16))
    now = get_article(store, tracked.id)
    assert settled(store, now, decided(store, now, 2)).committed.version is None
    assert settled(store, now, decided(store, now, 3)).committed.version == 3


def test_a_list_does_not_bring_the_headline_back(store: Archive, tracked: WatchedArticle) -> None:
    hub = Hub("Herald", HubKind.FEED, "https://herald.example/feed.xml")
    poll = HubPoll(hub, minutes(30), minutes(60), CheckOutcome.CHANGED, targets=(Target(URL, REMOVED),))
    take_down(store, tracked.id, "court order", minutes(15))
    commit_poll(store, poll)
    assert get_article(store, tracked.id).feed_title == ""


def test_stories_read_before_it_keep_no_quotes(store: Archive, tracked: WatchedArticle) -> None:
    other = watch(store, URL + "/2")
    grow(store, other, 1)
    home = Home(tracked.id, tracked.id, reasons=(REMOVED,))
    made = StoryReading(tracked.id, 2, minutes(12), marks=(7,), size=1, homes=(home,))
    take_down(store, tracked.id, "court order", minutes(15))
    assert save_readings(store, [made]) == 0
    with store.read() as connection:
        assert connection.number("SELECT count(*) FROM story_mark") == 0


def test_new_pages_are_not_encoded_against_removed_ones_that_are_cached(store: Archive, open_again) -> None:
    service = open_again()
    page = b"".join(b"<p>%d</p>" % n for n in range(400))
    first, second = watch(service, URL), watch(service, URL + "/2")
    taken = with_body(capture(1, minutes(1), first.url), page)
    commit_check(service, intent(first, 1, minutes(1), capture=taken))
    take_down(store, first.id, "court order", minutes(2))
    again = with_body(capture(1, minutes(3), second.url), page + b"<p>more</p>")
    assert commit_check(service, intent(second, 1, minutes(3), capture=again)).version == 1
    assert verify(store).ok
