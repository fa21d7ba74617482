from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import (
    NOW,
    URL,
    alert,
    article_id,
    capture,
    change,
    content,
    grow,
    intent,
    look,
    minutes,
    watch,
)
from tests.archives import counted_anew, temporary_archive
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.captures import get_capture
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check
from tracker.archive.outbox import bury_delivery, list_deliveries, mark_delivered
from tracker.archive.readings import save_readings
from tracker.archive.sources import get_host, list_sources, rename_source, save_host
from tracker.archive.state import count_all
from tracker.archive.summaries import list_summaries, page_of_summaries
from tracker.archive.takedowns import prune_pages, take_down
from tracker.archive.verdicts import list_verdicts, save_verdict, verdicts_by_version
from tracker.archive.versions import count_changes, count_versions, get_version, iter_versions, latest_version
from tracker.errors import ArchiveError, NotKnown, UsageError
from tracker.model.capture import HostState
from tracker.model.change import Change, LabelKind, Verdict, Weight
from tracker.model.source import Target
from tracker.model.version import NewVersion, Reread, Rereading, UpdatedChange, Version, VersionQuery
from tracker.model.watch import ArticleState, Check, CheckOutcome, Committed, WatchedArticle


class TestCommit:
    def test_the_first_version(self, archive: Archive, open_again: Callable[[], Archive]) -> None:
        tracked = watch(archive, stories=("Floods",))
        assert commit_check(archive, intent(tracked, 1, minutes(1))) == Committed(version=1)
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
        again = open_again()
        assert latest_version(again, tracked.id) == expected
        assert get_version(again, tracked.id, 1) == expected
        assert list(iter_versions(again, VersionQuery())) == [expected]
        assert get_capture(again, tracked.id, 1) == capture(1, minutes(1))
        after = get_article(again, tracked.id)
        assert (after.versions, after.checks, after.title) == (1, 1, "River floods 1 streets")
        assert (after.last_check_at, after.last_seen_at, after.last_change_at) == (minutes(1),) * 3
        assert (after.next_check_at, after.etag, after.signature) == (minutes(61), '"1"', "article.body")
        assert after.last_modified == "Wed, 25 Nov 2026 09:00:00 GMT"

    def test_later_versions_say_when_the_one_before_was_last_seen(
        self, archive: Archive, tracked: WatchedArticle
    ) -> None:
        commit_check(archive, intent(tracked, 1, minutes(1)))
        commit_check(archive, look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED))
        commit_check(archive, look(tracked, 1, minutes(3), CheckOutcome.NOT_MODIFIED))
        commit_check(archive, look(tracked, 1, minutes(4), CheckOutcome.FAILED, failures=1))
        commit_check(archive, intent(tracked, 2, minutes(5)))
        commit_check(archive, intent(tracked, 3, minutes(6)))
        first, second, third = iter_versions(archive, VersionQuery(reverse=True))
        assert (first.previous_seen, second.previous_seen, third.previous_seen) == (None, minutes(3), minutes(5))
        assert second.change == change(2)
        assert third.content == content(3)

    def test_a_decision_on_an_older_state_is_refused(self, archive: Archive, tracked: WatchedArticle) -> None:
        commit_check(archive, intent(tracked, 1, minutes(1)))
        before = get_article(archive, tracked.id)
        late = intent(tracked, 1, minutes(2), alerts=(alert("k"),), aliases=(URL + "/alias",))
        assert commit_check(archive, late) == Committed(stale=True)
        assert get_article(archive, tracked.id) == before
        assert count_all(archive).versions == count_all(archive).checks == 1
        assert list_deliveries(archive) == []
        with pytest.raises(NotKnown):
            get_article(archive, URL + "/alias")

    def test_all_or_nothing(self, archive: Archive, tracked: WatchedArticle) -> None:
        wrong = replace(capture(), body=b"other bytes")
        host = HostState("herald.example", failures=2)
        with pytest.raises(ArchiveError, match="does not match its hash"):
            commit_check(archive, intent(tracked, 1, minutes(1), capture=wrong, alerts=(alert("k"),), host=host))
        assert get_article(archive, tracked.id) == tracked
        assert latest_version(archive, tracked.id) is None
        assert list_checks(archive, tracked.id) == []
        assert list_deliveries(archive) == []
        assert get_host(archive, "herald.example") == HostState("herald.example")

    def test_an_article_paused_meanwhile_stays_paused_and_an_unknown_one_is_refused(
        self, archive: Archive, tracked: WatchedArticle
    ) -> None:
        with pytest.raises(NotKnown):
            commit_check(archive, replace(intent(tracked, 1, NOW), article="0123456789ab"))
        set_article_state(archive, tracked.id, ArticleState.PAUSED, minutes(69))
        commit_check(archive, intent(tracked, 1, minutes(1)))
        assert get_article(archive, tracked.id).state is ArticleState.PAUSED

    def test_host_aliases_and_alerts_go_with_it(self, archive: Archive) -> None:
        tracked, other = watch(archive), watch(archive, URL + "/other")
        host = HostState("herald.example", not_before=minutes(2))
        moved = URL.rpartition("/")[0] + "/flood-of-2026"
        new = intent(
            tracked,
            1,
            minutes(1),
            host=host,
            aliases=(moved, other.url, "mailto:desk@herald.example"),
            alerts=(alert("k1", article=tracked.id), alert("k2", article=tracked.id), alert("k1", article=tracked.id)),
        )
        assert commit_check(archive, new) == Committed(version=1, alerts=2)
        assert get_host(archive, "herald.example") == host
        assert get_article(archive, moved).id == tracked.id
        assert get_article(archive, other.url).id == other.id
        assert [each.key for each in list_deliveries(archive)] == ["k2", "k1"]
        assert all(each.created_at == each.due_at == minutes(1) for each in list_deliveries(archive))
        assert commit_check(archive, intent(tracked, 2, minutes(2), alerts=(alert("k1"),))).alerts == 0

    def test_checks_are_counted_and_listed_newest_first(self, archive: Archive, tracked: WatchedArticle) -> None:
        outcomes = [CheckOutcome(each) for each in ("failed", "refused", "gone", "unchanged", "not-modified")]
        for place, outcome in enumerate(outcomes):
            commit_check(archive, look(tracked, 0, minutes(place), outcome, failures=place, signature="s"))
        checks = list_checks(archive, tracked.id)
        assert [each.outcome for each in checks] == outcomes[::-1]
        assert checks[0] == Check(tracked.id, minutes(4), CheckOutcome.NOT_MODIFIED, "as it was", 304)
        assert list_checks(archive, tracked.id, limit=2) == checks[:2]
        after = get_article(archive, tracked.id)
        assert (after.checks, after.failures, after.versions, after.signature) == (5, 4, 0, "s")
        assert count_all(archive).checks == 5
        assert list_checks(archive, "0123456789ab") == []

    def test_times_are_kept_to_the_millisecond(self, archive: Archive) -> None:
        at = minutes(1) + timedelta(microseconds=1999)
        tracked = watch(archive)
        commit_check(archive, intent(tracked, 1, at))
        latest = latest_version(archive, tracked.id)
        assert latest is not None
        assert latest.seen == get_capture(archive, tracked.id, 1).fetched_at == minutes(1) + timedelta(milliseconds=1)

    def test_text_that_a_database_cannot_keep(self, archive: Archive) -> None:
        odd = "a\0b\ud800c\U0001f30a"
        tracked = watch(archive, title=odd)
        assert tracked.feed_title == "a\ufffdb\ufffdc\U0001f30a"
        strange = replace(content(), title=odd)
        new = intent(tracked, 1, minutes(1), content=strange)
        commit_check(archive, replace(new, check=replace(new.check, detail=odd)))
        assert get_article(archive, tracked.id).title == "a\ufffdb\ufffdc\U0001f30a"
        assert list_checks(archive, tracked.id)[0].detail == "a\ufffdb\ufffdc\U0001f30a"
        latest = latest_version(archive, tracked.id)
        assert latest is not None
        # The version itself keeps every character: its identity hangs on them.
        assert latest.content == strange


class TestReading:
    def test_an_article_is_found_by_id_prefix_or_address_and_named_where_it_is_not(
        self, archive: Archive, tracked: WatchedArticle
    ) -> None:
        assert tracked.id == article_id(URL)
        for name in (tracked.id, tracked.id[:3], f" {URL} ", "http://herald.example/news/flood?utm_source=x"):
            assert get_article(archive, name).id == tracked.id
        assert get_article(archive, "herald.example/news/flood").id == tracked.id
        wrong = tracked.id[:-1] + ("0" if tracked.id[-1] != "0" else "1")
        with pytest.raises(NotKnown) as caught:
            get_article(archive, wrong)
        assert tracked.id in caught.value.hint
        for name in ("https://herald.example/else", "nonsense", "", "12345", "xyz.example/a"):
            with pytest.raises(NotKnown):
                get_article(archive, name)

    def test_a_prefix_that_is_too_short_or_fits_several(self, archive: Archive) -> None:
        new = add_targets(archive, "Herald", [Target(f"{URL}/x{n}") for n in range(700)], NOW)
        starts: dict[str, list[str]] = {}
        for each in new:
            starts.setdefault(each.id[:3], []).append(each.id)
        prefix, twins = next((start, ids) for start, ids in starts.items() if 2 <= len(ids) <= 4)
        with pytest.raises(NotKnown) as caught:
            get_article(archive, prefix)
        assert all(ident in caught.value.hint for ident in twins)
        with pytest.raises(NotKnown, match="at least 3"):
            get_article(archive, prefix[:2])

    def test_a_version_that_is_not_there(self, archive: Archive, tracked: WatchedArticle) -> None:
        assert latest_version(archive, tracked.id) is None
        with pytest.raises(NotKnown, match="no such version"):
            get_version(archive, tracked.id, 1)
        for n, hint in ((1, "there is only v1"), (2, "versions are v1 to v2")):
            commit_check(archive, intent(tracked, n, minutes(n)))
            with pytest.raises(NotKnown) as caught:
                get_version(archive, tracked.id, 3)
            assert caught.value.hint == hint
        with pytest.raises(NotKnown):
            get_capture(archive, tracked.id, 3)
        with pytest.raises(NotKnown, match="no such article"):
            get_capture(archive, "0123456789ab", 1)
        assert latest_version(archive, "0123456789ab") is None

    def test_at_a_glance(self, archive: Archive, tracked: WatchedArticle) -> None:
        commit_check(archive, intent(tracked, 1, minutes(1)))
        kinds = (LabelKind.NUMBER, LabelKind.HEADLINE, LabelKind.NUMBER)
        commit_check(archive, intent(tracked, 2, minutes(2), kinds=kinds))
        glances = list_summaries(archive, VersionQuery(limit=50))
        for glance, kept in zip(glances, iter_versions(archive, VersionQuery()), strict=True):
            led = kept.change or Change()
            assert (glance.article, glance.n, glance.url) == (kept.article, kept.n, kept.url)
            assert (glance.seen, glance.previous_seen, glance.source) == (kept.seen, kept.previous_seen, kept.source)
            assert (glance.sha256, glance.words) == (kept.content.sha256, led.words_added + led.words_removed)
            assert (glance.significance, glance.announced) == (led.significance, led.announced)
            assert glance.kinds == tuple(dict.fromkeys(label.kind for label in led.labels))
            assert (glance.title, glance.removed) == (content(2).title, "")
        assert glances[0].kinds == (LabelKind.NUMBER, LabelKind.HEADLINE)
        assert list_summaries(archive, VersionQuery(limit=0)) == []

    def test_asking_for_some_versions(self, archive: Archive) -> None:
        first, second = watch(archive, stories=("Floods",)), watch(archive, URL + "/2", source="Post")
        commit_check(archive, intent(first, 1, minutes(1)))
        commit_check(archive, intent(second, 1, minutes(2)))
        commit_check(archive, intent(first, 2, minutes(3), kinds=(LabelKind.NUMBER, LabelKind.HEADLINE)))
        big = NewVersion(content(2), capture(2, minutes(4)), "0", "", replace(change(2, LabelKind.MOVE), blocks=()))
        commit_check(archive, intent(second, 2, minutes(4), version=big))

        def ask(**query: object) -> list[tuple[str, int]]:
            asked = VersionQuery(**query)  # type: ignore[arg-type] # fields by name
            found = [(each.article, each.n) for each in iter_versions(archive, asked)]
            assert [(each.article, each.n) for each in list_summaries(archive, asked)] == found
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

    def test_long_lists_stream_in_order(self, archive: Archive, tracked: WatchedArticle) -> None:
        grow(archive, tracked, 7)
        for each in add_targets(archive, "Herald", [Target(f"{URL}/x{n}") for n in range(110)], NOW):
            commit_check(archive, intent(each, 1, minutes(8)))
        seen = list(iter_versions(archive, VersionQuery()))
        assert len({(each.article, each.n) for each in seen}) == len(seen) == 117
        assert [each.n for each in seen[-7:]] == [7, 6, 5, 4, 3, 2, 1]
        assert list(iter_versions(archive, VersionQuery(reverse=True))) == seen[::-1]
        assert list(iter_versions(archive, VersionQuery(limit=105))) == seen[:105]

    def test_reading_while_writing(self, archive: Archive, tracked: WatchedArticle) -> None:
        grow(archive, tracked, 3)
        for each in iter_versions(archive, VersionQuery(article=tracked.id)):
            assert get_capture(archive, each.article, each.n).sha256 == each.capture_sha256
            save_host(archive, HostState("herald.example", failures=each.n))
        assert get_host(archive, "herald.example").failures == 1, "the oldest version comes last"

    def test_counts(self, archive: Archive) -> None:
        assert count_all(archive).articles == count_all(archive).versions == count_all(archive).checks == 0
        assert count_all(archive).oldest_pending_at is None
        tracked = watch(archive)
        commit_check(archive, intent(tracked, 1, minutes(1), alerts=(alert("a"), alert("b"), alert("c"))))
        commit_check(archive, look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED))
        waiting = list_deliveries(archive)
        mark_delivered(archive, [waiting[0].id], minutes(2))
        bury_delivery(archive, waiting[1].id, "no")
        found = count_all(archive)
        assert (found.articles, found.versions, found.captures, found.checks) == (1, 1, 1, 2)
        assert (found.pending_alerts, found.delivered_alerts, found.dead_alerts) == (1, 1, 1)
        assert found.oldest_pending_at == minutes(1)
        assert found.bytes > 0

    def test_closing_twice(self, open_again: Callable[[], Archive]) -> None:
        archive = open_again()
        archive.close()
        archive.close()


def verdict(article: str, **changes: Any) -> Verdict:
    said = Verdict(article, 2, minutes(5), "ada", Weight.SIGNIFICANT, (LabelKind.NUMBER,), note="100% sure")
    return replace(said, **changes)


def test_verdicts_are_stored_and_found(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 3)
    one = verdict(tracked.id, labels=(LabelKind.NAME, LabelKind.QUOTE), link="https://x.example/")
    other = verdict(tracked.id, version=3, at=minutes(6), weight=None, labels=(), note="")
    assert save_verdict(store, one)
    assert save_verdict(store, other)
    assert list_verdicts(store) == [other, one]
    assert list_verdicts(store, tracked.id) == [other, one]
    assert list_verdicts(store, find="100% SURE") == [one]
    assert list_verdicts(store, find="1001") == list_verdicts(store, find="100_") == []
    assert list_verdicts(store, find="river FLOODS", limit=1) == [other]
    judged = verdict(tracked.id, at=minutes(7), note="Die Ärzte bestätigten es.")
    assert save_verdict(store, judged)
    assert list_verdicts(store, find="Ärzte") == list_verdicts(store, find="ärzte BESTÄTIGTEN") == [judged]


def test_verdicts_are_listed_by_version(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 3)
    one = verdict(tracked.id, labels=(LabelKind.NAME, LabelKind.QUOTE))
    other = verdict(tracked.id, version=3, at=minutes(6))
    assert save_verdict(store, one)
    assert save_verdict(store, other)
    assert verdicts_by_version(store) == {(tracked.id, 2): [one], (tracked.id, 3): [other]}
    assert (one.wrong, one.missing) == ((LabelKind.NUMBER,), (LabelKind.NAME, LabelKind.QUOTE))


def test_versions_are_selected_by_the_newest_verdict_page_by_page(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 8)
    added = (LabelKind.NUMBER, LabelKind.NOT_NOTED)
    for each in (
        verdict(tracked.id, version=2, labels=(LabelKind.NUMBER,)),
        verdict(tracked.id, version=3, labels=(LabelKind.NUMBER,)),
        verdict(tracked.id, version=3, at=minutes(9), weight=Weight.ROUTINE, labels=()),
        # Stored last, as an import may be, and given first.
        verdict(tracked.id, version=3, at=minutes(4), labels=(LabelKind.NUMBER,)),
        verdict(tracked.id, version=4, labels=added),
        verdict(tracked.id, version=6, labels=added),
        verdict(tracked.id, version=6, at=minutes(8), weight=Weight.ROUTINE),
        verdict(tracked.id, version=7, weight=None),
    ):
        assert save_verdict(store, each)

    def found(word: str, *kinds: LabelKind) -> list[int]:
        query = VersionQuery(verdict=word, kinds=kinds, changes_only=True)
        page = page_of_summaries(store, query, size=1)
        listed = list(page.summaries)
        while page.after:
            page = page_of_summaries(store, query, page.after, size=1)
            listed += page.summaries
        assert listed == list_summaries(store, query)
        numbers = [each.n for each in listed]
        assert numbers == [each.n for each in iter_versions(store, query)]
        assert count_versions(store, query) == len(numbers)
        return numbers

    assert found("any") == [7, 6, 4, 3, 2]
    assert found("none") == [8, 5]
    assert found("significant") == [4, 2]
    assert found("routine") == [6, 3]
    assert found("labels-right") == [2]
    assert found("wrong-label") == [6, 4, 3]
    assert found("confirmed") == [6, 4, 2]
    assert found("confirmed", LabelKind.NOT_NOTED, LabelKind.CORRECTION) == [6, 4]
    assert found("confirmed", LabelKind.CORRECTION) == []


def test_the_same_verdict_is_stored_once_and_one_on_nothing_is_refused(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    assert save_verdict(store, verdict(tracked.id))
    assert not save_verdict(store, verdict(tracked.id))
    assert len(list_verdicts(store)) == 1
    with pytest.raises(NotKnown, match="no such version"):
        save_verdict(store, verdict(tracked.id, version=3))
    with pytest.raises(NotKnown, match="no such article"):
        save_verdict(store, verdict("abcdefabcdef"))


LABELS: Final = (LabelKind.NUMBER, LabelKind.CORRECTION, LabelKind.INSERT, LabelKind.FLAP)
Labelled = tuple[list[LabelKind], bool | None]


def made(n: int, labelled: Labelled) -> Change:
    kinds, announced = labelled
    led = replace(change(n, *kinds), announced=announced)
    return led if kinds else replace(led, labels=())


def store(archive: Archive, tracked: WatchedArticle, labelled: Labelled) -> None:
    n = tracked.versions + 1
    led = made(n, labelled) if n > 1 else None
    after_takedown = intent(tracked, n, minutes(n), change=led, latest_removed=True)
    assert commit_check(archive, after_takedown).version == n


def delete(archive: Archive, tracked: WatchedArticle, n: int | None) -> None:
    if tracked.versions >= (n or 1):
        take_down(archive, tracked.id, "court", NOW, n)
        set_article_state(archive, tracked.id, ArticleState.ACTIVE, NOW)


def prune(archive: Archive, tracked: WatchedArticle, _: None) -> None:
    prune_pages(archive, tracked.source, NOW)


def move(archive: Archive, tracked: WatchedArticle, source: str) -> None:
    add_targets(archive, source, [], NOW, claimed=[tracked.id])


def rename(archive: Archive, tracked: WatchedArticle, _: None) -> None:
    with suppress(UsageError):  # The name may be taken.
        rename_source(archive, tracked.source, f"{tracked.source} & Sons", NOW, lambda: None)


Step = tuple[int, Callable[[Archive, WatchedArticle, Any], None], Any]
article = st.integers(0, 1)
labelled = st.tuples(st.lists(st.sampled_from(LABELS), max_size=4), st.sampled_from([True, False, None]))
steps = st.lists(
    st.one_of(
        st.tuples(article, st.just(store), labelled),
        st.tuples(article, st.just(store), labelled),
        st.tuples(article, st.just(delete), st.integers(1, 3) | st.none()),
        st.tuples(article, st.just(move), st.sampled_from(["Herald", "Post"])),
        st.tuples(article, st.sampled_from([prune, rename]), st.none()),
    ),
    max_size=14,
)


def carry_out(archive: Archive, steps: list[Step]) -> None:
    """Do these steps to two articles of one source, and compare the counts after each."""
    idents = [watch(archive, f"{URL}/{place}").id for place in range(2)]
    for place, do, what in steps:
        do(archive, get_article(archive, idents[place]), what)
        for source in list_sources(archive):
            assert count_changes(archive, source) == counted_anew(archive, source), (do.__name__, source)


@given(steps)
def test_whatever_was_done(steps: list[Step]) -> None:
    with temporary_archive() as archive:
        carry_out(archive, steps)


def test_on_each_database(archive: Archive) -> None:
    number, flap = ([LabelKind.NUMBER, LabelKind.NUMBER], False), ([LabelKind.FLAP], None)
    carry_out(archive, [(place, store, each) for each in (number, number, flap) for place in (0, 1)])
    assert count_changes(archive, "Herald").kinds == ((LabelKind.FLAP, 2), (LabelKind.NUMBER, 2))
    corrected = ([LabelKind.CORRECTION], True)
    tracked = get_article(archive, f"{URL}/0")
    n = tracked.versions
    if n > 1:
        rereads = [Reread(n, "8", Rereading.SAME, signature="main")]
        save_readings(archive, tracked.id, rereads, [UpdatedChange(n, made(n, corrected))], NOW)
    move(archive, tracked, "Post")
    assert count_changes(archive, "Post").kinds == ((LabelKind.CORRECTION, 1), (LabelKind.NUMBER, 1))
    assert count_changes(archive, "Post") == counted_anew(archive, "Post")
    delete(archive, tracked, 2)
    assert count_changes(archive, "Post").changes == 0
    assert count_changes(archive, "Herald") == counted_anew(archive, "Herald")
