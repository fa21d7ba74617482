import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest

from tests.archive_samples import NOW, URL, alert, article_id, grow, intent, look, minutes, watch
from tests.waiting import PATIENCE
from tracker.archive.addresses import former_key, list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import (
    add_targets,
    find_articles,
    force_due,
    get_article,
    list_articles,
    list_possibly_gone,
    set_article_state,
)
from tracker.archive.checks import list_checks, source_activity
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.outbox import claim_batch, claim_deliveries, enqueue_alerts, reschedule_storm
from tracker.archive.sources import (
    count_lines,
    get_host,
    list_failing_sources,
    list_habits,
    list_hubs,
    list_sources,
    list_storms,
    save_host,
    save_layout,
    summarise_sources,
    sync_source,
)
from tracker.archive.state import due_articles, due_hosts, due_hubs, watch_state
from tracker.errors import NotKnown, UsageError
from tracker.model.alert import Batch
from tracker.model.capture import HostState, RobotsRecord
from tracker.model.source import (
    MIN_MOVED_ARTICLES,
    Activity,
    Habit,
    HabitKind,
    Hub,
    HubKind,
    Layout,
    Line,
    LineCounts,
    Target,
)
from tracker.model.watch import ArticleState, Check, CheckOutcome, HubPoll, Intent, Remark, WatchedArticle
from tracker.pipeline import settle as settle_module
from tracker.pipeline.settle import CheckReport, release_storm, settle

FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
PAGE = Hub("Herald", HubKind.PAGE, "https://herald.example/", selector="a.story", pattern="/news/")
OTHER = Hub("Post", HubKind.SITEMAP, "https://post.example/sitemap.xml")


def poll(hub: Hub = FEED, **changes: object) -> HubPoll:
    made = HubPoll(hub, minutes(1), minutes(11), CheckOutcome.CHANGED, etag='"f"', last_modified="today")
    return replace(made, **changes)  # type: ignore[arg-type] # fields by name


class TestTrackingParameters:
    """Addresses with parameters that only track readers, some of which were not known to do so at first."""

    TRACKED = "https://herald.example/news/flood?mtm_campaign=feed"
    PLAIN = "https://herald.example/news/flood"

    def test_a_new_article_is_stored_without_them(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        (article,) = add_targets(archive, "Herald", [Target(self.TRACKED)], NOW)
        assert article.url == self.PLAIN
        assert add_targets(archive, "Herald", [Target(self.PLAIN), Target(f"{self.PLAIN}?fref=gs")], NOW) == []
        assert get_article(archive, self.PLAIN).url == self.PLAIN

    def test_an_article_stored_with_one_keeps_its_identity(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        (article,) = add_targets(archive, "Herald", [Target(self.PLAIN)], NOW)
        with archive.write() as connection:  # as an earlier release stored it
            connection.run("UPDATE article SET url = :url", url=self.TRACKED)
            connection.run("UPDATE address SET key = :key, url = :url", key=former_key(self.TRACKED), url=self.TRACKED)
        assert get_article(archive, self.TRACKED).id == article.id
        assert add_targets(archive, "Herald", [Target(self.TRACKED)], NOW) == []
        assert [found and found.id for found in find_articles(archive, [self.TRACKED])] == [article.id]
        (other,) = add_targets(archive, "Herald", [Target(self.PLAIN)], NOW)
        assert get_article(archive, self.PLAIN).id == other.id != article.id
        assert get_article(archive, self.TRACKED).url == self.TRACKED


class TestSources:
    def test_new_hubs_are_due_at_once_in_the_order_given(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [PAGE, FEED], NOW)
        states = list_hubs(archive)
        assert [state.hub for state in states] == [PAGE, FEED]
        assert [state.next_poll_at for state in states] == [NOW, NOW]
        assert due_hosts(archive, NOW) == ["herald.example"]
        assert due_hosts(archive, NOW - timedelta(seconds=1)) == []
        assert {state.hub for state in due_hubs(archive, "herald.example", NOW)} == {PAGE, FEED}

    def test_syncing_again_keeps_how_a_hub_fares_and_takes_the_new_order(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        commit_poll(archive, poll())
        sync_source(archive, "Herald", [PAGE, FEED], minutes(2))
        page, feed = list_hubs(archive, "Herald")
        assert (page.hub, page.next_poll_at) == (PAGE, minutes(2))
        assert (feed.hub, feed.etag, feed.next_poll_at) == (FEED, '"f"', minutes(11))
        sync_source(archive, "Herald", [PAGE, FEED], minutes(3))
        assert list_hubs(archive, "Herald") == [page, feed]

    def test_hubs_that_are_no_longer_configured_are_dropped(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED, PAGE], NOW)
        sync_source(archive, "Post", [OTHER], NOW)
        sync_source(archive, "Herald", [FEED], minutes(1))
        assert [state.hub for state in list_hubs(archive)] == [FEED, OTHER]
        sync_source(archive, "Herald", [], minutes(1))
        assert list_hubs(archive, "Herald") == []
        assert list_sources(archive) == ["Herald", "Post"]

    def test_another_selector_is_another_hub(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [PAGE], NOW)
        commit_poll(archive, poll(PAGE))
        sync_source(archive, "Herald", [replace(PAGE, selector="h2 a")], minutes(2))
        (state,) = list_hubs(archive, "Herald")
        assert (state.next_poll_at, state.etag, state.last_poll_at) == (minutes(2), "", None)


class TestTargets:
    def test_a_new_address_is_due_at_once(self, archive: Archive) -> None:
        tracked = watch(archive, stories=("Floods", "Weather"))
        assert tracked == get_article(archive, tracked.id)
        assert (tracked.source, tracked.url, tracked.host) == ("Herald", URL, "herald.example")
        assert (tracked.first_seen_at, tracked.next_check_at) == (NOW, NOW)
        assert (tracked.state, tracked.versions, tracked.checks) == (ArticleState.ACTIVE, 0, 0)
        assert (tracked.title, tracked.feed_title) == ("", "Flood")
        assert tracked.stories == ("Floods", "Weather")
        assert due_articles(archive, "herald.example", NOW) == [tracked]

    def test_a_known_article_joins_stories_and_keeps_the_rest(self, archive: Archive) -> None:
        tracked = watch(archive, stories=("Floods",))
        grow(archive, tracked, 1)
        before = get_article(archive, tracked.id)
        same = Target("http://herald.example/news/flood?utm_source=x#top", "Another headline")
        assert add_targets(archive, "Post", [same, same], minutes(5), ["Weather", "Floods"]) == []
        assert get_article(archive, tracked.id) == replace(before, stories=("Floods", "Weather"))

    def test_two_addresses_of_one_article_make_one(self, archive: Archive) -> None:
        new = add_targets(archive, "Herald", [Target(URL), Target(URL + "#comments"), Target(URL + "/2")], NOW)
        assert [each.url for each in new] == [URL, URL + "/2"]

    def test_many_at_once(self, archive: Archive) -> None:
        targets = [Target(f"{URL}/{n}") for n in range(650)]
        new = add_targets(archive, "Herald", targets, NOW, ["Floods"])
        assert [each.url for each in new] == [target.url for target in targets]
        assert all(each.stories == ("Floods",) for each in new)
        assert add_targets(archive, "Herald", targets, NOW) == []
        assert len(list_articles(archive, story="Floods")) == 650
        assert len(due_articles(archive, "herald.example", NOW)) == 25

    def test_what_is_no_address_is_refused_whole(self, archive: Archive) -> None:
        with pytest.raises(UsageError):
            add_targets(archive, "Herald", [Target(URL), Target("mailto:desk@herald.example")], NOW)
        assert list_articles(archive) == []

    def test_an_id_that_another_article_has_gives_way_to_the_next_digits(self, archive: Archive) -> None:
        other = watch(archive, URL + "/2")
        with archive.write() as connection:
            connection.run("UPDATE article SET ident = :new WHERE ident = :old", new=article_id(URL), old=other.id)
        tracked = watch(archive)
        assert tracked.id[:-1] == article_id(URL)[1:]
        assert get_article(archive, tracked.id) == tracked

    def test_articles_newest_first(self, archive: Archive) -> None:
        first, second = watch(archive), watch(archive, URL + "/2", source="Post", stories=("Floods",))
        (third,) = add_targets(archive, "Herald", [Target(URL + "/3")], minutes(1))
        assert [each.id for each in list_articles(archive)] == [third.id, second.id, first.id]
        assert [each.id for each in list_articles(archive, source="Herald")] == [third.id, first.id]
        assert [each.id for each in list_articles(archive, story="Floods")] == [second.id]
        assert list_articles(archive, source="Nobody") == []


class TestPolls:
    def test_a_reading_brings_articles_and_is_noted(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED, PAGE], NOW)
        host = HostState("herald.example", not_before=minutes(3))
        targets = (Target(URL, "Flood"), Target("javascript:void(0)"), Target(URL + "/2"))
        new = commit_poll(archive, poll(targets=targets, stories=("Floods",), host=host))
        assert [each.url for each in new] == [URL, URL + "/2"]
        assert new[0].stories == ("Floods",)
        assert get_host(archive, "herald.example") == host
        state = list_hubs(archive, "Herald")[0]
        assert (state.next_poll_at, state.last_poll_at, state.last_ok_at) == (minutes(11), minutes(1), minutes(1))
        assert (state.etag, state.last_modified, state.articles, state.failures) == ('"f"', "today", 2, 0)
        assert [each.hub for each in due_hubs(archive, "herald.example", minutes(5))] == [PAGE]
        # Another list counts the articles that it names, though they are known.
        commit_poll(archive, poll(hub=PAGE, targets=targets))
        assert [each.articles for each in list_hubs(archive, "Herald")] == [2, 2]

    def test_failures_are_counted_until_it_works_again(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        failed = poll(outcome=CheckOutcome.FAILED, detail="no answer in 60 s", etag="", last_modified="")
        commit_poll(archive, failed)
        commit_poll(archive, replace(failed, at=minutes(2), outcome=CheckOutcome.REFUSED, detail=""))
        (state,) = list_hubs(archive)
        assert (state.failures, state.last_error, state.last_ok_at) == (2, "refused", None)
        commit_poll(archive, poll(at=minutes(3), outcome=CheckOutcome.NOT_MODIFIED))
        (state,) = list_hubs(archive)
        assert (state.failures, state.last_error, state.last_ok_at) == (0, "", minutes(3))

    def test_sources_with_failing_feeds_or_articles_are_listed_as_they_are_counted(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED, PAGE], NOW)
        commit_poll(archive, poll(outcome=CheckOutcome.FAILED, detail="no answer in 60 s"))
        sync_source(archive, "Globe", [], NOW)
        for place in (1, 2, 3):
            (tracked,) = add_targets(archive, "Post", [Target(f"https://post.example/{place}")], NOW)
            commit_check(archive, look(tracked, 0, minutes(place), CheckOutcome.FAILED, failures=place % 3))
        failing = list_failing_sources(archive)
        assert [(each.name, each.failing, each.hubs, each.hubs_failing, each.error) for each in failing] == [
            ("Herald", 0, 2, 1, "no answer in 60 s"),
            ("Post", 2, 0, 0, "as it was"),
        ]
        counted = {each.name: each for each in summarise_sources(archive)}
        assert [each.failing for each in failing] == [counted[each.name].failing for each in failing]
        assert [each.error for each in failing] == [counted[each.name].error for each in failing]
        assert (counted["Globe"].articles, counted["Post"].articles) == (0, 3)

    def test_a_stored_page_that_answers_404_is_possibly_gone_since_the_first_and_does_not_fail(
        self, archive: Archive
    ) -> None:
        tracked = watch(archive)
        commit_check(archive, intent(tracked, 1, minutes(1)))
        for place, status in enumerate((404, 503, 404), start=2):
            check = Check(tracked.id, minutes(place), CheckOutcome.FAILED, "no page", status)
            commit_check(archive, look(tracked, 1, minutes(place), CheckOutcome.FAILED, check=check, failures=place))
            unsure = [each.possibly_gone_since for each in list_possibly_gone(archive)]
            assert unsure == ([minutes(2)] if status == 404 else []), "a fault of the server says nothing of the page"
            (source,) = summarise_sources(archive)
            assert (source.possibly_gone, source.failing) == ((1, 0) if status == 404 else (0, 1))
            assert [each.failing for each in list_failing_sources(archive)] == ([] if status == 404 else [1])
        commit_check(archive, look(tracked, 1, minutes(9), CheckOutcome.UNCHANGED))
        assert list_possibly_gone(archive) == []

    def test_the_headline_of_the_feed_is_kept_up_to_date(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        commit_poll(archive, poll(targets=(Target(URL, "Flood"),)))
        commit_poll(archive, poll(targets=(Target(URL, "Great flood"),)))
        assert list_articles(archive)[0].feed_title == "Great flood"
        commit_poll(archive, poll(targets=(Target(URL),)))
        assert list_articles(archive)[0].feed_title == "Great flood"

    def test_a_hub_that_was_dropped_meanwhile_still_brings_its_articles(self, archive: Archive) -> None:
        assert len(commit_poll(archive, poll(targets=(Target(URL),)))) == 1
        assert list_hubs(archive) == []
        assert list_sources(archive) == ["Herald"]


class TestDue:
    def test_hosts_and_articles_longest_overdue_first(self, archive: Archive) -> None:
        later = add_targets(archive, "Post", [Target("https://post.example/1")], minutes(1))[0]
        add_targets(archive, "Herald", [Target(URL + "/2")], minutes(2))
        watch(archive)
        assert due_hosts(archive, minutes(3)) == ["herald.example", "post.example"]
        assert due_hosts(archive, minutes(3), limit=1) == ["herald.example"]
        assert [each.url for each in due_articles(archive, "herald.example", minutes(3))] == [URL, URL + "/2"]
        assert [each.url for each in due_articles(archive, "herald.example", minutes(3), limit=1)] == [URL]
        assert due_articles(archive, "post.example", minutes(3)) == [later]
        assert due_articles(archive, "elsewhere.example", minutes(3)) == []

    def test_a_host_that_wants_rest_gets_it(self, archive: Archive) -> None:
        watch(archive)
        save_host(archive, HostState("herald.example", not_before=minutes(5)))
        assert due_hosts(archive, minutes(4)) == []
        assert due_hosts(archive, minutes(5)) == ["herald.example"]

    def test_an_article_is_not_overdue_while_its_host_wants_rest(self, archive: Archive) -> None:
        watch(archive)
        save_host(archive, HostState("herald.example", not_before=minutes(5)))
        found = watch_state(archive, minutes(4))
        assert (found.overdue, found.lag_seconds) == (0, 0)
        found = watch_state(archive, minutes(7))
        assert (found.overdue, found.lag_seconds) == (1, 120)

    def test_paused_articles_are_not_due_and_gone_ones_are(self, archive: Archive) -> None:
        paused, gone = watch(archive), watch(archive, URL + "/2")
        set_article_state(archive, paused.id, ArticleState.PAUSED, minutes(69))
        commit_check(
            archive, look(gone, 0, minutes(1), CheckOutcome.GONE, state=ArticleState.GONE, next_check_at=minutes(2))
        )
        assert [each.id for each in due_articles(archive, "herald.example", minutes(2))] == [gone.id]
        set_article_state(archive, paused.id, ArticleState.ACTIVE, minutes(69))
        assert {each.id for each in due_articles(archive, "herald.example", minutes(2))} == {paused.id, gone.id}

    def test_only_paused_articles_make_no_host_due(self, archive: Archive) -> None:
        set_article_state(archive, watch(archive).id, ArticleState.PAUSED, minutes(69))
        assert due_hosts(archive, minutes(1)) == []

    def test_an_article_watched_long_enough_is_never_due(self, archive: Archive, tracked: WatchedArticle) -> None:
        commit_check(archive, replace(intent(tracked, 1, minutes(1)), next_check_at=None))
        assert due_hosts(archive, minutes(10**6)) == []

    def test_nothing_of_a_paused_source_is_due_and_only_a_known_one_is_paused(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        tracked = watch(archive)
        sync_source(archive, "Herald", [FEED], NOW, paused=True)
        force_due(archive, minutes(1), articles=[tracked.id])
        assert due_hosts(archive, minutes(1)) == []
        assert due_hubs(archive, "herald.example", minutes(1)) == []
        assert due_articles(archive, "herald.example", minutes(1)) == []
        assert get_article(archive, tracked.id) == tracked
        sync_source(archive, "Herald", [FEED], minutes(2))
        assert due_hosts(archive, minutes(2)) == ["herald.example"]
        assert due_articles(archive, "herald.example", minutes(2)) == [tracked]
        with pytest.raises(NotKnown):
            set_article_state(archive, "0123456789ab", ArticleState.PAUSED, minutes(69))

    def test_forcing(self, archive: Archive) -> None:
        sync_source(archive, "Herald", [FEED], NOW)
        commit_poll(archive, poll(next_poll_at=minutes(100)))
        herald, post = watch(archive), watch(archive, "https://post.example/1", source="Post")
        for each in (herald, post):
            commit_check(archive, intent(each, 1, minutes(1), next_check_at=None))
        assert due_hosts(archive, minutes(5)) == []
        force_due(archive, minutes(5), articles=[post.id])
        assert due_hosts(archive, minutes(5)) == ["post.example"]
        force_due(archive, minutes(6), source="Herald")
        assert get_article(archive, herald.id).next_check_at == minutes(6)
        assert get_article(archive, post.id).next_check_at == minutes(5)
        assert len(due_hubs(archive, "herald.example", minutes(6))) == 1
        commit_check(archive, look(herald, 1, minutes(7), CheckOutcome.UNCHANGED))
        commit_poll(archive, poll(at=minutes(7), next_poll_at=minutes(200)))
        force_due(archive, minutes(8))
        assert get_article(archive, herald.id).next_check_at == minutes(8)
        assert get_article(archive, post.id).next_check_at == minutes(5)
        assert len(due_hubs(archive, "herald.example", minutes(8))) == 1

    def test_hosts_are_remembered(self, archive: Archive, open_again: Callable[[], Archive]) -> None:
        assert get_host(archive, "herald.example") == HostState("herald.example")
        robots = RobotsRecord(200, "User-agent: *\nDisallow: /x", minutes(1))
        full = HostState("herald.example", minutes(1), 3, minutes(2), robots)
        save_host(archive, full)
        assert get_host(open_again(), "herald.example") == full
        save_host(archive, HostState("herald.example"))
        assert get_host(archive, "herald.example") == HostState("herald.example")
        save_host(archive, HostState("herald.example", robots=RobotsRecord(0, "", minutes(1))))
        assert get_host(archive, "herald.example").robots == RobotsRecord(0, "", minutes(1))


def test_names_and_addresses_are_sorted_alike_whatever_the_collation_of_the_server(store: Archive) -> None:
    names = ["Herald", "Zeitung", "agency"]
    for name in reversed(names):
        tracked = watch(store, f"https://{name.lower()}.example/news", source=name)
        aliases = (f"{tracked.url}/Flood", f"{tracked.url}/fire")
        commit_check(store, look(tracked, 0, minutes(1), CheckOutcome.FAILED, failures=1, aliases=aliases))
    assert [each.name for each in summarise_sources(store)] == names
    assert [each.name for each in list_failing_sources(store)] == names
    assert list_addresses(store, tracked.id)[0] == [tracked.url, *aliases]


HELD = Batch("every|storm|Herald", storm="Herald")


def test_visits_are_counted_by_source_and_time(archive: Archive) -> None:
    first, second = watch(archive), watch(archive, "https://herald.example/news/fire")
    other = watch(archive, "https://other.example/a", source="Other")
    grow(archive, first, 3)
    grow(archive, second, 1)
    grow(archive, other, 2)
    found = [check for each in (first, second) for check in list_checks(archive, each.id)]
    changed = sorted(check.at for check in found if check.outcome is CheckOutcome.CHANGED)
    everything = source_activity(archive, "Herald", minutes(-1), minutes(10_000))
    assert everything == Activity(seen=1, changed=1, changes=2), "a first version is no change"
    assert source_activity(archive, "Herald", changed[0], changed[-1]) == Activity(1, 1, 1), (
        "after the one, not after the other"
    )
    assert source_activity(archive, "nobody", minutes(-1), minutes(10_000)) == Activity()


def test_what_a_storm_holds_is_put_off_and_let_go(archive: Archive) -> None:
    watch(archive, URL)
    waiting = [replace(alert(key), batch=HELD, due_at=minutes(30)) for key in ("a", "b")]
    other = replace(alert("c"), batch=Batch("every|storm|herald", storm="herald"), due_at=minutes(30))
    enqueue_alerts(archive, [*waiting, other, alert("d")], NOW)
    assert reschedule_storm(archive, "Herald", minutes(60)) == 2
    assert [each.key for each in claim_batch(archive, minutes(31), 7200)] == ["c"]
    assert claim_batch(archive, minutes(59), 1) == []
    assert reschedule_storm(archive, "Herald", minutes(5)) == 2
    assert [each.key for each in claim_batch(archive, minutes(5), 60)] == ["a", "b"]
    assert reschedule_storm(archive, "nobody", NOW) == 0


TIP = Line("00000000000000aa", "Do you know more?")
SIGN_UP = Line("00000000000000bb", "Sign up")
HOUSE = Habit(HabitKind.HOUSE, TIP.key, TIP.sample, 4, NOW)
TICKER = Habit(HabitKind.VOLATILE, "00000000000000cc", "12 readers", 1, minutes(3))


def test_lines_are_counted_once_an_article_and_none_where_nobody_has_read(archive: Archive) -> None:
    assert list_habits(archive, "Herald") == []
    assert count_lines(archive, "Herald", [TIP.key]) == LineCounts()
    for place, source in enumerate(["Herald", "Herald", "Courier"]):
        tracked = watch(archive, f"https://{source}.example/{place}", source=source)
        lines = (TIP, SIGN_UP) if place == 0 else (TIP,)
        commit_check(archive, replace(intent(tracked, 1, minutes(place)), lines=lines))
    counts = count_lines(archive, "Herald", [TIP.key, SIGN_UP.key, "00000000000000ff"])
    assert counts.articles == 2
    assert dict(counts.lines) == {TIP.key: 2, SIGN_UP.key: 1}
    assert count_lines(archive, "Courier", [TIP.key]) == LineCounts(1, ((TIP.key, 1),))
    assert count_lines(archive, "Herald", ["00000000000000ff"]) == LineCounts(), "nothing to compare with"


def test_what_was_learned_stays_as_it_was_learned(archive: Archive, tracked: WatchedArticle) -> None:
    commit_check(archive, replace(intent(tracked, 1, minutes(1)), habits=(HOUSE,)))
    later = replace(HOUSE, articles=9, learned_at=minutes(5))
    fresh = get_article(archive, tracked.id)
    commit_check(archive, replace(intent(fresh, 2, minutes(2)), habits=(later, TICKER)))
    assert list_habits(archive, "Herald") == [HOUSE, TICKER]
    assert list_habits(archive, "Courier") == []


def test_a_refused_decision_teaches_nothing(archive: Archive, tracked: WatchedArticle) -> None:
    refused = replace(intent(tracked, 1, minutes(1)), expected_versions=7, lines=(TIP,), habits=(HOUSE,))
    assert commit_check(archive, refused).stale
    assert list_habits(archive, "Herald") == []
    assert count_lines(archive, "Herald", [TIP.key]) == LineCounts()


HOSTS = ("https://herald.example/a", "https://m.herald.example/b")
READING_SECONDS = 0.3


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let some time pass after each reading; set once the first is made."""
    event = Event()

    def slow(function: Callable[..., Any]) -> Callable[..., Any]:
        def slowly(*args: Any) -> Any:
            found = function(*args)
            event.set()
            time.sleep(READING_SECONDS)
            return found

        return slowly

    for name in ("get_layout", "get_storm", "source_activity"):
        monkeypatch.setattr(settle_module, name, slow(getattr(settle_module, name)))
    return event


def changed(archive: Archive, url: str) -> tuple[WatchedArticle, Intent]:
    """Return an article, and the decision to keep an edit of it and to tell of it."""
    tracked = watch(archive, url)
    grow(archive, tracked, 1)
    return tracked, intent(tracked, 2, minutes(2), alerts=(alert(url, article=tracked.id, version=2),))


def at_once(open_again: Callable[[], Archive], *decided: tuple[WatchedArticle, Intent]) -> list[CheckReport]:
    """Settle each in a thread with an archive of its own, all at the same time."""
    start = Barrier(len(decided))

    def one(made: tuple[WatchedArticle, Intent]) -> CheckReport:
        with open_again() as archive:
            start.wait(PATIENCE)
            return settle(archive, *made, len(decided))

    with ThreadPoolExecutor(len(decided)) as pool:
        return list(pool.map(one, decided))


@pytest.mark.usefixtures("read")
def test_each_host_s_article_counts_for_a_change_of_layout(archive: Archive, open_again: Callable[[], Archive]) -> None:
    tracked = [watch(archive, url) for url in HOSTS]
    known = Layout("Herald", minutes(1), minutes(1), tuple(f"{n}" for n in range(MIN_MOVED_ARTICLES - 2)))
    save_layout(archive, known)
    moved = [look(each, 0, minutes(2), CheckOutcome.UNCHANGED) for each in tracked]
    moved = [replace(each, check=replace(each.check, remark=Remark.LAYOUT)) for each in moved]
    decided = zip(tracked, moved, strict=True)
    told = [each.layout for each in at_once(open_again, *decided) if each.layout]
    assert len(told) == 1, "the second article makes it sure"
    assert set(told[0].articles) == {*known.articles, *(each.id for each in tracked)}


@pytest.mark.usefixtures("read")
def test_each_host_s_edit_counts_for_a_storm(archive: Archive, open_again: Callable[[], Archive]) -> None:
    settled = at_once(open_again, *(changed(archive, url) for url in HOSTS))
    assert [each.storm.changed for each in settled if each.storm] == [2], "the second edit makes it a storm"
    assert [each.intent.alerts[0].batch for each in settled if each.intent.alerts[0].batch] == [
        Batch("all edits|storm|Herald", storm="Herald")
    ]
    assert list_storms(archive)["Herald"].changed == 2


def test_a_release_while_an_edit_is_settled_is_not_undone(archive: Archive, open_again, read: Event) -> None:
    first, second = (changed(archive, url) for url in HOSTS)
    settle(archive, *first, 1)
    read.clear()
    with ThreadPoolExecutor(1) as pool, open_again() as other:
        settling = pool.submit(settle, other, *second, 1)
        assert read.wait(PATIENCE)
        release_storm(archive, "Herald", minutes(3))
        settling.result()
    assert list_storms(archive)["Herald"].spared == minutes(3) + settle_module.MAX_HOLD
    going = claim_deliveries(archive, minutes(3), 60) + claim_batch(archive, minutes(3), 60)
    assert {each.article for each in going} == {article.id for article, _ in (first, second)}
