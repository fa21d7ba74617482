"""What every Store does with checks, versions and their evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import NOW, URL, alert, capture, change, content, grow, intent, look, minutes, watch
from tracker.errors import ArchiveError, NotKnown
from tracker.model import (
    ArticleState,
    Change,
    Check,
    CheckOutcome,
    Committed,
    HostState,
    LabelKind,
    NewVersion,
    Target,
    Version,
    VersionQuery,
)
from tracker.urls import article_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.ports import Store


class TestCommit:
    def test_the_first_version(self, store: Store, make_store: Callable[[], Store]) -> None:
        tracked = watch(store, stories=("Floods",))
        assert store.commit(intent(tracked, 1, minutes(1))) == Committed(version=1)
        expected = Version(
            article=tracked.id,
            n=1,
            url=URL,
            seen=minutes(1),
            content=content(1),
            extractor="0",
            capture_sha256=capture(1).sha256,
            signature="article.body",
            source="Herald",
            stories=("Floods",),
        )
        again = make_store()
        assert again.latest(tracked.id) == expected
        assert again.version(tracked.id, 1) == expected
        assert list(again.versions(VersionQuery())) == [expected]
        assert again.capture(tracked.id, 1) == capture(1, minutes(1))
        after = again.article(tracked.id)
        assert (after.versions, after.checks, after.title) == (1, 1, "River floods 1 streets")
        assert (after.last_check_at, after.last_seen_at, after.last_change_at) == (minutes(1),) * 3
        assert (after.next_check_at, after.etag, after.signature) == (minutes(61), '"1"', "article.body")
        assert after.last_modified == "Wed, 25 Nov 2026 09:00:00 GMT"

    def test_later_versions_say_when_the_one_before_was_last_seen(self, store: Store) -> None:
        tracked = watch(store)
        store.commit(intent(tracked, 1, minutes(1)))
        store.commit(look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED))
        store.commit(look(tracked, 1, minutes(3), CheckOutcome.NOT_MODIFIED))
        store.commit(look(tracked, 1, minutes(4), CheckOutcome.FAILED, failures=1))
        store.commit(intent(tracked, 2, minutes(5)))
        store.commit(intent(tracked, 3, minutes(6)))
        first, second, third = store.versions(VersionQuery(reverse=True))
        assert (first.previous_seen, second.previous_seen, third.previous_seen) == (None, minutes(3), minutes(5))
        assert second.change == change(2)
        assert third.content == content(3)

    def test_a_decision_on_an_older_state_is_refused(self, store: Store) -> None:
        tracked = watch(store)
        store.commit(intent(tracked, 1, minutes(1)))
        before = store.article(tracked.id)
        late = intent(tracked, 1, minutes(2), alerts=(alert("k"),), aliases=(URL + "/alias",))
        assert store.commit(late) == Committed(stale=True)
        assert store.article(tracked.id) == before
        assert store.counts().versions == store.counts().checks == 1
        assert store.deliveries() == []
        with pytest.raises(NotKnown):
            store.article(URL + "/alias")

    def test_all_or_nothing(self, store: Store) -> None:
        tracked = watch(store)
        new = intent(tracked, 1, minutes(1))
        assert new.version is not None
        wrong = replace(new.version, capture=replace(new.version.capture, body=b"other bytes"))
        with pytest.raises(ArchiveError, match="does not match its hash"):
            store.commit(
                replace(new, version=wrong, alerts=(alert("k"),), host=HostState("herald.example", failures=2))
            )
        assert store.article(tracked.id) == tracked
        assert store.latest(tracked.id) is None
        assert store.checks(tracked.id) == []
        assert store.deliveries() == []
        assert store.host("herald.example") == HostState("herald.example")

    def test_what_is_not_known(self, store: Store) -> None:
        tracked = watch(store)
        with pytest.raises(NotKnown):
            store.commit(replace(intent(tracked, 1, NOW), article="0123456789ab"))

    def test_host_aliases_and_alerts_go_with_it(self, store: Store) -> None:
        tracked, other = watch(store), watch(store, URL + "/other")
        host = HostState("herald.example", not_before=minutes(2), latency=0.5)
        moved = "https://www.herald.example/2026/flood"
        new = intent(
            tracked,
            1,
            minutes(1),
            host=host,
            aliases=(moved, other.url, "mailto:desk@herald.example"),
            alerts=(alert("k1", article=tracked.id), alert("k2", article=tracked.id), alert("k1", article=tracked.id)),
        )
        assert store.commit(new) == Committed(version=1, alerts=2)
        assert store.host("herald.example") == host
        assert store.article(moved).id == tracked.id
        assert store.article(other.url).id == other.id
        assert [each.key for each in store.deliveries()] == ["k2", "k1"]
        assert all(each.created_at == each.due_at == minutes(1) for each in store.deliveries())
        assert store.commit(intent(tracked, 2, minutes(2), alerts=(alert("k1"),))).alerts == 0

    def test_an_article_paused_meanwhile_stays_paused(self, store: Store) -> None:
        tracked = watch(store)
        store.set_state(tracked.id, ArticleState.PAUSED)
        store.commit(intent(tracked, 1, minutes(1)))
        assert store.article(tracked.id).state is ArticleState.PAUSED

    def test_checks_are_counted_and_listed_newest_first(self, store: Store) -> None:
        tracked = watch(store)
        outcomes = [
            CheckOutcome.FAILED,
            CheckOutcome.REFUSED,
            CheckOutcome.GONE,
            CheckOutcome.UNCHANGED,
            CheckOutcome.NOT_MODIFIED,
        ]
        for place, outcome in enumerate(outcomes):
            store.commit(look(tracked, 0, minutes(place), outcome, failures=place, signature="s"))
        checks = store.checks(tracked.id)
        assert [each.outcome for each in checks] == outcomes[::-1]
        assert checks[0] == Check(tracked.id, minutes(4), CheckOutcome.NOT_MODIFIED, "as it was", 304)
        assert store.checks(tracked.id, limit=2) == checks[:2]
        after = store.article(tracked.id)
        assert (after.checks, after.failures, after.versions, after.signature) == (5, 4, 0, "s")
        assert store.counts().checks == 5
        assert store.checks("0123456789ab") == []

    def test_times_are_kept_to_the_millisecond(self, store: Store) -> None:
        at = minutes(1) + timedelta(microseconds=1999)
        tracked = watch(store)
        store.commit(intent(tracked, 1, at))
        latest = store.latest(tracked.id)
        assert latest is not None
        assert latest.seen == store.capture(tracked.id, 1).fetched_at == minutes(1) + timedelta(milliseconds=1)

    def test_text_that_a_database_cannot_keep(self, store: Store) -> None:
        odd = "a\0b\ud800c\U0001f30a"
        tracked = watch(store, title=odd)
        assert tracked.feed_title == "a\ufffdb\ufffdc\U0001f30a"
        new = intent(tracked, 1, minutes(1))
        assert new.version is not None
        strange = replace(new.version, content=replace(new.version.content, title=odd))
        store.commit(replace(new, version=strange, check=replace(new.check, detail=odd)))
        assert store.article(tracked.id).title == "a\ufffdb\ufffdc\U0001f30a"
        assert store.checks(tracked.id)[0].detail == "a\ufffdb\ufffdc\U0001f30a"
        latest = store.latest(tracked.id)
        assert latest is not None
        # The version itself keeps every character: its identity hangs on them.
        assert latest.content == strange.content
        assert store.seen_before(tracked.id, strange.content.sha256) == 1


class TestReading:
    def test_many_versions_read_back_as_they_were(self, store: Store) -> None:
        tracked = watch(store)
        grow(store, tracked, 20)
        for n in (1, 2, 3, 7, 8, 16, 20):
            assert store.version(tracked.id, n).content == content(n)
            assert store.version(tracked.id, n).change == (change(n) if n > 1 else None)
            assert store.capture(tracked.id, n) == capture(n, minutes(n))

    def test_an_article_by_id_prefix_or_address(self, store: Store) -> None:
        tracked = watch(store)
        assert tracked.id == article_id(URL)
        for name in (tracked.id, tracked.id[:3], f" {URL} ", "http://herald.example/news/flood?utm_source=x"):
            assert store.article(name).id == tracked.id
        assert store.article("herald.example/news/flood").id == tracked.id

    def test_a_prefix_that_is_too_short_or_fits_several(self, store: Store) -> None:
        new = store.add_targets("Herald", [Target(f"{URL}/x{n}") for n in range(700)], NOW)
        starts: dict[str, list[str]] = {}
        for each in new:
            starts.setdefault(each.id[:3], []).append(each.id)
        prefix, twins = next((start, ids) for start, ids in starts.items() if 2 <= len(ids) <= 4)
        with pytest.raises(NotKnown) as caught:
            store.article(prefix)
        assert all(ident in caught.value.hint for ident in twins)
        with pytest.raises(NotKnown, match="at least 3"):
            store.article(prefix[:2])

    def test_an_article_that_is_not_there(self, store: Store) -> None:
        tracked = watch(store)
        wrong = tracked.id[:-1] + ("0" if tracked.id[-1] != "0" else "1")
        with pytest.raises(NotKnown) as caught:
            store.article(wrong)
        assert tracked.id in caught.value.hint
        for name in ("https://herald.example/else", "nonsense", "", "12345", "xyz.example/a"):
            with pytest.raises(NotKnown):
                store.article(name)

    def test_a_version_that_is_not_there(self, store: Store) -> None:
        tracked = watch(store)
        assert store.latest(tracked.id) is None
        with pytest.raises(NotKnown, match="no such version"):
            store.version(tracked.id, 1)
        grow(store, tracked, 2)
        with pytest.raises(NotKnown) as caught:
            store.version(tracked.id, 3)
        assert caught.value.hint == "it has versions 1 to 2"
        with pytest.raises(NotKnown):
            store.capture(tracked.id, 3)
        with pytest.raises(NotKnown, match="no such article"):
            store.capture("0123456789ab", 1)
        assert store.latest("0123456789ab") is None

    def test_seen_before_names_the_newest_such_version(self, store: Store) -> None:
        tracked = watch(store)
        grow(store, tracked, 2)
        assert store.seen_before(tracked.id, content(1).sha256) == 1
        assert store.seen_before(tracked.id, content(9).sha256) is None
        back = intent(tracked, 3, minutes(3))
        assert back.version is not None
        store.commit(replace(back, version=replace(back.version, content=content(1))))
        assert store.seen_before(tracked.id, content(1).sha256) == 3
        assert store.seen_before("0123456789ab", content(1).sha256) is None

    def test_at_a_glance(self, store: Store) -> None:
        tracked = watch(store)
        store.commit(intent(tracked, 1, minutes(1)))
        store.commit(intent(tracked, 2, minutes(2), kinds=(LabelKind.NUMBER, LabelKind.HEADLINE)))
        glances = store.glance(VersionQuery(limit=50))
        for glance, kept in zip(glances, store.versions(VersionQuery()), strict=True):
            led = kept.change or Change()
            assert (glance.article, glance.n, glance.url) == (kept.article, kept.n, kept.url)
            assert (glance.seen, glance.previous_seen, glance.source) == (kept.seen, kept.previous_seen, kept.source)
            assert (glance.sha256, glance.words) == (kept.content.sha256, led.words_added + led.words_removed)
            assert (glance.significance, glance.announced) == (led.significance, led.announced)
            assert glance.kinds == tuple(label.kind for label in led.labels)
            assert (glance.title, glance.removed) == (content(2).title, "")
        assert glances[0].kinds == (LabelKind.NUMBER, LabelKind.HEADLINE)
        assert store.glance(VersionQuery(limit=0)) == []

    def test_asking_for_some_versions(self, store: Store) -> None:
        first, second = watch(store, stories=("Floods",)), watch(store, URL + "/2", source="Post")
        store.commit(intent(first, 1, minutes(1)))
        store.commit(intent(second, 1, minutes(2)))
        store.commit(intent(first, 2, minutes(3), kinds=(LabelKind.NUMBER, LabelKind.HEADLINE)))
        big = NewVersion(content(2), capture(2, minutes(4)), "0", "", replace(change(2, LabelKind.MOVE), blocks=()))
        store.commit(intent(second, 2, minutes(4), version=big))

        def ask(**query: object) -> list[tuple[str, int]]:
            asked = VersionQuery(**query)  # type: ignore[arg-type] # fields by name
            found = [(each.article, each.n) for each in store.versions(asked)]
            assert [(each.article, each.n) for each in store.glance(asked)] == found
            return found

        f1, s1, f2, s2 = (first.id, 1), (second.id, 1), (first.id, 2), (second.id, 2)
        assert ask() == [s2, f2, s1, f1]
        assert ask(reverse=True) == [f1, s1, f2, s2]
        assert ask(article=first.id) == [f2, f1]
        assert ask(source="Post") == [s2, s1]
        assert ask(story="Floods", reverse=True) == [f1, f2]
        assert ask(kinds=(LabelKind.HEADLINE,)) == [f2]
        assert ask(kinds=(LabelKind.HEADLINE, LabelKind.MOVE)) == [s2, f2]
        assert ask(since=minutes(2), until=minutes(4)) == [f2, s1]
        assert ask(min_words=3) == [f2]
        assert ask(changes_only=True) == [s2, f2]
        assert ask(limit=1) == [s2]
        assert ask(limit=0) == []
        assert ask(story="Nothing") == []

    def test_long_lists_stream_in_order(self, store: Store) -> None:
        tracked = watch(store)
        grow(store, tracked, 7)
        for each in store.add_targets("Herald", [Target(f"{URL}/x{n}") for n in range(110)], NOW):
            store.commit(intent(each, 1, minutes(8)))
        seen = list(store.versions(VersionQuery()))
        assert len({(each.article, each.n) for each in seen}) == len(seen) == 117
        assert [each.n for each in seen[-7:]] == [7, 6, 5, 4, 3, 2, 1]
        assert list(store.versions(VersionQuery(reverse=True))) == seen[::-1]
        assert list(store.versions(VersionQuery(limit=105))) == seen[:105]

    def test_reading_while_writing(self, store: Store) -> None:
        tracked = watch(store)
        grow(store, tracked, 3)
        for each in store.versions(VersionQuery(article=tracked.id)):
            assert store.capture(each.article, each.n).sha256 == each.capture_sha256
            store.save_host(HostState("herald.example", failures=each.n))

    def test_counts(self, store: Store) -> None:
        assert store.counts().articles == store.counts().versions == store.counts().checks == 0
        assert store.counts().oldest_pending_at is None
        tracked = watch(store)
        store.commit(intent(tracked, 1, minutes(1), alerts=(alert("a"), alert("b"), alert("c"))))
        store.commit(look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED))
        waiting = store.deliveries()
        store.delivered(waiting[0].id, minutes(2))
        store.bury(waiting[1].id, "no")
        found = store.counts()
        assert (found.articles, found.versions, found.captures, found.checks) == (1, 1, 1, 2)
        assert (found.pending_alerts, found.delivered_alerts, found.dead_alerts) == (1, 1, 1)
        assert found.oldest_pending_at == minutes(1)
        assert found.bytes > 0

    def test_closing_twice(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        store.close()
        store.close()
