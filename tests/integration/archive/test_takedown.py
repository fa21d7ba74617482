import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

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
    minutes,
    watch,
    with_body,
)
from tests.archives import archive_at, opened, temporary_archive
from tracker.archive import takedowns
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import prove_entries, seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import claim_deliveries, list_deliveries, mark_delivered
from tracker.archive.readings import list_outdated, save_readings
from tracker.archive.search import search_passages
from tracker.archive.summaries import list_summaries
from tracker.archive.takedowns import list_expired, list_tombstones, prune_in_steps, prune_pages, take_down
from tracker.archive.versions import get_version, iter_versions, list_history
from tracker.errors import ArchiveError, NotKnown
from tracker.model.alert import DeliveryState
from tracker.model.article import Article
from tracker.model.change import CLASSIFIER, Change, LabelKind
from tracker.model.source import Target
from tracker.model.version import Reread, Rereading, UpdatedChange, VersionQuery
from tracker.model.watch import WatchedArticle

VERSIONS = 9


class TestTakedown:
    @pytest.mark.parametrize("n", [1, 3, 5, 9])
    def test_one_version_goes_and_the_others_stand(self, store: Archive, n: int) -> None:
        tracked = watch(store)
        grow(store, tracked, VERSIONS)
        note = seal_log(store, Signer.new("herald.example"), NOW)
        assert take_down(store, tracked.id, "a court said so", minutes(60), n) == [n]
        for each in range(1, VERSIONS + 1):
            if each == n:
                continue
            assert get_capture(store, tracked.id, each) == capture(each, minutes(each))
            assert get_version(store, tracked.id, each).content == content(each)
            told = change(each) if each > 1 and each != n + 1 else None
            assert get_version(store, tracked.id, each).change == told
        gone = get_version(store, tracked.id, n)
        assert (gone.content, gone.change, gone.removed) == (Article(), None, "a court said so")
        with pytest.raises(ArchiveError, match="deleted: a court said so"):
            get_capture(store, tracked.id, n)
        assert list_tombstones(store, tracked.id) == {n: "a court said so"}
        assert get_article(store, tracked.id).title == ("" if n == VERSIONS else f"River floods {VERSIONS} streets")
        report = verify(store, against=note)
        assert (report.ok, report.versions, report.decoded) == (True, VERSIONS, VERSIONS - 1)

    def test_history_goes_on_after_it(self, store: Archive) -> None:
        tracked = watch(store)
        grow(store, tracked, 5)
        for n in (1, 3, 5):
            take_down(store, tracked.id, "no", minutes(60), n)
        for n in range(6, 14):
            commit_check(store, intent(tracked, n, minutes(n), latest_removed=n == 6))
        for n in (2, 4, *range(6, 14)):
            assert get_capture(store, tracked.id, n) == capture(n, minutes(n))
        assert verify(store).ok

    def test_an_article_goes_whole_and_its_neighbours_stand(self, store: Archive) -> None:
        first, second = add_targets(store, "Herald", [Target(URL), Target(URL + "/2")], NOW)
        grow(store, first, 4)
        grow(store, second, 4)
        assert take_down(store, first.id, "no", minutes(60)) == [1, 2, 3, 4]
        assert get_article(store, first.id).title == ""
        for n in range(1, 5):
            assert get_capture(store, second.id, n) == capture(n, minutes(n), URL + "/2")
        assert verify(store).ok
        third = watch(store, URL + "/3")
        grow(store, third, 2)
        assert get_capture(store, third.id, 2) == capture(2, minutes(2), URL + "/3")

    def test_what_was_to_be_told_of_it_is_not(self, store: Archive) -> None:
        tracked = watch(store)
        for n in (1, 2, 3):
            told = alert(f"k{n}", article=tracked.id, version=n)
            commit_check(store, intent(tracked, n, minutes(n), alerts=(told,)))
        (sent,) = claim_deliveries(store, minutes(5), 60)
        mark_delivered(store, [sent.id], minutes(5))
        take_down(store, tracked.id, "no", minutes(60), 1)
        third, second, first = list_deliveries(store)
        assert (first.state, first.payload) == (DeliveryState.DELIVERED, {})
        assert (second.state, second.payload, second.last_error) == (DeliveryState.DEAD, {}, "taken down")
        assert (third.state, third.payload) == (DeliveryState.PENDING, {"schema": 1})

    def test_what_is_not_there(self, store: Archive) -> None:
        tracked = watch(store)
        for ident, n in ((tracked.id, None), (tracked.id, 1), ("0123456789ab", None)):
            with pytest.raises(NotKnown):
                take_down(store, ident, "no", NOW, n)

    def test_no_trace_is_left_in_the_files(self, tmp_path: Path) -> None:
        with archive_at(tmp_path / "archive.db") as store:
            tracked = watch(store)
            commit_check(store, intent(tracked, 1, minutes(1), content=replace(content(), title="Kxqzvwjhpfyrbd")))
            assert any(b"Kxqzvwjhpfyrbd" in each.read_bytes() for each in tmp_path.iterdir())
            take_down(store, tracked.id, "no", minutes(2))
            assert not any(b"Kxqzvwjhpfyrbd" in each.read_bytes() for each in tmp_path.iterdir())


def steps_of(store: Archive, work: Callable[[], object]) -> int:
    """Return how many hundreds of instructions SQLite runs during `work`."""
    steps = [0]

    def count() -> None:
        steps[0] += 1

    with store.read() as connection:
        driver = connection.driver
    assert isinstance(driver, sqlite3.Connection)
    driver.set_progress_handler(count, 100)
    try:
        work()
    finally:
        driver.set_progress_handler(None, 0)
    return steps[0]


class TestRetention:
    def test_a_page_costs_as_much_in_a_large_archive(self) -> None:
        def cost(others: int) -> int:
            store = temporary_archive()
            grow(store, watch(store), 20)
            with store.write() as connection:
                other = {"raw_len": 1, "sha256": b"0" * 32, "crc": 0, "data": b"0"}
                connection.insert_many("blob", [other] * others)
            return steps_of(store, lambda: prune_pages(store, "Herald", NOW))

        assert cost(20_000) < 2 * cost(0)

    def test_pages_that_others_are_encoded_against_go_in_short_steps(
        self, store: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(takedowns, "MAX_TRANSACTION_SECONDS", 0.0)
        for n in range(8):
            page = with_body(capture(1, minutes(1), f"{URL}/{n}"), capture().body + f"<p>{n}</p>".encode())
            commit_check(store, intent(watch(store, page.url), 1, minutes(1), capture=page))
        first = article_id(f"{URL}/0")
        commit_check(store, intent(get_article(store, first), 2, minutes(2)))
        steps = 0
        # The reference page is a copy of the first one, and seven others are encoded against it.
        for _ in prune_in_steps(store, "Herald", NOW, seen_before=None, keep=1):
            steps += 1
            assert verify(store).ok
        assert steps > 7
        assert list_tombstones(store, first) == {1: "retention"}
        with store.read() as connection:
            assert connection.number("SELECT count(*) FROM reference") == 0
        for n in range(1, 8):
            assert get_capture(store, article_id(f"{URL}/{n}"), 1).body

    def test_pages_go_in_part_if_retention_is_stopped(self, store: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(takedowns, "MAX_TRANSACTION_SECONDS", 0.0)
        grow(store, watch(store), 9)
        steps = prune_in_steps(store, "Herald", NOW, seen_before=None, keep=1)
        while len(list_expired(store, "Herald")) > 4:
            next(steps)
        assert verify(store).ok
        assert prune_pages(store, "Herald", NOW) == 4

    def test_old_pages_go_and_texts_stay(self, store: Archive) -> None:
        tracked = watch(store)
        grow(store, tracked, 6)
        assert list_expired(store, "Herald", keep=2) == [(tracked.id, n) for n in (1, 2, 3, 4)]
        assert list_expired(store, "Herald", seen_before=minutes(3), keep=2) == [(tracked.id, 1), (tracked.id, 2)]
        assert list_expired(store, "Post") == []
        assert prune_pages(store, "Herald", minutes(60), seen_before=minutes(3), keep=2) == 2
        assert list_expired(store, "Herald", keep=2) == [(tracked.id, 3), (tracked.id, 4)]
        with pytest.raises(ArchiveError, match="retention"):
            get_capture(store, tracked.id, 1)
        for n in range(1, 7):
            assert get_version(store, tracked.id, n).content == content(n)
            assert get_version(store, tracked.id, n).change == (change(n) if n > 1 else None)
        for n in range(3, 7):
            assert get_capture(store, tracked.id, n) == capture(n, minutes(n))
        commit_check(store, intent(tracked, 7, minutes(7)))
        assert get_capture(store, tracked.id, 7) == capture(7, minutes(7))
        assert verify(store).ok


class TestReferences:
    def test_first_versions_share_what_their_source_repeats(self, store: Archive) -> None:
        sizes = []
        for place in range(8):
            tracked = watch(store, f"{URL}/{place}")
            taken = with_body(capture(1, minutes(place), tracked.url), page(place))
            commit_check(store, intent(tracked, 1, minutes(place), capture=taken))
            assert get_capture(store, tracked.id, 1).body == taken.body
            sizes.append(stored(store))
        assert sizes[0] > 4 * (sizes[2] - sizes[1])

    def test_a_reference_that_does_not_help_is_replaced(self, store: Archive) -> None:
        for place in range(6):
            tracked = watch(store, f"{URL}/{place}")
            commit_check(store, intent(tracked, 1, minutes(place)))
            assert get_capture(store, tracked.id, 1) == capture(1, minutes(place), tracked.url)
        with store.read() as connection:
            assert connection.number("SELECT count(*) FROM reference") > 1


def page(place: int) -> bytes:
    furniture = " ".join(hashlib.sha256(f"menu {n}".encode()).hexdigest() for n in range(200))
    return f"<nav>{furniture}</nav><p>{hashlib.sha256(str(place).encode()).hexdigest()}</p>".encode()


def stored(store: Archive) -> int:
    with store.read() as connection:
        return connection.number("SELECT sum(length(data)) FROM blob")


def better(n: int) -> Article:
    """Return how a later extractor reads the n-th state: without the byline it took for one, with a better headline."""
    return replace(content(n), byline=("Ada Lark",), title=f"River floods {n} streets of Ebbing")


@pytest.fixture
def tracked(store: Archive) -> WatchedArticle:
    watched = watch(store)
    grow(store, watched, 3)
    return watched


def read_again(store: Archive, tracked: WatchedArticle) -> None:
    """Let a later extractor read version 1 as before, version 2 better, and version 3 like version 2."""
    rereads = [
        Reread(1, "8", Rereading.SAME, signature="main"),
        Reread(2, "8", Rereading.CODE, better(2), "main"),
        Reread(3, "8", Rereading.CODE, better(2), "main", no_edit=True),
    ]
    changes = [UpdatedChange(2, change(2, LabelKind.HEADLINE)), UpdatedChange(3, Change(classifier=CLASSIFIER))]
    save_readings(store, tracked.id, rereads, changes, minutes(10))


def test_what_is_read_now_is_shown(store: Archive, tracked: WatchedArticle, archive_url: str) -> None:
    read_again(store, tracked)
    for readonly in (False, True):
        reader = opened(archive_url, readonly=True) if readonly else store
        one, two, three = (get_version(reader, tracked.id, n) for n in (1, 2, 3))
        assert (one.content, two.content, three.content) == (content(1), better(2), better(2))
        assert [each.extractor for each in (one, two, three)] == ["8"] * 3
        assert [each.first_extractor for each in (one, two, three)] == ["0"] * 3
        assert [each.signature for each in (one, two, three)] == ["main"] * 3
        assert [each.no_edit for each in (one, two, three)] == [False, False, True]
        assert two.change == change(2, LabelKind.HEADLINE)
        assert three.change == Change(classifier=CLASSIFIER)
        assert list(iter_versions(reader, VersionQuery(reverse=True))) == [one, two, three]
        glances = list_summaries(reader, VersionQuery(reverse=True))
        assert [each.sha256 for each in glances] == [each.content.sha256 for each in (one, two, three)]
        assert [each.no_edit for each in glances] == [False, False, True]
        assert [each.kinds for each in glances] == [(), (LabelKind.HEADLINE,), ()]
        assert get_article(reader, tracked.id).title == better(2).title
        assert get_article(reader, tracked.id).signature == "main"
        assert list_history(store, tracked.id) == [one, two, three]
        if readonly:
            reader.close()


def test_search_follows_what_was_read_again_and_the_log_still_holds(store: Archive, tracked: WatchedArticle) -> None:
    read_again(store, tracked)
    (hit,) = search_passages(store, "ebbing")
    assert (hit.first_version, hit.last_version, hit.place) == (2, None, "title")
    assert hit.text == better(2).title
    assert search_passages(store, '"floods 3 streets"') == []
    assert [each.last_version for each in search_passages(store, '"floods 1 streets"')] == [1]
    note = seal_log(store, Signer.new("desk"), minutes(9))
    before = prove_entries(store, range(3), 3)
    read_again(store, tracked)
    assert prove_entries(store, range(3), 3) == before
    assert verify(store, against=note).damage == []


def test_what_is_outdated(store: Archive, tracked: WatchedArticle) -> None:
    other = watch(store, URL + "/2", source="Post")
    grow(store, other, 1)
    assert list_outdated(store, "8") == [tracked.id, other.id]
    assert list_outdated(store, "8", source="Post") == [other.id]
    assert list_outdated(store, "0") == []
    assert list_outdated(store, "0", everything=True) == [tracked.id, other.id]
    read_again(store, tracked)
    assert list_outdated(store, "8") == [other.id]
    assert list_outdated(store, "9") == [tracked.id, other.id]
    prune_pages(store, "Post", NOW, keep=0)
    assert list_outdated(store, "8") == []


def test_what_cannot_be_read_keeps_its_text_and_is_not_tried_again(store: Archive, tracked: WatchedArticle) -> None:
    save_readings(store, tracked.id, [Reread(n, "8", Rereading.UNREADABLE) for n in (1, 2, 3)], [], minutes(10))
    assert list_outdated(store, "8") == []
    found = get_version(store, tracked.id, 2)
    assert (found.content, found.extractor, found.first_extractor) == (content(2), "0", "")


def test_reading_again_and_again_keeps_what_was(store: Archive, tracked: WatchedArticle) -> None:
    read_again(store, tracked)
    save_readings(store, tracked.id, [Reread(2, "9", Rereading.CODE, content(5), "x")], [], minutes(11))
    assert get_version(store, tracked.id, 2).content == content(5)
    save_readings(store, tracked.id, [Reread(2, "10", Rereading.SAME, signature="y")], [], minutes(12))
    found = get_version(store, tracked.id, 2)
    assert (found.content, found.extractor, found.signature) == (content(5), "10", "y")
    with store.read() as connection:
        assert connection.value(int, "SELECT count(*) FROM reading") == 5
        assert connection.value(int, "SELECT count(*) FROM reading WHERE superseded_at IS NULL") == 3
    assert verify(store).damage == []


def test_history_goes_on_after_it(store: Archive, tracked: WatchedArticle) -> None:
    read_again(store, tracked)
    for n in (4, 5, 6):
        assert commit_check(store, intent(tracked, n, minutes(20 + n))).version == n
        assert get_version(store, tracked.id, n).content == content(n)
    assert get_version(store, tracked.id, 2).content == better(2)
    assert verify(store).damage == []


def test_a_takedown_takes_all_readings_along(store: Archive, tracked: WatchedArticle) -> None:
    read_again(store, tracked)
    take_down(store, tracked.id, "court", NOW, 2)
    assert get_version(store, tracked.id, 2).content == Article()
    assert get_version(store, tracked.id, 3).content == better(2)
    assert [hit.first_version for hit in search_passages(store, "ebbing")] == [3]
    assert verify(store).damage == []
    with pytest.raises(ArchiveError, match="deleted in the meantime"):
        save_readings(store, tracked.id, [Reread(2, "9", Rereading.SAME)], [], NOW)
    take_down(store, tracked.id, "court", NOW)
    assert search_passages(store, "ebbing") == []
    with store.read() as connection:
        assert connection.value(int, "SELECT count(*) FROM reading") == 0


def test_all_or_nothing(store: Archive, tracked: WatchedArticle) -> None:
    with pytest.raises(KeyError):
        save_readings(store, tracked.id, [Reread(1, "8", Rereading.CODE, better(1))], [UpdatedChange(9, Change())], NOW)
    assert get_version(store, tracked.id, 1).content == content(1)
    assert search_passages(store, "ebbing") == []
    with pytest.raises(NotKnown):
        save_readings(store, "aaa", [], [], NOW)
