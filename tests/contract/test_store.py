"""What every Store does with what is watched and what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import NOW, URL, grow, intent, look, minutes, watch
from tracker.errors import NotKnown, UsageError
from tracker.model import (
    ArticleState,
    CheckOutcome,
    HostState,
    Hub,
    HubKind,
    HubPoll,
    RobotsRecord,
    Target,
)
from tracker.ports import Store as StorePort

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.ports import Store

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
PAGE = Hub("Herald", HubKind.PAGE, "https://herald.example/", selector="a.story", pattern="/news/")
OTHER = Hub("Post", HubKind.SITEMAP, "https://post.example/sitemap.xml")


def poll(hub: Hub = FEED, **changes: object) -> HubPoll:
    made = HubPoll(hub, minutes(1), minutes(11), CheckOutcome.CHANGED, etag='"f"', last_modified="today")
    return replace(made, **changes)  # type: ignore[arg-type] # fields by name


def test_is_a_store(store: Store) -> None:
    assert isinstance(store, StorePort)


class TestSources:
    def test_new_hubs_are_due_at_once_in_the_order_given(self, store: Store) -> None:
        store.sync_source("Herald", [PAGE, FEED], NOW)
        states = store.hub_states()
        assert [state.hub for state in states] == [PAGE, FEED]
        assert [state.next_poll_at for state in states] == [NOW, NOW]
        assert store.due_hosts(NOW) == ["herald.example"]
        assert store.due_hosts(NOW - timedelta(seconds=1)) == []
        assert {state.hub for state in store.due_hubs("herald.example", NOW)} == {PAGE, FEED}

    def test_syncing_again_keeps_how_a_hub_fares_and_takes_the_new_order(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        store.commit_poll(poll())
        store.sync_source("Herald", [PAGE, FEED], minutes(2))
        page, feed = store.hub_states("Herald")
        assert (page.hub, page.next_poll_at) == (PAGE, minutes(2))
        assert (feed.hub, feed.etag, feed.next_poll_at) == (FEED, '"f"', minutes(11))
        store.sync_source("Herald", [PAGE, FEED], minutes(3))
        assert store.hub_states("Herald") == [page, feed]

    def test_hubs_that_are_no_longer_configured_are_dropped(self, store: Store) -> None:
        store.sync_source("Herald", [FEED, PAGE], NOW)
        store.sync_source("Post", [OTHER], NOW)
        store.sync_source("Herald", [FEED], minutes(1))
        assert [state.hub for state in store.hub_states()] == [FEED, OTHER]
        store.sync_source("Herald", [], minutes(1))
        assert store.hub_states("Herald") == []
        assert store.sources() == ["Herald", "Post"]

    def test_another_selector_is_another_hub(self, store: Store) -> None:
        store.sync_source("Herald", [PAGE], NOW)
        store.commit_poll(poll(PAGE))
        store.sync_source("Herald", [replace(PAGE, selector="h2 a")], minutes(2))
        (state,) = store.hub_states("Herald")
        assert (state.next_poll_at, state.etag, state.last_poll_at) == (minutes(2), "", None)


class TestTargets:
    def test_a_new_address_is_due_at_once(self, store: Store) -> None:
        tracked = watch(store, stories=("Floods", "Weather"))
        assert tracked == store.article(tracked.id)
        assert (tracked.source, tracked.url, tracked.host) == ("Herald", URL, "herald.example")
        assert (tracked.first_seen_at, tracked.next_check_at) == (NOW, NOW)
        assert (tracked.state, tracked.versions, tracked.checks) == (ArticleState.ACTIVE, 0, 0)
        assert (tracked.title, tracked.feed_title) == ("", "Flood")
        assert tracked.stories == ("Floods", "Weather")
        assert store.due_articles("herald.example", NOW) == [tracked]

    def test_a_known_article_joins_stories_and_keeps_the_rest(self, store: Store) -> None:
        tracked = watch(store, stories=("Floods",))
        grow(store, tracked, 1)
        before = store.article(tracked.id)
        same = Target("http://herald.example/news/flood?utm_source=x#top", "Another headline")
        assert store.add_targets("Post", [same, same], minutes(5), ["Weather", "Floods"]) == []
        assert store.article(tracked.id) == replace(before, stories=("Floods", "Weather"))

    def test_two_addresses_of_one_article_make_one(self, store: Store) -> None:
        new = store.add_targets("Herald", [Target(URL), Target(URL + "#comments"), Target(URL + "/2")], NOW)
        assert [each.url for each in new] == [URL, URL + "/2"]

    def test_many_at_once(self, store: Store) -> None:
        targets = [Target(f"{URL}/{n}") for n in range(650)]
        new = store.add_targets("Herald", targets, NOW, ["Floods"])
        assert [each.url for each in new] == [target.url for target in targets]
        assert all(each.stories == ("Floods",) for each in new)
        assert store.add_targets("Herald", targets, NOW) == []
        assert len(store.articles(story="Floods")) == 650
        assert len(store.due_articles("herald.example", NOW)) == 25

    def test_what_is_no_address_is_refused_whole(self, store: Store) -> None:
        with pytest.raises(UsageError):
            store.add_targets("Herald", [Target(URL), Target("mailto:desk@herald.example")], NOW)
        assert store.articles() == []

    def test_articles_newest_first(self, store: Store) -> None:
        first, second = watch(store), watch(store, URL + "/2", source="Post", stories=("Floods",))
        (third,) = store.add_targets("Herald", [Target(URL + "/3")], minutes(1))
        assert [each.id for each in store.articles()] == [third.id, second.id, first.id]
        assert [each.id for each in store.articles(source="Herald")] == [third.id, first.id]
        assert [each.id for each in store.articles(story="Floods")] == [second.id]
        assert store.articles(source="Nobody") == []


class TestPolls:
    def test_a_reading_brings_articles_and_is_noted(self, store: Store) -> None:
        store.sync_source("Herald", [FEED, PAGE], NOW)
        host = HostState("herald.example", not_before=minutes(3))
        targets = (Target(URL, "Flood"), Target("javascript:void(0)"), Target(URL + "/2"))
        new = store.commit_poll(poll(targets=targets, stories=("Floods",), host=host))
        assert [each.url for each in new] == [URL, URL + "/2"]
        assert new[0].stories == ("Floods",)
        assert store.host("herald.example") == host
        state = store.hub_states("Herald")[0]
        assert (state.next_poll_at, state.last_poll_at, state.last_ok_at) == (minutes(11), minutes(1), minutes(1))
        assert (state.etag, state.last_modified, state.articles, state.failures) == ('"f"', "today", 2, 0)
        assert [each.hub for each in store.due_hubs("herald.example", minutes(5))] == [PAGE]

    def test_failures_are_counted_until_it_works_again(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        failed = poll(outcome=CheckOutcome.FAILED, detail="no answer in 60 s", etag="", last_modified="")
        store.commit_poll(failed)
        store.commit_poll(replace(failed, at=minutes(2), outcome=CheckOutcome.REFUSED, detail=""))
        (state,) = store.hub_states()
        assert (state.failures, state.last_error, state.last_ok_at) == (2, "refused", None)
        store.commit_poll(poll(at=minutes(3), outcome=CheckOutcome.NOT_MODIFIED))
        (state,) = store.hub_states()
        assert (state.failures, state.last_error, state.last_ok_at) == (0, "", minutes(3))

    def test_the_headline_of_the_feed_is_kept_up_to_date(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        store.commit_poll(poll(targets=(Target(URL, "Flood"),)))
        store.commit_poll(poll(targets=(Target(URL, "Great flood"),)))
        assert store.articles()[0].feed_title == "Great flood"
        store.commit_poll(poll(targets=(Target(URL),)))
        assert store.articles()[0].feed_title == "Great flood"

    def test_a_hub_that_was_dropped_meanwhile_still_brings_its_articles(self, store: Store) -> None:
        assert len(store.commit_poll(poll(targets=(Target(URL),)))) == 1
        assert store.hub_states() == []
        assert store.sources() == ["Herald"]


class TestDue:
    def test_hosts_and_articles_longest_overdue_first(self, store: Store) -> None:
        later = store.add_targets("Post", [Target("https://post.example/1")], minutes(1))[0]
        store.add_targets("Herald", [Target(URL + "/2")], minutes(2))
        watch(store)
        assert store.due_hosts(minutes(3)) == ["herald.example", "post.example"]
        assert store.due_hosts(minutes(3), limit=1) == ["herald.example"]
        assert [each.url for each in store.due_articles("herald.example", minutes(3))] == [URL, URL + "/2"]
        assert [each.url for each in store.due_articles("herald.example", minutes(3), limit=1)] == [URL]
        assert store.due_articles("post.example", minutes(3)) == [later]
        assert store.due_articles("elsewhere.example", minutes(3)) == []

    def test_a_host_that_wants_rest_gets_it(self, store: Store) -> None:
        watch(store)
        store.save_host(HostState("herald.example", not_before=minutes(5)))
        assert store.due_hosts(minutes(4)) == []
        assert store.due_hosts(minutes(5)) == ["herald.example"]

    def test_paused_articles_are_not_due_and_gone_ones_are(self, store: Store) -> None:
        paused, gone = watch(store), watch(store, URL + "/2")
        store.set_state(paused.id, ArticleState.PAUSED)
        store.commit(look(gone, 0, minutes(1), CheckOutcome.GONE, state=ArticleState.GONE, next_check_at=minutes(2)))
        assert [each.id for each in store.due_articles("herald.example", minutes(2))] == [gone.id]
        store.set_state(paused.id, ArticleState.ACTIVE)
        assert {each.id for each in store.due_articles("herald.example", minutes(2))} == {paused.id, gone.id}

    def test_only_paused_articles_make_no_host_due(self, store: Store) -> None:
        store.set_state(watch(store).id, ArticleState.PAUSED)
        assert store.due_hosts(minutes(1)) == []

    def test_an_article_watched_long_enough_is_never_due(self, store: Store) -> None:
        tracked = watch(store)
        store.commit(replace(intent(tracked, 1, minutes(1)), next_check_at=None))
        assert store.due_hosts(minutes(10**6)) == []

    def test_nothing_of_a_paused_source_is_due(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        tracked = watch(store)
        store.sync_source("Herald", [FEED], NOW, paused=True)
        store.force_due(minutes(1), articles=[tracked.id])
        assert store.due_hosts(minutes(1)) == []
        assert store.due_hubs("herald.example", minutes(1)) == []
        assert store.due_articles("herald.example", minutes(1)) == []
        assert store.article(tracked.id) == tracked
        store.sync_source("Herald", [FEED], minutes(2))
        assert store.due_hosts(minutes(2)) == ["herald.example"]
        assert store.due_articles("herald.example", minutes(2)) == [tracked]

    def test_forcing(self, store: Store) -> None:
        store.sync_source("Herald", [FEED], NOW)
        store.commit_poll(poll(next_poll_at=minutes(100)))
        herald, post = watch(store), watch(store, "https://post.example/1", source="Post")
        for each in (herald, post):
            store.commit(intent(each, 1, minutes(1), next_check_at=None))
        assert store.due_hosts(minutes(5)) == []
        store.force_due(minutes(5), articles=[post.id])
        assert store.due_hosts(minutes(5)) == ["post.example"]
        store.force_due(minutes(6), source="Herald")
        assert store.article(herald.id).next_check_at == minutes(6)
        assert store.article(post.id).next_check_at == minutes(5)
        assert len(store.due_hubs("herald.example", minutes(6))) == 1
        store.commit(look(herald, 1, minutes(7), CheckOutcome.UNCHANGED))
        store.commit_poll(poll(at=minutes(7), next_poll_at=minutes(200)))
        store.force_due(minutes(8))
        assert store.article(herald.id).next_check_at == minutes(8)
        assert store.article(post.id).next_check_at == minutes(5)
        assert len(store.due_hubs("herald.example", minutes(8))) == 1

    def test_pausing_what_is_not_known(self, store: Store) -> None:
        with pytest.raises(NotKnown):
            store.set_state("0123456789ab", ArticleState.PAUSED)

    def test_hosts_are_remembered(self, store: Store, make_store: Callable[[], Store]) -> None:
        assert store.host("herald.example") == HostState("herald.example")
        robots = RobotsRecord(200, "User-agent: *\nDisallow: /x", minutes(1))
        full = HostState("herald.example", minutes(1), 3, minutes(2), 0.125, robots)
        store.save_host(full)
        assert make_store().host("herald.example") == full
        store.save_host(HostState("herald.example"))
        assert store.host("herald.example") == HostState("herald.example")
        store.save_host(HostState("herald.example", robots=RobotsRecord(0, "", minutes(1))))
        assert store.host("herald.example").robots == RobotsRecord(0, "", minutes(1))
