"""Which article an address leads to, on each database."""

import pytest

from tests.archive_samples import NOW, look, minutes, watch
from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, get_article
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.ledger.verify import verify
from tracker.archive.sources import sync_source
from tracker.errors import NotKnown
from tracker.model.source import Hub, HubKind, Target
from tracker.model.watch import CheckOutcome, HubPoll, Intent, Tracked

STORY = "https://herald.example/news/flood"
RENAMED = "https://herald.example/news/flood-in-town"
ELSEWHERE = "https://mirror.example/news/flood"


def seen_at(tracked: Tracked, *aliases: str, later: int = 1) -> Intent:
    return look(tracked, tracked.versions, minutes(later), CheckOutcome.UNCHANGED, aliases=aliases)


def poll(source: str, *targets: Target, claimed: tuple[str, ...] = ()) -> HubPoll:
    hub = Hub(source, HubKind.FEED, f"https://{source}.example/feed")
    return HubPoll(hub, NOW, NOW, CheckOutcome.UNCHANGED, targets=targets, claimed=claimed)


def test_an_alias_is_known_to_its_source_and_another_source_gets_its_own_article(archive: Archive) -> None:
    tracked = watch(archive, STORY, source="herald")
    commit_check(archive, seen_at(tracked, RENAMED))
    assert find_articles(archive, [STORY, RENAMED]) == [get_article(archive, tracked.id)] * 2
    assert add_targets(archive, "herald", [Target(RENAMED)], NOW) == []
    other = watch(archive, RENAMED, source="mirror")
    assert get_article(archive, RENAMED).id == other.id != tracked.id
    addresses, [event] = list_addresses(archive, tracked.id)
    assert addresses == [STORY]
    assert event["event"] == "dropped: it is an article of its own"
    commit_check(archive, seen_at(get_article(archive, tracked.id), RENAMED, later=2))
    assert get_article(archive, RENAMED).id == other.id, "nor does it come back"
    assert verify(archive).ok


def test_an_alias_elsewhere_that_an_older_release_stored_leads_nowhere(archive: Archive) -> None:
    tracked = watch(archive, STORY, source="herald")
    commit_check(archive, seen_at(tracked, ELSEWHERE))
    assert find_articles(archive, [ELSEWHERE]) == [None]
    with pytest.raises(NotKnown):
        get_article(archive, ELSEWHERE)
    assert watch(archive, ELSEWHERE, source="herald").id != tracked.id


def test_what_no_longer_answers_is_let_go_but_not_another_form_of_the_page(archive: Archive) -> None:
    tracked = watch(archive, STORY, source="herald")
    commit_check(archive, seen_at(tracked, RENAMED, f"{STORY}/"))
    committed = commit_check(archive, seen_at(get_article(archive, tracked.id), f"{STORY}.html", later=2))
    assert committed.released == (RENAMED,)
    addresses, [event] = list_addresses(archive, tracked.id)
    assert addresses == [STORY, f"{STORY}.html", f"{STORY}/"]
    assert event == {
        "at": "2026-11-25T09:02:00Z",
        "url": RENAMED,
        "event": "dropped: the article no longer answers there",
    }
    assert verify(archive).ok


def test_a_claimed_article_moves_with_the_address_and_headline_of_its_own_source(archive: Archive) -> None:
    for name in ("mirror", "herald"):
        sync_source(archive, name, [Hub(name, HubKind.FEED, f"https://{name}.example/feed")], NOW)
    written = STORY.replace("https:", "http:")
    [tracked] = commit_poll(archive, poll("mirror", Target(written, "Lies")))
    assert commit_poll(archive, poll("herald", Target(STORY, "Flood"))) == []
    untouched = get_article(archive, STORY)
    assert (untouched.source, untouched.url, untouched.feed_title) == ("mirror", written, "Lies")
    commit_poll(archive, poll("herald", Target(STORY, "Flood"), claimed=(tracked.id,)))
    moved = get_article(archive, STORY)
    assert (moved.id, moved.source, moved.url, moved.feed_title) == (tracked.id, "herald", STORY, "Flood")
    commit_poll(archive, poll("mirror", Target(written, "Lies")))
    assert get_article(archive, STORY) == moved
