"""What is kept of pages where a source keeps all of them, or none."""

from dataclasses import replace

import pytest

from tests.archive_samples import NOW, capture, content, intent, look, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture, get_head
from tracker.archive.commits import commit_check
from tracker.archive.ledger.log import seal_log, sealed_size
from tracker.archive.ledger.notes import Signer, read_note
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.recaptures import get_recapture, list_recaptures
from tracker.archive.takedowns import list_expired, list_tombstones, prune_pages, take_down
from tracker.archive.versions import get_version
from tracker.archive.watch_state import count_all
from tracker.errors import ArchiveError, NotKnown
from tracker.model.capture import Capture
from tracker.model.version import Raw
from tracker.model.watch import CheckOutcome, Tracked

SIGNER = Signer.new("desk")


def keep(store: Archive, tracked: Tracked, n: int, raw: Raw) -> None:
    assert commit_check(store, intent(tracked, n, minutes(n), raw=raw)).version == n


def look_again(store: Archive, tracked: Tracked, n: int, at: float, page: Capture | None = None) -> Capture:
    seen = page or capture(n, minutes(at), tracked.url)
    made = look(tracked, n, minutes(at), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL)
    assert commit_check(store, made).version is None
    return seen


class TestNone:
    def test_the_page_goes_and_its_hash_text_and_headers_stay(self, store: Archive, archive_url: str) -> None:
        tracked = watch(store)
        for n in range(1, 6):
            keep(store, tracked, n, Raw.NONE)
        for n in range(1, 6):
            assert get_version(store, tracked.id, n).content == content(n)
            whole = capture(n, minutes(n), tracked.url)
            assert get_version(store, tracked.id, n).capture_sha256 == whole.sha256
            with open_archive(archive_url, readonly=True) as readonly:
                for reader in (store, readonly):
                    assert get_head(reader, tracked.id, n) == replace(whole, body=b"")
                    with pytest.raises(ArchiveError, match="this page was not kept: raw = none"):
                        get_capture(reader, tracked.id, n)
        assert verify(store).ok
        assert list_tombstones(store, tracked.id) == dict.fromkeys(range(1, 6), "not kept: raw = none")
        with store.read() as connection:
            query = "SELECT coalesce(sum(length(data)), 0) FROM blob WHERE id IN (SELECT body_id FROM capture)"
            assert connection.value(int, query) == 0

    def test_a_source_may_change_its_mind(self, store: Archive) -> None:
        tracked = watch(store)
        for n, raw in enumerate((Raw.VERSIONS, Raw.NONE, Raw.NONE, Raw.VERSIONS, Raw.VERSIONS, Raw.NONE, Raw.ALL), 1):
            keep(store, tracked, n, raw)
        for n in range(1, 8):
            assert get_version(store, tracked.id, n).content == content(n)
        for n in (1, 4, 5, 7):
            assert get_capture(store, tracked.id, n) == capture(n, minutes(n), tracked.url)
        assert prune_pages(store, "Herald", NOW, keep=1) == 3
        assert take_down(store, tracked.id, "court", NOW, 2) == [2]
        with pytest.raises(ArchiveError, match="deleted: court"):
            get_head(store, tracked.id, 2)
        keep(store, tracked, 8, Raw.VERSIONS)
        assert get_capture(store, tracked.id, 8) == capture(8, minutes(8), tracked.url)
        assert verify(store).damage == []

    def test_what_is_not_there(self, store: Archive) -> None:
        with pytest.raises(NotKnown):
            get_head(store, "aaa", 1)


class TestAll:
    def test_pages_that_showed_a_version_again_are_kept(self, store: Archive) -> None:
        tracked = watch(store)
        keep(store, tracked, 1, Raw.ALL)
        other = replace(capture(1, minutes(1.5), tracked.url), body=b"<p>same text</p>")
        other = replace(other, sha256="0" * 64)
        first = look_again(store, tracked, 1, 1.2)
        look_again(store, tracked, 1, 1.5, other)
        keep(store, tracked, 2, Raw.ALL)
        look_again(store, tracked, 2, 2.5)
        found = list_recaptures(store, tracked.id)
        assert [(each.n, each.fetched_at) for each in found] == [
            (1, minutes(1.2)),
            (1, minutes(1.5)),
            (2, minutes(2.5)),
        ]
        assert get_recapture(store, found[0].key) == first
        assert get_recapture(store, found[1].key).body == b"<p>same text</p>"
        assert list_recaptures(store, tracked.id, 2) == found[2:]
        assert count_all(store).versions == 2
        with pytest.raises(NotKnown):
            get_recapture(store, 999)

    def test_they_stand_in_the_log(self, store: Archive) -> None:
        tracked = watch(store)
        keep(store, tracked, 1, Raw.ALL)
        look_again(store, tracked, 1, 1.2)
        note = seal_log(store, SIGNER, NOW)
        assert read_note(note).size == 2
        look_again(store, tracked, 1, 1.4)
        keep(store, tracked, 2, Raw.ALL)
        later = seal_log(store, SIGNER, NOW)
        assert read_note(later).size == 4
        for each in (note, later):
            assert verify(store, against=each, public=SIGNER.public).damage == []
        assert sealed_size(store, tracked.id, [1, 2]) == 3, "versions come before recaptures that are sealed with them"

    def test_their_bytes_are_verified(self, store: Archive) -> None:
        tracked = watch(store)
        keep(store, tracked, 1, Raw.ALL)
        look_again(store, tracked, 1, 1.2)
        with store.write() as connection:
            query = "UPDATE blob SET crc = crc + 1 WHERE id = (SELECT body_id FROM recapture)"
            connection.run(query)
        assert [each.how for each in verify(store).damage] == ["the bytes of its body are damaged"]
        assert verify(store, sample=0).ok

    def test_they_go_with_their_version(self, store: Archive) -> None:
        tracked = watch(store)
        for n in (1, 2):
            keep(store, tracked, n, Raw.ALL)
            look_again(store, tracked, n, n + 0.5)
        take_down(store, tracked.id, "court", NOW, 1)
        gone, stands = list_recaptures(store, tracked.id)
        assert (gone.removed, stands.removed) == ("court", "")
        with pytest.raises(ArchiveError, match="deleted: court"):
            get_recapture(store, gone.key)
        assert get_recapture(store, stands.key) == capture(2, minutes(2.5), tracked.url)
        assert verify(store).damage == []

    def test_retention_lets_old_ones_go(self, store: Archive) -> None:
        tracked = watch(store)
        for n in (1, 2):
            keep(store, tracked, n, Raw.ALL)
            for place in range(3):
                look_again(store, tracked, n, n + 0.2 * (place + 1))
        expected = [(tracked.id, 1), (tracked.id, 1), (tracked.id, 1), (tracked.id, 1), (tracked.id, 2)]
        assert list_expired(store, "Herald", seen_before=minutes(2.3)) == expected
        assert prune_pages(store, "Herald", NOW, seen_before=minutes(2.3)) == 5
        assert list_expired(store, "Herald", seen_before=minutes(2.3)) == []
        assert get_capture(store, tracked.id, 2) == capture(2, minutes(2), tracked.url)
        assert [each.removed for each in list_recaptures(store, tracked.id)] == ["retention"] * 4 + ["", ""]
        assert verify(store).damage == []

    def test_retention_by_count(self, store: Archive) -> None:
        tracked = watch(store)
        for n in (1, 2, 3):
            keep(store, tracked, n, Raw.ALL)
            look_again(store, tracked, n, n + 0.5)
        assert prune_pages(store, "Herald", NOW, keep=2) == 2
        assert [each.n for each in list_recaptures(store, tracked.id) if not each.removed] == [2, 3]

    def test_a_page_without_a_version_is_no_recapture(self, store: Archive) -> None:
        tracked = watch(store)
        look_again(store, tracked, 0, 1)
        assert list_recaptures(store, tracked.id) == []
