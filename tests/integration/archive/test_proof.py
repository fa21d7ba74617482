"""The log, its checkpoints, verification: nothing changes unseen."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import NOW, URL, grow, intent, minutes
from tests.integration.archive.places import postgres, store, url
from tracker.archive import open_archive
from tracker.archive.notes import Signer, read_note
from tracker.archive.verify import verify
from tracker.errors import ArchiveError, NotKnown
from tracker.model import Target

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.archive import SqlStore

__all__ = ["postgres", "store", "url"]

SIGNER = Signer.new("herald.example/archive")

EVIDENCE = {
    "version": ("n", "seen_at", "previous_seen_at", "status", "extractor", "signature", "sha256"),
    "capture": ("fetched_at", "status", "sha256"),
    "blob": ("raw_len", "sha256", "data"),
    "leaf": ("hash",),
    "change": ("data",),
}


def fill(store: SqlStore, articles: int = 3, versions: int = 6) -> None:
    targets = [Target(f"{URL}/{place}") for place in range(articles)]
    for tracked in store.add_targets("Herald", targets, NOW):
        grow(store, tracked, versions)


class TestLog:
    def test_checkpoints_grow_and_prove(self, store: SqlStore) -> None:
        fill(store, 1, 3)
        first = read_note(store.seal(SIGNER, minutes(10)), SIGNER.public)
        grow_more(store)
        second = read_note(store.seal(SIGNER, minutes(20)), SIGNER.public)
        assert (first.size, second.size) == (3, 5)
        assert [read_note(each) for each in store.checkpoints()] == [first, second]
        assert store.root(3).root == first.root
        assert store.root().root == second.root
        ident = store.articles()[0].id
        for n in (1, 2, 3):
            proof = store.inclusion(ident, n, 3)
            assert proof.holds()
            assert (proof.root, proof.size) == (first.root, 3)
        assert store.inclusion(ident, 5).root == second.root
        assert len(store.consistency(3)) > 0
        with pytest.raises(NotKnown):
            store.inclusion(ident, 5, 3)
        with pytest.raises(NotKnown, match="5 leaves"):
            store.root(6)
        assert verify(store, against=store.checkpoints()[0], public=SIGNER.public).ok

    def test_nothing_new_is_the_same_checkpoint(self, store: SqlStore) -> None:
        assert read_note(store.seal(SIGNER, NOW)).size == 0
        fill(store, 1, 2)
        assert store.seal(SIGNER, NOW) == store.seal(SIGNER, minutes(1))
        assert len(store.checkpoints()) == 2

    def test_versions_kept_without_a_log_are_entered_later(self, store: SqlStore) -> None:
        fill(store, 2, 3)
        with store.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM leaf")
        assert {each.how for each in verify(store).damage} == {"it is not in the log"}
        store.seal(SIGNER, NOW)
        assert verify(store).ok


def grow_more(store: SqlStore) -> None:
    tracked = store.articles()[0]
    for n in (4, 5):
        store.commit(intent(tracked, n, minutes(n)))


class TestVerify:
    def test_what_is_whole(self, store: SqlStore) -> None:
        fill(store)
        report = verify(store)
        assert report.ok
        assert (report.versions, report.decoded) == (18, 18)
        assert report.bytes > 18 * 3000
        quick = verify(store, sample=0)
        assert (quick.versions, quick.decoded, quick.ok) == (18, 0, True)
        some = verify(store, sample=0.5, dice=random.Random(1))
        assert 0 < some.decoded < 18
        one = verify(store, article=store.articles()[0].id)
        assert one.versions == 6

    def test_a_missing_version_is_missed(self, store: SqlStore) -> None:
        fill(store, 2, 4)
        ident = store.articles()[0].id
        with store.database.write() as connection:
            for table, column in (("label", "version_id"), ("change", "version_id"), ("leaf", "version_id")):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = {newest(ident)}")
            connection.exec_driver_sql(f"DELETE FROM capture WHERE version_id = {newest(ident)}")
            connection.exec_driver_sql(
                f"DELETE FROM version WHERE n = 4 AND article_id = (SELECT id FROM article WHERE ident = '{ident}')"
            )
        report = verify(store)
        assert [each.what for each in report.damage] == [ident]
        assert "3 versions and should have 4" in report.damage[0].how
        assert verify(store, article=store.articles()[1].id).ok

    def test_history_cannot_be_rewritten_behind_a_checkpoint(self, store: SqlStore) -> None:
        fill(store, 1, 3)
        note = store.seal(SIGNER, NOW)
        with store.database.write() as connection:
            connection.exec_driver_sql("UPDATE version SET seen_at = seen_at - 60000 WHERE n = 3")
        assert [each.what for each in verify(store, sample=0).damage] == [f"{store.articles()[0].id}@3"]
        with store.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM leaf WHERE version_id = (SELECT id FROM version WHERE n = 3)")
        store.seal(SIGNER, NOW)
        # The owner of the database made it whole again; who kept the note still sees it.
        assert verify(store).ok
        assert verify(store, against=note).damage[0].what == "the log"
        with store.database.write() as connection:
            connection.exec_driver_sql("UPDATE leaf SET position = NULL")
        assert "holds 0 of them" in verify(store, against=note).damage[0].how
        with pytest.raises(ArchiveError, match="not signed"):
            verify(store, against=note, public=Signer.new("somebody").public)


def newest(ident: str) -> str:
    return (
        "(SELECT v.id FROM version v JOIN article a ON a.id = v.article_id "
        f"WHERE a.ident = '{ident}' AND v.n = a.versions)"
    )


class TestDamage:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        place = tmp_path / "archive.db"
        with open_archive(f"sqlite:///{place}", migrate=True) as store:
            fill(store, 2, 4)
        return place

    @pytest.mark.slow
    def test_every_flipped_bit_in_evidence_is_named(self, path: Path) -> None:
        dice = random.Random(5)
        missed = []
        with (
            contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file,
            open_archive(f"sqlite:///{path}") as store,
        ):
            for flip in range(300):
                undo = flip_a_bit(file, dice)
                if verify(store).ok:
                    missed.append((flip, undo))
                file.execute(*undo)
            assert missed == []
            assert verify(store).ok

    def test_the_damaged_are_named_and_only_they(self, path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("UPDATE capture SET fetched_at = fetched_at + 1 WHERE version_id = 2")
            ident, n = file.execute(
                "SELECT ident, n FROM version JOIN article ON article.id = article_id WHERE version.id = 2"
            ).fetchone()
        with open_archive(f"sqlite:///{path}") as store:
            assert {each.what for each in verify(store).damage} == {f"{ident}@{n}"}


def flip_a_bit(file: sqlite3.Connection, dice: random.Random) -> tuple[str, tuple[object, ...]]:
    """Flip one bit of one value of one row of evidence; return how to undo it."""
    while True:
        table = dice.choice(list(EVIDENCE))
        column = dice.choice(EVIDENCE[table])
        key = "id" if table in {"version", "blob"} else "version_id"
        rows = file.execute(f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
        row, value = dice.choice(rows)
        if isinstance(value, int):
            flipped: object = value ^ (1 << dice.randrange(16))
        elif isinstance(value, bytes):
            at = dice.randrange(len(value))
            flipped = value[:at] + bytes([value[at] ^ (1 << dice.randrange(8))]) + value[at + 1 :]
        else:
            at = dice.randrange(len(value))
            flipped = value[:at] + chr(ord(value[at]) ^ (1 << dice.randrange(5))) + value[at + 1 :]
        with contextlib.suppress(sqlite3.IntegrityError):
            file.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (flipped, row))
            return f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, row)
