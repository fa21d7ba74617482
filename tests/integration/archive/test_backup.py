"""A backup is whole and comes back only where it is sound; an archive moves to another database, whole as well."""

import errno
import fcntl
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.archive_samples import NOW, URL, alert, capture, grow, intent, look, minutes, watch
from tests.archives import new_archive_at
from tests.postgres import Server, run_client
from tracker.archive import move as moving
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles
from tracker.archive.backup import backup, restore
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock, remove_leftover
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.logcheck import foreign_objects
from tracker.archive.ledger.verify import verify
from tracker.archive.migrations import make_engine
from tracker.archive.opening import open_archive
from tracker.archive.outbox import enqueue_alerts, mark_delivered
from tracker.archive.schema import METADATA
from tracker.archive.search import search_passages
from tracker.archive.state import save_state
from tracker.archive.takedowns import prune_pages, take_down
from tracker.errors import ArchiveError, ArchiveLocked, SchemaMismatch
from tracker.model.watch import CheckOutcome


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


TRIGGER = "CREATE TRIGGER pause AFTER UPDATE ON article BEGIN UPDATE article SET state = 'paused'; END"
IS_NO_PART = "it is not part of an archive; to remove it: DROP "


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ([TRIGGER], [("trigger pause", IS_NO_PART + "TRIGGER pause")]),
        (
            ["CREATE TABLE notes (article INTEGER REFERENCES article (id))"],
            [("table notes", IS_NO_PART + "TABLE notes")],
        ),
        (["DROP INDEX ix_article_due"], [("index ix_article_due", "it is missing")]),
        (
            ["ALTER TABLE host RENAME TO real_host", "CREATE VIEW host AS SELECT * FROM real_host"],
            [("table host", "it is missing"), ("table real_host", IS_NO_PART + "TABLE real_host")],
        ),
        (
            ["ALTER TABLE delivery ADD COLUMN also TEXT DEFAULT ''"],
            [("table delivery", "its definition is not the one that writethru makes")],
        ),
    ],
)
def test_what_no_migration_made_is_named_and_not_restored(url: str, tmp_path: Path, statements, named) -> None:
    copy = tmp_path / "copy.db"
    backup(url, copy)
    with closing(sqlite3.connect(copy)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    with open_archive(f"sqlite:///{copy}", readonly=True) as store:
        damage = [(each.what, each.how) for each in verify(store).damage]
    assert [each for each in damage if each in named] == named
    with pytest.raises(ArchiveError, match=f"the first is {damage[0][0]}: {damage[0][1]}"):
        restore(url, copy, force=True)
    with open_archive(url) as store:
        assert verify(store).ok


def test_what_sqlite_and_litestream_add_is_no_damage(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        file.execute("ANALYZE")
        file.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
        file.execute("CREATE TABLE _litestream_lock (id INTEGER)")
        file.commit()
    backup(url, tmp_path / "copy.db")
    assert restore(url, tmp_path / "copy.db", force=True).ok


@pytest.mark.parametrize(
    ("alter", "how"),
    [
        ("PRAGMA ignore_check_constraints=ON; UPDATE article SET state = 'odd'", "CHECK constraint failed in article"),
        (
            "INSERT INTO story (article_id, name) VALUES (99, 'x')",
            "row 1 of the table story refers to a row of article",
        ),
    ],
)
def test_a_backup_whose_database_is_not_sound_is_not_restored(url: str, tmp_path: Path, alter: str, how: str) -> None:
    copy = tmp_path / "copy.db"
    backup(url, copy)
    with closing(sqlite3.connect(copy)) as file:
        file.executescript(alter)
        file.commit()
    with pytest.raises(ArchiveError, match=f"the backup is damaged: .*{how}"):
        restore(url, copy, force=True)


def test_what_a_killed_restore_left_is_removed_and_a_running_one_is_let_be(url: str, tmp_path: Path) -> None:
    copy, part = tmp_path / "copy.db", tmp_path / "archive.db.part"
    backup(url, copy)
    for suffix in ("", "-wal", "-shm"):
        part.with_name(part.name + suffix).write_bytes(b"half")
    with lock(url):
        pass
    assert not list(tmp_path.glob("*.part*"))
    part.write_bytes(b"half")
    assert restore(url, copy, force=True).ok
    with part.open("wb") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        remove_leftover(tmp_path / "archive.db")
        with pytest.raises(ArchiveLocked, match="another restore is writing this file"):
            restore(url, copy, force=True)
        assert part.exists()


def test_the_objects_of_a_new_archive_are_those_that_are_compared_with(tmp_path: Path, monkeypatch) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with open_archive(url, migrate=True) as store:
        monkeypatch.setattr("tracker.archive.migrations.upgrade", None)
        assert list(foreign_objects(store)) == [], "after a migration, OBJECTS_SHA256 changes too"


def test_a_file_without_an_archive_is_not_copied(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(ArchiveError, match="no archive found"):
        backup(f"sqlite:///{empty}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == [empty]


def test_an_archive_that_cannot_be_read_is_named_and_not_the_copy(url: str, tmp_path: Path, monkeypatch) -> None:
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
        (
            "9999",
            "this archive was written by a newer writethru",
            "upgrade writethru, or restore a backup made before the archive was upgraded",
        ),
        ("0001", "the archive has schema 0001", "run: writethru --db {copy} db upgrade"),
        (
            "moving",
            "a move into this archive was not finished",
            "run writethru db move again, into an empty database",
        ),
    ],
)
def test_a_backup_of_another_schema_says_what_to_do(url: str, tmp_path, revision: str, message: str, hint: str) -> None:
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


def fill(archive: Archive) -> str:
    """Fill an archive with some of everything, and return the note of its last checkpoint."""
    for place in range(6):
        tracked = watch(archive, f"https://herald.example/{place}", stories=("Floods",))
        grow(archive, tracked, 5)
        again = look(tracked, 5, minutes(6), CheckOutcome.UNCHANGED, recapture=capture(5, minutes(6), tracked.url))
        commit_check(archive, again)
    take_down(archive, tracked.id, "court order", NOW, 2)
    prune_pages(archive, "Herald", NOW, keep=3)
    enqueue_alerts(archive, [alert("a"), alert("b", article="bb")], NOW)
    mark_delivered(archive, [1], NOW)
    save_state(archive, "umlaut ä", "\u2013 text", NOW)
    note = seal_log(archive, Signer.new("herald.example"), NOW)
    commit_check(archive, intent(tracked, 6, minutes(7)))
    return note


def tables(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, each table sorted."""
    engine = make_engine(url)
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in METADATA.tables
        }


def move(source: str, target: str, tell: Callable[[str, int, int], None] = lambda *_: None) -> None:
    with open_archive(source) as old, moving.open_target(target) as new:
        assert moving.move(old, new, tell).ok


@pytest.mark.postgres
def test_an_archive_goes_to_a_server_and_back(tmp_path: Path, postgres_url: str) -> None:
    first, last = new_archive_at(tmp_path / "first.db"), f"sqlite:///{tmp_path / 'last.db'}"
    with open_archive(first) as archive:
        note = fill(archive)
    move(first, postgres_url)
    assert tables(postgres_url) == tables(first)
    with open_archive(first) as before, open_archive(postgres_url) as archive:
        assert verify(archive, against=note).ok
        assert len(search_passages(archive, "streets")) == len(search_passages(before, "streets")) > 0
    move(postgres_url, last)
    assert tables(last) == tables(first)
    for url in (postgres_url, last):
        with open_archive(url) as archive:
            grow(archive, watch(archive, "https://herald.example/new"), 2)
            assert verify(archive, against=note).ok
            assert len(search_passages(archive, "streets")) > 0


def interrupt(table: str, done: int, total: int) -> None:
    if table == "version":
        raise KeyboardInterrupt


def test_a_move_that_was_interrupted_is_begun_again_in_an_empty_file(tmp_path: Path) -> None:
    first, last = new_archive_at(tmp_path / "first.db"), f"sqlite:///{tmp_path / 'last.db'}"
    with open_archive(first) as archive:
        fill(archive)
    with pytest.raises(KeyboardInterrupt):
        move(first, last, interrupt)
    with pytest.raises(SchemaMismatch, match="a move into this archive was not finished"):
        open_archive(last, migrate=True)
    with pytest.raises(SchemaMismatch, match="a move into this archive was not finished"):
        moving.open_target(last)
    (tmp_path / "last.db").unlink()
    move(first, last)
    assert tables(last) == tables(first)


def test_a_source_that_changes_meanwhile_is_found(tmp_path: Path) -> None:
    first, last = new_archive_at(tmp_path / "first.db"), f"sqlite:///{tmp_path / 'last.db'}"
    with open_archive(first) as archive:
        fill(archive)

    def change(table: str, *_: int) -> None:
        if table == "compare article":
            with open_archive(first) as archive:
                watch(archive, "https://herald.example/meanwhile")

    with pytest.raises(ArchiveError, match="the copy of table article differs"):
        move(first, last, change)


def test_only_an_empty_archive_is_moved_into(tmp_path: Path) -> None:
    last = new_archive_at(tmp_path / "last.db")
    with open_archive(last) as archive:
        watch(archive)
    with pytest.raises(ArchiveError, match="the target is not empty"):
        moving.open_target(last)
    with open_archive(last) as archive:
        assert verify(archive).ok


SIGNER = Signer.new("herald.example/archive")


@pytest.mark.postgres
def test_a_dump_comes_back_and_is_verified(postgres: Server, tmp_path: Path) -> None:
    if postgres.is_foreign:
        pytest.skip("its version may not be that of our pg_dump")
    url, dump = postgres.create(), tmp_path / "news.dump"
    with open_archive(url, migrate=True) as store:
        for place in range(3):
            grow(store, watch(store, f"{URL}/{place}"), 3)
        note = seal_log(store, SIGNER, minutes(10))
        run_client("pg_dump", url, "--format=custom", f"--file={dump}")
        # What came after the dump is not in it.
        grow(store, watch(store, f"{URL}/later"), 1)
        later = seal_log(store, SIGNER, minutes(20))
    restored = postgres.create()
    run_client("pg_restore", restored, "--exit-on-error", "--no-owner", str(dump))
    with open_archive(restored) as store:
        report = verify(store, against=note, public=SIGNER.public, keys=[SIGNER.public])
        assert (report.ok, report.versions, report.decoded) == (True, 9, 9)
        assert [each.what for each in verify(store, sample=0, against=later).damage] == ["the log"]
        # It can be written to again.
        grow(store, watch(store, f"{URL}/again"), 2)
        assert verify(store).ok
    for each in (url, restored):
        postgres.drop(each)
