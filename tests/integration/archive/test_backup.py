"""A backup is whole, taken while others write, and comes back only where it is sound."""

import errno
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive_samples import capture, grow, intent, minutes, watch
from tracker.archive.articles import get_article, list_articles
from tracker.archive.backup import backup, restore
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.errors import ArchiveError, ArchiveLocked, SchemaMismatch


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = f"sqlite:///{tmp_path / 'archive.db'}"
    with open_archive(made, migrate=True) as store:
        grow(store, watch(store), 3)
    return made


def test_nobody_else_can_read_it(url: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    backup(url, tmp_path / "copy.db", lambda done, total: told.append((done, total)))
    restore(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "copy.db")
    with open_archive(url) as store:
        grow(store, watch(store, "https://herald.example/other"), 1)
        files = [path for path in tmp_path.iterdir() if path.suffix != ".lock"]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert all(0 <= done <= total for done, total in told)


def test_there_and_back(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with open_archive(url) as store:
        note = seal_log(store, Signer.new("herald.example"), minutes(5))
        assert backup(url, copy) == copy.stat().st_size > 0
        ident = list_articles(store)[0].id
        commit_check(store, intent(get_article(store, ident), 4, minutes(4)))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert restore(other, copy, against=note).versions == 3
    with open_archive(other) as store:
        assert get_capture(store, ident, 3) == capture(3, minutes(3))
    with pytest.raises(ArchiveError, match="the archive already exists"):
        restore(url, copy)
    restore(url, copy, force=True)
    with open_archive(url) as store:
        assert get_article(store, ident).versions == 3
        assert verify(store).ok
    with open_archive(f"sqlite:///{tmp_path / 'archive.db.replaced'}") as store:
        assert get_article(store, ident).versions == 4
    assert not list(tmp_path.glob("*.part*"))


def test_while_others_write(url: str, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_archive(url) as store:
            tracked = list_articles(store)[0]
            n = 4
            while not stop.is_set():
                commit_check(store, intent(tracked, n, minutes(n)))
                n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for place in range(4):
            backup(url, tmp_path / f"{place}.db")
    finally:
        stop.set()
        writer.join()
    for place in range(4):
        with open_archive(f"sqlite:///{tmp_path / f'{place}.db'}") as store:
            assert verify(store).ok


def test_a_damaged_backup_replaces_nothing(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(url, copy)
    file = sqlite3.connect(copy)
    file.execute("UPDATE version SET seen_at = seen_at + 1 WHERE n = 2")
    file.commit()
    file.close()
    with pytest.raises(ArchiveError, match="damaged in 1 place") as caught:
        restore(url, copy, force=True)
    assert caught.value.hint == "nothing was replaced"
    copy.write_bytes(b"no database" * 500)
    with pytest.raises(ArchiveError, match="cannot be restored"):
        restore(url, copy, force=True)
    with open_archive(url) as store:
        assert verify(store).ok
    assert not list(tmp_path.glob("*.part*"))


def test_a_file_without_an_archive_is_not_copied(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(ArchiveError, match="no archive found"):
        backup(f"sqlite:///{empty}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == [empty]


def test_an_archive_that_cannot_be_read_is_named_and_not_the_copy(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.archive.backup.BUSY_SECONDS", 0)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ArchiveLocked) as told:
            backup(url, tmp_path / "copy.db")
    assert told.value.resource == url.removeprefix("sqlite:///")
    assert not list(tmp_path.glob("copy.db*"))


@pytest.mark.parametrize(
    ("revision", "message", "hint"),
    [
        ("9999", "this archive was written by a newer writethru", "upgrade writethru"),
        ("0001", "the archive has schema 0001", "run: writethru --db {copy} db upgrade"),
        ("moving", "a move into this archive has not been finished", "run writethru db move again"),
    ],
)
def test_a_backup_of_another_schema_says_what_to_do(
    url: str, tmp_path: Path, revision: str, message: str, hint: str
) -> None:
    copy = tmp_path / "copy.db"
    backup(url, copy)
    with closing(sqlite3.connect(copy)) as file:
        file.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        file.commit()
    with pytest.raises(SchemaMismatch, match=message) as caught:
        restore(url, copy, force=True)
    assert (caught.value.resource, caught.value.hint) == (str(copy), hint.format(copy=copy))


def test_a_lock_is_taken_where_the_disk_has_no_room_for_its_note(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    with lock(url), pytest.raises(ArchiveLocked, match="process unknown"), lock(url):
        pass


def test_what_cannot_be(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(url, copy)
    with pytest.raises(ArchiveError, match="already exists"):
        backup(url, copy)
    with pytest.raises(ArchiveError, match="cannot be written"):
        backup(url, tmp_path / "none" / "copy.db")
    with pytest.raises(ArchiveError, match="no archive found"):
        backup(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "new.db")
    with pytest.raises(ArchiveError, match="no such backup"):
        restore(url, tmp_path / "none.db", force=True)
    with pytest.raises(ArchiveError, match="works on SQLite archives only"):
        backup("postgresql://desk@db.example/news", copy)
    with lock(url), pytest.raises(ArchiveLocked):
        restore(url, copy, force=True)
