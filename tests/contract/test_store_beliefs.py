"""What every Store does with what hubs tell, with what is believed of them, and with what the service keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import NOW, URL, grow, intent, look, minutes, watch
from tracker.model import ArticleState, CheckOutcome, HintTally, Hub, HubKind, HubPoll, Mention, Survey, Target

if TYPE_CHECKING:
    from tracker.ports import Store

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
PUBLISHED = NOW - timedelta(hours=3)
LONG = NOW + timedelta(days=2)


def poll(*targets: Target, mentions: tuple[Mention, ...] = ()) -> HubPoll:
    return HubPoll(FEED, minutes(1), minutes(11), CheckOutcome.UNCHANGED, targets=targets, mentions=mentions)


class TestMentions:
    def test_a_new_article_keeps_what_its_hub_says(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        told = Target(URL, "Flood", PUBLISHED, minutes(-30), LONG)
        (tracked,) = store.commit_poll(poll(told))
        assert (tracked.published_at, tracked.told_at) == (PUBLISHED, minutes(-30))
        assert (tracked.touched_at, tracked.listed_until) == (None, LONG)
        assert store.article(tracked.id) == tracked

    def test_a_mention_takes_the_place_of_what_was_known_and_pulls_forward_only(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        tracked = watch(store)
        store.commit(look(tracked, 0, minutes(1), CheckOutcome.FAILED))
        planned = store.article(tracked.id).next_check_at
        assert planned is not None
        later = Mention(tracked.id, PUBLISHED, minutes(2), minutes(3), LONG, planned + timedelta(minutes=1))
        store.commit_poll(poll(mentions=(later,)))
        now = store.article(tracked.id)
        assert (now.published_at, now.told_at, now.touched_at) == (PUBLISHED, minutes(2), minutes(3))
        assert (now.listed_until, now.next_check_at) == (LONG, planned)
        store.commit_poll(poll(mentions=(replace(later, next_check_at=minutes(2)),)))
        assert store.article(tracked.id).next_check_at == minutes(2)
        store.commit_poll(poll(mentions=(replace(later, touched_at=None, next_check_at=None),)))
        now = store.article(tracked.id)
        assert (now.touched_at, now.next_check_at) == (None, minutes(2))

    def test_known_addresses_lead_to_their_articles(self, store: Store) -> None:
        tracked = watch(store)
        assert store.known([URL + "?utm_source=x", "https://herald.example/no", "mailto:x", URL]) == [
            tracked,
            None,
            None,
            tracked,
        ]
        assert store.known([]) == []

    def test_the_first_version_says_when_it_was_published_where_the_hub_did_not(self, store: Store) -> None:
        tracked = watch(store)
        grow(store, tracked, 1)
        published = store.version(tracked.id, 1).content.published
        kept = store.article(tracked.id).published_at
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
        ],
    )
    def test_a_check_is_counted(self, store: Store, touched: bool, outcome: CheckOutcome, expected: HintTally) -> None:
        tracked = watch(store)
        store.commit(replace(look(tracked, 0, minutes(1), outcome), touched=touched))
        assert store.tallies() == {"Herald": expected}

    @pytest.mark.parametrize("touched", [None, False])
    def test_silence_without_a_change_says_nothing(self, store: Store, touched: bool | None) -> None:
        tracked = watch(store)
        store.commit(replace(look(tracked, 0, minutes(1), CheckOutcome.UNCHANGED), touched=touched))
        assert store.tallies() == {}

    def test_older_checks_weigh_less(self, store: Store) -> None:
        tracked = watch(store)
        for n in range(3):
            store.commit(replace(look(tracked, 0, minutes(n), CheckOutcome.UNCHANGED), touched=True))
        assert store.tallies()["Herald"].false_touches == pytest.approx(1 + 0.99 + 0.99**2)

    def test_a_check_that_follows_a_touch_ends_it(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        tracked = watch(store)
        store.commit_poll(poll(mentions=(Mention(tracked.id, None, minutes(1), minutes(1), LONG, None),)))
        store.commit(look(tracked, 0, minutes(2), CheckOutcome.FAILED))
        assert store.article(tracked.id).touched_at == minutes(1)
        store.commit(replace(look(tracked, 0, minutes(3), CheckOutcome.UNCHANGED), touched=True))
        assert store.article(tracked.id).touched_at is None


class TestMemos:
    def test_a_memo_is_replaced_and_taken_away(self, store: Store) -> None:
        assert store.memo("cadence") == ""
        store.save_memo("cadence", '{"x": 1}', NOW)
        store.save_memo("other", "…", NOW)
        store.save_memo("cadence", '{"x": 2}', minutes(1))
        assert (store.memo("cadence"), store.memo("other")) == ('{"x": 2}', "…")
        store.save_memo("cadence", "", minutes(2))
        assert store.memo("cadence") == ""


class TestSurvey:
    def test_nothing_is_under_watch(self, store: Store) -> None:
        assert store.survey(NOW) == Survey()

    def test_counts_what_is_watched_and_what_visits_found(self, store: Store) -> None:
        tracked, paused = watch(store), watch(store, URL + "/2")
        watch(store, URL + "/3", source="Post")
        store.sync_source("Post", [], NOW, paused=True)
        store.set_state(paused.id, ArticleState.PAUSED)
        store.commit(look(tracked, 0, minutes(-2000), CheckOutcome.UNCHANGED))
        store.commit(intent(store.article(tracked.id), 1, minutes(1)))
        store.commit(look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED))
        found = store.survey(minutes(3))
        assert (found.articles, found.sample) == (1, (store.article(tracked.id),))
        assert (found.fresh, found.checks, found.changed, found.first) == (1, 2, 0, 1)
        assert store.survey(NOW + timedelta(days=3)).fresh == 0

    def test_of_many_some_are_named(self, store: Store) -> None:
        store.add_targets("Herald", [Target(f"{URL}/{n}") for n in range(25)], NOW)
        found = store.survey(NOW, limit=10)
        assert found.articles == 25
        assert 8 <= len(found.sample) <= 10
        assert len({each.id for each in found.sample}) == len(found.sample)


def test_hubs_are_read_anew(store: Store) -> None:
    store.sync_source("Herald", [FEED], NOW)
    store.commit_poll(replace(poll(), etag='"f"', last_modified="today"))
    store.sync_source("Herald", [FEED], minutes(2), anew=True)
    (state,) = store.hub_states("Herald")
    assert (state.etag, state.last_modified, state.next_poll_at) == ("", "", minutes(2))
    assert state.last_ok_at == minutes(1)


def test_a_hub_is_read_sooner_and_never_later(store: Store) -> None:
    store.sync_source("Herald", [FEED], NOW)
    store.commit_poll(poll())
    store.hasten("Post", FEED.url, minutes(2))
    store.hasten("Herald", FEED.url, minutes(20))
    assert store.hub_states()[0].next_poll_at == minutes(11)
    store.hasten("Herald", FEED.url, minutes(2))
    assert store.hub_states()[0].next_poll_at == minutes(2)
