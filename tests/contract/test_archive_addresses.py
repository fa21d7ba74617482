from dataclasses import replace
from datetime import timedelta

import pytest

from tests.archive_samples import NOW, URL, content, grow, intent, look, minutes, watch
from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, get_article, set_article_state
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.ledger.verify import verify
from tracker.archive.sources import hint_tallies, list_hubs, sync_source
from tracker.archive.state import survey_watched
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.errors import NotKnown
from tracker.model.source import HintTally, Hub, HubKind, Target
from tracker.model.watch import ArticleState, CheckOutcome, HubPoll, Intent, Mention, Survey, WatchedArticle
from tracker.pipeline.targets import with_known

STORY = "https://herald.example/news/flood"
RENAMED = "https://herald.example/news/flood-in-town"
ELSEWHERE = "https://mirror.example/news/flood"


def seen_at(tracked: WatchedArticle, *aliases: str, later: int = 1) -> Intent:
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


def test_the_dates_of_another_outlets_list_go_with_a_move_and_those_of_the_page_stay(archive: Archive) -> None:
    false, page = NOW - timedelta(days=4000), NOW - timedelta(minutes=30)
    for url, versions, published in ((STORY, 1, page), (RENAMED, 0, None)):
        told = Target(url, "Lies", false, NOW - timedelta(days=3000), NOW + timedelta(days=3000))
        [tracked] = commit_poll(archive, poll("mirror", told))
        if versions:
            stated = replace(content(1), published=page)
            commit_check(archive, intent(tracked, 1, minutes(1), content=stated))
        assert get_article(archive, url).published_at == false
        config = Config.model_validate(
            {"sources": [{"name": name, "urls": [f"https://{name}.example/"]} for name in ("mirror", "herald")]}
        )
        found = with_known(config, poll("herald", Target(url)), [get_article(archive, url)], NOW, lambda *_: NOW)
        assert found.claimed == (tracked.id,)
        commit_poll(archive, found)
        moved = get_article(archive, url)
        assert (moved.source, moved.published_at, moved.listing_updated_at) == ("herald", published, None)
        assert (moved.listed_until, moved.feed_title) == (None, "")
        commit_poll(archive, with_known(config, poll("mirror", told), [moved], NOW, lambda *_: NOW))
        assert get_article(archive, url) == moved
    assert verify(archive).ok


FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
PUBLISHED = NOW - timedelta(hours=3)
LONG = NOW + timedelta(days=2)


def hint_poll(*targets: Target, mentions: tuple[Mention, ...] = ()) -> HubPoll:
    return HubPoll(FEED, minutes(1), minutes(11), CheckOutcome.UNCHANGED, targets=targets, mentions=mentions)


class TestMentions:
    def test_a_new_article_keeps_what_its_hub_says(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        told = Target(URL, "Flood", PUBLISHED, minutes(-30), LONG)
        (tracked,) = commit_poll(archive, hint_poll(told))
        assert (tracked.published_at, tracked.listing_updated_at) == (PUBLISHED, minutes(-30))
        assert (tracked.update_hinted_at, tracked.listed_until) == (None, LONG)
        assert get_article(archive, tracked.id) == tracked

    def test_a_mention_takes_the_place_of_what_was_known_and_pulls_forward_only(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        tracked = watch(archive)
        commit_check(archive, look(tracked, 0, minutes(1), CheckOutcome.FAILED))
        planned = get_article(archive, tracked.id).next_check_at
        assert planned is not None
        later = Mention(tracked.id, PUBLISHED, minutes(2), minutes(3), LONG, planned + timedelta(minutes=1))
        commit_poll(archive, hint_poll(mentions=(later,)))
        now = get_article(archive, tracked.id)
        assert (now.published_at, now.listing_updated_at, now.update_hinted_at) == (PUBLISHED, minutes(2), minutes(3))
        assert (now.listed_until, now.next_check_at) == (LONG, planned)
        commit_poll(archive, hint_poll(mentions=(replace(later, next_check_at=minutes(2)),)))
        assert get_article(archive, tracked.id).next_check_at == minutes(2)
        commit_poll(archive, hint_poll(mentions=(replace(later, update_hinted_at=None, next_check_at=None),)))
        now = get_article(archive, tracked.id)
        assert (now.update_hinted_at, now.next_check_at) == (None, minutes(2))

    def test_known_addresses_lead_to_their_articles(self, archive: Archive) -> None:
        tracked = watch(archive)
        assert find_articles(archive, [URL + "?utm_source=x", "https://herald.example/no", "mailto:x", URL]) == [
            tracked,
            None,
            None,
            tracked,
        ]
        assert find_articles(archive, []) == []

    def test_the_first_version_says_when_it_was_published_where_the_hub_did_not(self, archive: Archive) -> None:
        tracked = watch(archive)
        grow(archive, tracked, 1)
        published = get_version(archive, tracked.id, 1).content.published
        kept = get_article(archive, tracked.id).published_at
        assert published is not None
        assert kept is not None
        assert timedelta(0) <= published - kept < timedelta(milliseconds=1)


class TestTallies:
    @pytest.mark.parametrize(
        ("touched", "outcome", "expected"),
        [
            (True, CheckOutcome.CHANGED, HintTally(1, 0, 0)),
            (True, CheckOutcome.UNCHANGED, HintTally(0, 1, 0)),
            (False, CheckOutcome.CHANGED, HintTally(0, 0, 1)),
            (False, CheckOutcome.UNCHANGED, None),
            (None, CheckOutcome.UNCHANGED, None),
        ],
    )
    def test_a_check_is_counted_unless_silence_says_nothing(self, archive: Archive, touched, outcome, expected) -> None:
        tracked = watch(archive)
        commit_check(archive, replace(look(tracked, 0, minutes(1), outcome), followed_hint=touched))
        assert hint_tallies(archive).get("Herald") == expected

    def test_older_checks_weigh_less(self, archive: Archive) -> None:
        tracked = watch(archive)
        for n in range(3):
            commit_check(archive, replace(look(tracked, 0, minutes(n), CheckOutcome.UNCHANGED), followed_hint=True))
        assert hint_tallies(archive)["Herald"].false_touches == pytest.approx(1 + 0.99 + 0.99**2)

    def test_a_check_that_follows_a_touch_ends_it(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        tracked = watch(archive)
        commit_poll(archive, hint_poll(mentions=(Mention(tracked.id, None, minutes(1), minutes(1), LONG, None),)))
        commit_check(archive, look(tracked, 0, minutes(2), CheckOutcome.FAILED))
        assert get_article(archive, tracked.id).update_hinted_at == minutes(1)
        commit_check(archive, replace(look(tracked, 0, minutes(3), CheckOutcome.UNCHANGED), followed_hint=True))
        assert get_article(archive, tracked.id).update_hinted_at is None


class TestSurvey:
    def test_what_is_watched_is_counted_from_nothing(self, archive: Archive) -> None:
        assert survey_watched(archive, NOW) == Survey()
        tracked, paused = watch(archive), watch(archive, URL + "/2")
        watch(archive, URL + "/3", source="Post")
        sync_source(archive, "Post", [], NOW, paused=True)
        set_article_state(archive, paused.id, ArticleState.PAUSED, minutes(69))
        found = survey_watched(archive, minutes(3))
        assert found == Survey(1, (get_article(archive, tracked.id),), 1)
        assert survey_watched(archive, NOW + timedelta(days=3)).fresh == 0

    def test_of_many_some_are_named(self, archive: Archive) -> None:
        add_targets(archive, "Herald", [Target(f"{URL}/{n}") for n in range(25)], NOW)
        found = survey_watched(archive, NOW, limit=10)
        assert found.articles == 25
        assert 8 <= len(found.sample) <= 10
        assert len({each.id for each in found.sample}) == len(found.sample)


def test_hubs_are_read_anew(archive: Archive) -> None:
    sync_source(archive, "Herald", [FEED], NOW)
    commit_poll(archive, replace(hint_poll(), etag='"f"', last_modified="today"))
    sync_source(archive, "Herald", [FEED], minutes(2), anew=True)
    (state,) = list_hubs(archive, "Herald")
    assert (state.etag, state.last_modified, state.next_poll_at) == ("", "", minutes(2))
    assert state.last_ok_at == minutes(1)
