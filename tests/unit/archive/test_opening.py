import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.archive_samples import content, grow, watch
from tracker.archive.database.drivers import archive_url, explain
from tracker.archive.database.locking import Leadership, lock
from tracker.archive.opening import examine, open_archive
from tracker.archive.sources import save_host
from tracker.archive.state import count_all
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable, SchemaMismatch
from tracker.model.capture import HostState


@pytest.mark.parametrize("use", [lambda url: lock(url).__enter__(), lambda url: Leadership(url).check(), open_archive])
def test_the_package_that_postgresql_needs_is_named(use, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ArchiveError) as caught:
        use("postgresql://localhost/x")
    assert caught.value.hint == "pip install 'writethru[postgres]'"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'archive.db'}"


class TestUrls:
    @pytest.mark.parametrize(
        "bad", ["mysql://root@localhost/x", "nonsense", "sqlite://", "sqlite:///:memory:", "http:"]
    )
    def test_what_is_no_archive(self, bad: str) -> None:
        with pytest.raises(ArchiveError) as caught:
            archive_url(bad)
        assert "sqlite:///path/to/writethru.db" in caught.value.hint

    def test_the_environment_names_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert archive_url().path == Path("writethru.db")
        monkeypatch.setenv("WRITETHRU_DB", "sqlite:////var/lib/writethru.db")
        assert archive_url().path == Path("/var/lib/writethru.db")
        assert archive_url("sqlite:///other.db").path == Path("other.db")

    def test_passwords_are_not_shown(self) -> None:
        made = archive_url("postgresql://desk:secret@db.example/news")
        assert made.path is None
        assert "secret" not in made.shown

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://desk:a@secret@db.example/news",
            "postgresql://desk:secret@db.example:port/news",
            "postgresql://desk:secret",
            "host=db.example user=desk password=secret",
            "mysql://desk@db.example/news?password=secret",
        ],
    )
    def test_what_is_no_archive_is_refused_without_its_password(self, url: str) -> None:
        with pytest.raises(ArchiveError) as caught:
            archive_url(url)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None

    def test_postgres_without_its_driver(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(ArchiveError) as caught:
            open_archive("postgresql+psycopg://desk@db.example/news")
        assert "writethru[postgres]" in caught.value.hint

    def test_a_server_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ArchiveError, match="cannot be reached"):
            open_archive(f"postgresql+psycopg://desk@/news?host={tmp_path}")
        with pytest.raises(ArchiveError, match="cannot be reached"), lock(f"postgresql://desk@/news?host={tmp_path}"):
            pass


class TestOpening:
    def test_nothing_is_made_unless_asked_and_migrating_makes_an_archive_once(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(SchemaMismatch) as caught:
            open_archive(url)
        assert "writethru db upgrade" in caught.value.hint
        with pytest.raises(ArchiveError, match="no archive found"):
            open_archive(url, readonly=True)
        assert list(tmp_path.iterdir()) == []
        open_archive(url, migrate=True).close()
        open_archive(url, migrate=True).close()
        with open_archive(url) as archive:
            assert archive.is_sqlite
            assert count_all(archive).articles == 0

    def test_a_child_process_makes_it_without_a_trace_in_this_one(self, url: str) -> None:
        code = (
            "import sys; from tracker.archive.state import count_all;"
            "from tracker.archive.opening import open_archive;"
            f"archive = open_archive({url!r}, create=True, in_child=True);"
            "print(count_all(archive).articles, 'alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout == "0 False False\n"
        assert done.stderr == ""

    def test_what_fails_in_the_child_is_explained_here(self, url: str, tmp_path: Path) -> None:
        # A table of that name keeps the first migration from making its own.
        with closing(sqlite3.connect(tmp_path / "archive.db", isolation_level=None)) as file:
            file.execute("CREATE TABLE article (id INTEGER)")
        with pytest.raises(ArchiveError, match="the migration failed and was rolled back"):
            open_archive(url, migrate=True, in_child=True)

    def test_what_is_empty_or_no_database_is_no_archive_yet(self, url: str, tmp_path: Path) -> None:
        (tmp_path / "archive.db").touch()
        with pytest.raises(SchemaMismatch, match="no archive found"):
            open_archive(url)
        (tmp_path / "archive.db").write_bytes(b"not a database at all" * 100)
        with pytest.raises(ArchiveError, match="not an archive, or its beginning is damaged"):
            open_archive(url)

    @pytest.mark.parametrize(
        ("change", "migrate", "said"),
        [
            ("UPDATE alembic_version SET version_num = '0000'", False, "this release needs"),
            ("UPDATE alembic_version SET version_num = '9999'", True, "a newer writethru"),
            ("DELETE FROM alembic_version", False, "no archive found"),
        ],
    )
    def test_another_schema(self, url: str, tmp_path: Path, change: str, migrate: bool, said: str) -> None:
        open_archive(url, migrate=True).close()
        with closing(sqlite3.connect(tmp_path / "archive.db", isolation_level=None)) as file:
            file.execute(change)
        with pytest.raises(SchemaMismatch, match=said):
            open_archive(url, migrate=migrate)

    def test_missing_folders_and_folders_in_place_of_the_file_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(ArchiveError) as caught:
            open_archive(f"sqlite:///{tmp_path}/none/archive.db", migrate=True)
        assert caught.value.hint.startswith("mkdir -p")
        with pytest.raises(ArchiveError, match="this is a folder, not an archive"):
            open_archive(f"sqlite:///{tmp_path}")
        with pytest.raises(ArchiveError, match="lock file"), lock(f"sqlite:///{tmp_path}/none/archive.db"):
            pass

    def test_a_reader_cannot_write(self, url: str) -> None:
        with open_archive(url, migrate=True) as archive:
            tracked = watch(archive)
            grow(archive, tracked, 2)
        with open_archive(url, readonly=True) as reader:
            assert get_version(reader, tracked.id, 2).content == content(2)
            with pytest.raises(ArchiveError, match="cannot be written"):
                save_host(reader, HostState("herald.example"))

    def test_odd_names_of_files(self, tmp_path: Path) -> None:
        name = tmp_path / "50% of #1 ü.db"
        open_archive(f"sqlite:///{name}", migrate=True).close()
        assert name.exists()

    def test_it_writes_ahead_and_waits_for_the_disk(self, url: str) -> None:
        with open_archive(url, migrate=True) as archive, archive.read() as connection:
            found = [
                connection.value(int, f"PRAGMA {name}")
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert found == ["wal", 2, 1, 30_000]


class TestErrors:
    def test_what_the_database_cannot_do(self, url: str) -> None:
        wrong: Any = object()
        with open_archive(url, migrate=True) as archive, pytest.raises(ArchiveError, match="reported an error"):
            save_host(archive, HostState("herald.example", failures=wrong))


class TestLock:
    def test_the_lock_ends_with_its_holder(self, url: str) -> None:
        code = (
            "from tracker.archive.database.locking import lock\n"
            f"with lock({url!r}):\n print('held', flush=True)\n input()"
        )
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(ArchiveLocked, match=f"process {child.pid}"), lock(url):
            pass
        child.kill()
        child.wait()
        child.stdout.close()
        child.stdin.close()
        with lock(url):
            pass


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
