"""Pages are deleted while other processes store versions, and nothing that is stored hangs on what was deleted."""

import threading
from collections.abc import Callable

import pytest

from tests.archive_samples import NOW, capture, grow, intent, look, minutes, watch
from tests.nightly.pruning import stress
from tests.postgres import Server
from tests.waiting import PATIENCE
from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.takedowns import prune_pages, take_down
from tracker.errors import ArchiveLocked
from tracker.model.watch import CheckOutcome


@pytest.mark.postgres
@pytest.mark.parametrize(
    "delete",
    [
        lambda archive, article: prune_pages(archive, "Herald", NOW, keep=1),
        lambda archive, article: take_down(archive, article, "court order", NOW, 1),
    ],
    ids=["retention", "takedown"],
)
def test_deletion_waits_for_a_version_that_is_encoded_against_the_page(
    postgres_url: str, delete: Callable[[Archive, str], object]
) -> None:
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


def test_a_quick_check_names_what_hangs_on_deleted_bytes(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 2)
    with store.write() as connection:
        connection.run(
            "INSERT INTO tombstone SELECT version_id, 'capture', 'x', 0 FROM capture ORDER BY version_id LIMIT 1"
        )
        connection.run("UPDATE blob SET data = :none WHERE id = (SELECT min(body_id) FROM capture)", none=b"")
    found = verify(store, sample=0).damage
    assert [each.what for each in found] == [f"{tracked.id}@2", f"{tracked.id}@2", f"{tracked.id}@1"]
    assert "encoded against bytes that have been deleted" in found[0].how


def test_nothing_new_is_encoded_against_a_page_that_is_gone(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 1)
    with store.write() as connection:
        connection.run("UPDATE blob SET data = :none WHERE id = (SELECT body_id FROM capture)", none=b"")
    commit_check(store, intent(tracked, 2, minutes(2)))
    assert get_capture(store, tracked.id, 2) == capture(2, minutes(2))


@pytest.mark.postgres
def test_the_lock_is_taken_again_after_a_restart_before_anything_is_written(
    postgres: Server, postgres_url: str
) -> None:
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
