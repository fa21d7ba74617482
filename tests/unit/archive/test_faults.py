"""What goes wrong in a database, in words for people."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from tracker.archive.database.faults import explain
from tracker.archive.opening import open_archive
from tracker.archive.schema_revision import examine
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable


def sqlite_error(code: int, said: str = "it said") -> sqlite3.Error:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), ArchiveFull, "the disk is full"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), ArchiveLocked, "the archive has been locked"),
        (sqlite_error(sqlite3.SQLITE_IOERR_SHMSIZE), ArchiveFull, "the disk is full"),
        (sqlite_error(sqlite3.SQLITE_IOERR_FSYNC), ArchiveError, "the disk cannot be read or written"),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), ArchiveError, "the archive is damaged"),
        (sqlite_error(sqlite3.SQLITE_ERROR, "no such table: label"), ArchiveError, "the archive is damaged"),
        (sqlite_error(sqlite3.SQLITE_NOTADB), ArchiveError, "not an archive"),
        (sqlite_error(sqlite3.SQLITE_ERROR), ArchiveError, "the database reported an error"),
        (psycopg.errors.DiskFull("no space left"), ArchiveFull, "the disk is full"),
        (psycopg.errors.DataCorrupted("bad page"), ArchiveError, "the archive is damaged"),
        (psycopg.errors.InvalidPassword("no"), ArchiveError, "the server refused the login"),
        (psycopg.errors.AdminShutdown("bye"), ArchiveUnreachable, "the server cannot be reached"),
        (psycopg.OperationalError("connection refused"), ArchiveUnreachable, "the server cannot be reached"),
        (
            psycopg.OperationalError("connection failed: FATAL: sorry, too many clients already"),
            ArchiveUnreachable,
            "the server has no connection left",
        ),
        (
            psycopg.OperationalError('connection failed: FATAL: password authentication failed for user "a"'),
            ArchiveError,
            "the server refused the login",
        ),
        (
            psycopg.OperationalError('connection failed: FATAL: database "a" does not exist'),
            ArchiveError,
            "the server has no such database",
        ),
        (psycopg.OperationalError("something else"), ArchiveError, "the database reported an error"),
    ],
)
def test_each_has_its_name(error: Exception, kind: type[ArchiveError], message: str) -> None:
    told = explain(error, "archive.db")
    assert type(told) is kind
    assert told.message.startswith(message)
    assert told.resource == "archive.db"
    assert told.__cause__ is error


def test_what_the_server_says_is_cut_to_its_first_line() -> None:
    said = "value too long\nLINE 1: INSERT INTO version VALUES ('secret')\nDETAIL: secret"
    told = explain(psycopg.errors.DataException(said), "server")
    assert "secret" not in str(told)
    assert "value too long" in str(told)


class TestDamagedFiles:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        place = tmp_path / "archive.db"
        open_archive(f"sqlite:///{place}", migrate=True).close()
        return place

    def test_a_truncated_one_is_not_called_sound(self, path: Path) -> None:
        path.write_bytes(path.read_bytes()[: 20 * 4096])
        for look in (examine, open_archive):
            with pytest.raises(ArchiveError, match="damaged") as told:
                look(f"sqlite:///{path}")
            assert "SELECT" not in str(told.value)
            assert "sqlalche.me" not in str(told.value)

    def test_a_zeroed_page_is_found(self, path: Path) -> None:
        size = path.stat().st_size // 4096
        with path.open("r+b") as file:
            file.seek((size - 1) * 4096)
            file.write(bytes(4096))
        with pytest.raises(ArchiveError, match="damaged"):
            examine(f"sqlite:///{path}")

    def test_a_missing_table_is_named(self, path: Path) -> None:
        file = sqlite3.connect(path)
        file.execute("DROP TABLE label")
        file.close()
        with pytest.raises(ArchiveError, match="the table label is missing"):
            examine(f"sqlite:///{path}")

    def test_a_sound_one_is_not_complained_of(self, path: Path) -> None:
        examine(f"sqlite:///{path}")
