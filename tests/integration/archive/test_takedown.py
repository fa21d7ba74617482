"""What is taken out is gone, what depended on it is still there, and the log still adds up."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, alert, capture, change, content, grow, intent, minutes, watch, with_body
from tests.archives import archive_at
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import claim_deliveries, list_deliveries, mark_delivered
from tracker.archive.takedowns import list_expired, list_tombstones, prune_pages, take_down
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, NotKnown
from tracker.model.alert import DeliveryState
from tracker.model.article import Article
from tracker.model.source import Target

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
            commit_check(store, intent(tracked, n, minutes(n)))
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


class TestRetention:
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
