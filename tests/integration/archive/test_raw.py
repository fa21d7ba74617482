import threading
from dataclasses import replace

import pytest

from tests.archive_samples import NOW, URL, capture, change, content, grow, intent, look, minutes, watch, with_body
from tests.nightly.pruning import stress
from tests.postgres import Server
from tests.waiting import PATIENCE
from tracker.archive import blobs, captures
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.blobs import Recent
from tracker.archive.captures import get_capture, get_head
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import Signer, read_note
from tracker.archive.ledger.log import seal_log, sealed_size
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.recaptures import get_recapture, list_recaptures
from tracker.archive.state import count_all
from tracker.archive.takedowns import list_expired, list_tombstones, prune_pages, take_down
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, ArchiveLocked, NotKnown
from tracker.model.capture import Capture
from tracker.model.version import Raw
from tracker.model.watch import CheckOutcome, WatchedArticle

SIGNER = Signer.new("desk")


def keep(store: Archive, tracked: WatchedArticle, n: int, raw: Raw) -> None:
    assert commit_check(store, intent(tracked, n, minutes(n), raw=raw)).version == n


def look_again(store: Archive, tracked: WatchedArticle, n: int, at: float, page: Capture | None = None) -> Capture:
    seen = page or capture(n, minutes(at), tracked.url)
    made = look(tracked, n, minutes(at), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL)
    assert commit_check(store, made).version is None
    return seen


class TestNone:
    def test_the_page_goes_and_its_hash_text_and_headers_stay(
        self, store: Archive, archive_url: str, tracked: WatchedArticle
    ) -> None:
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

    def test_a_source_may_change_its_mind(self, store: Archive, tracked: WatchedArticle) -> None:
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
    def test_pages_that_showed_a_version_again_are_kept(self, store: Archive, tracked: WatchedArticle) -> None:
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

    def test_they_stand_in_the_log(self, store: Archive, tracked: WatchedArticle) -> None:
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

    def test_their_bytes_are_verified(self, store: Archive, tracked: WatchedArticle) -> None:
        keep(store, tracked, 1, Raw.ALL)
        look_again(store, tracked, 1, 1.2)
        with store.write() as connection:
            query = "UPDATE blob SET crc = crc + 1 WHERE id = (SELECT body_id FROM recapture)"
            connection.run(query)
        assert [each.how for each in verify(store).damage] == ["the bytes of its body are damaged"]
        assert verify(store, sample=0).ok

    def test_they_go_with_their_version(self, store: Archive, tracked: WatchedArticle) -> None:
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

    def test_retention_lets_old_ones_go(self, store: Archive, tracked: WatchedArticle) -> None:
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

    def test_retention_by_count(self, store: Archive, tracked: WatchedArticle) -> None:
        for n in (1, 2, 3):
            keep(store, tracked, n, Raw.ALL)
            look_again(store, tracked, n, n + 0.5)
        assert prune_pages(store, "Herald", NOW, keep=2) == 2
        assert [each.n for each in list_recaptures(store, tracked.id) if not each.removed] == [2, 3]

    def test_a_page_without_a_version_is_no_recapture(self, store: Archive, tracked: WatchedArticle) -> None:
        look_again(store, tracked, 0, 1)
        assert list_recaptures(store, tracked.id) == []


@pytest.mark.parametrize("most", [0, 1 << 20])
def test_every_chain_is_followed(store: Archive, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    recent = Recent(most)
    monkeypatch.setattr(blobs, "RECENT", recent)
    monkeypatch.setattr(captures, "RECENT", recent)
    tracked = watch(store)
    grow(store, tracked, 17)
    commit_check(store, intent(watch(store, URL + "/other"), 1, minutes(1)))
    for n in range(1, 18):
        assert get_capture(store, tracked.id, n) == capture(n, minutes(n))
        found = get_version(store, tracked.id, n)
        assert (found.content, found.change) == (content(n), change(n) if n > 1 else None)
    assert verify(store).ok


def test_a_base_that_is_missing_or_damaged_is_named(store: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    recent = Recent(0)
    monkeypatch.setattr(blobs, "RECENT", recent)
    monkeypatch.setattr(captures, "RECENT", recent)
    tracked = watch(store)
    grow(store, tracked, 2)
    with store.write() as connection:
        connection.run("UPDATE blob SET crc = crc + 1 WHERE base_id IS NULL")
    with pytest.raises(ArchiveError, match="stored data is damaged"):
        commit_check(store, intent(tracked, 3, minutes(3)))
    assert get_article(store, tracked.id).versions == 2


def test_a_version_without_a_page_is_no_reference_for_others(store: Archive) -> None:
    # So an import stores versions whose pages are not in the file.
    commit_check(store, intent(watch(store), 1, minutes(1), capture=with_body(capture(), b"")))
    for place in range(2):
        commit_check(store, intent(watch(store, f"{URL}/{place}"), 1, minutes(2)))
    with store.read() as connection:
        body = "SELECT b.base_id FROM capture c JOIN blob b ON b.id = c.body_id WHERE b.raw_len > 0"
        bases = connection.column(int, body)
        (reference,) = connection.column(int, "SELECT body_id FROM reference")
    assert bases == [reference, reference]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "delete",
    [
        lambda archive, article: prune_pages(archive, "Herald", NOW, keep=1),
        lambda archive, article: take_down(archive, article, "court order", NOW, 1),
    ],
    ids=["retention", "takedown"],
)
def test_deletion_waits_for_a_version_that_is_encoded_against_the_page(postgres_url, delete) -> None:
    with open_archive(postgres_url) as writer, open_archive(postgres_url) as other:
        tracked = watch(writer)
        grow(writer, tracked, 2)
        pruner = threading.Thread(target=delete, args=(other, tracked.id))
        with writer.write():
            assert commit_check(writer, intent(tracked, 3, minutes(3))).version == 3
            pruner.start()
            pruner.join(0.5)
            assert pruner.is_alive()
        pruner.join(PATIENCE)
        assert verify(writer).ok
        assert get_capture(writer, tracked.id, 3) == capture(3, minutes(3))


@pytest.mark.postgres
def test_a_check_without_a_version_does_not_wait_for_retention(postgres_url: str) -> None:
    with open_archive(postgres_url) as writer, open_archive(postgres_url) as other:
        tracked = watch(writer)
        grow(writer, tracked, 2)
        with other.write() as connection:
            connection.run("SELECT pg_advisory_xact_lock(hashtext('writethru:bases'))")
            assert not commit_check(writer, look(tracked, 2, minutes(3), CheckOutcome.UNCHANGED)).stale


@pytest.mark.postgres
def test_writers_and_retention_together_leave_a_clean_archive(postgres_url: str) -> None:
    done = stress(postgres_url, 240)
    assert done["damage"] == 0
    assert done["pages"] > 100


def test_a_quick_check_names_what_hangs_on_deleted_bytes(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    with store.write() as connection:
        connection.run(
            "INSERT INTO tombstone SELECT version_id, 'capture', 'x', 0 FROM capture ORDER BY version_id LIMIT 1"
        )
        connection.run("UPDATE blob SET data = :none WHERE id = (SELECT min(body_id) FROM capture)", none=b"")
    found = verify(store, sample=0).damage
    assert [each.what for each in found] == [f"{tracked.id}@2", f"{tracked.id}@2", f"{tracked.id}@1"]
    assert found[0].how.endswith(" cannot be read: it was encoded against bytes that have been deleted")


def test_a_quick_check_counts_reference_pages_that_hang_on_deleted_bytes(
    store: Archive, tracked: WatchedArticle
) -> None:
    grow(store, tracked, 1)
    with store.write() as connection:
        connection.run("INSERT INTO tombstone SELECT version_id, 'capture', 'x', 0 FROM capture")
        connection.run(
            "UPDATE blob SET base_id = (SELECT body_id FROM capture) WHERE id = (SELECT body_id FROM reference)"
        )
    how = "stored captures or reference pages that were encoded against deleted bytes, and cannot be read: 1"
    assert Damage("the archive", how) in verify(store, sample=0).damage


def test_nothing_new_is_encoded_against_a_page_that_is_gone(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 1)
    with store.write() as connection:
        connection.run("UPDATE blob SET data = :none WHERE id = (SELECT body_id FROM capture)", none=b"")
    commit_check(store, intent(tracked, 2, minutes(2)))
    assert get_capture(store, tracked.id, 2) == capture(2, minutes(2))


@pytest.mark.postgres
def test_the_lock_is_taken_again_after_a_restart_before_anything_is_written(postgres: Server, postgres_url) -> None:
    if postgres.is_foreign:
        pytest.skip("somebody else runs this server")
    with lock(postgres_url, shared=True) as held, open_archive(postgres_url, held=held) as archive:
        tracked = watch(archive)
        postgres.stop()
        postgres.start()
        with lock(postgres_url):
            with pytest.raises(ArchiveLocked, match="another writethru process"):
                grow(archive, tracked, 1)
            assert verify(archive).versions == 0
        grow(archive, tracked, 1)
        with pytest.raises(ArchiveLocked), lock(postgres_url):
            pass
