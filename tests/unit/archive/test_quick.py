from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tracker.archive.quick.reader import quick_path

from tests.archive_samples import capture, content, grow, minutes, watch
from tracker.archive import QuickReader, Archive, open_archive, open_reader
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version, latest_version
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.model import Article

if TYPE_CHECKING:
    from pathlib import Path

FORBIDDEN = ("sqlalchemy", "sqlmodel", "alembic", "pydantic", "httpx", "rich", "asyncio", "cryptography")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "archive.db"
    with open_archive(f"sqlite:///{place}", migrate=True) as store:
        grow(store, watch(store), 3)
    return place


def test_the_fitting_reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_reader(f"sqlite:///{path}") as reader:
        assert isinstance(reader, QuickReader)
        assert latest_version(list_articlesarticles(reader)[0].id) is not None
    assert quick_path("postgresql://desk@db.example/news") is None
    assert quick_path() is not None
    opened: list[object] = []
    monkeypatch.setattr("tracker.archive.opening.open_archive", lambda *args, **kwargs: opened.append((args, kwargs)))
    open_reader("postgresql://desk@db.example/news")
    assert opened == [(("postgresql://desk@db.example/news",), {"readonly": True})]


def test_it_imports_nothing_heavy(path: Path) -> None:
    code = (
        "import sys\nfrom tracker.archive import open_reader\n"
        f"reader = open_reader('sqlite:///{path}')\n[v for v in [reader.latest(reader.articles()[0].id)]]\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here"):
        open_reader(f"sqlite:///{tmp_path / 'none.db'}")
    (tmp_path / "empty.db").touch()
    with pytest.raises(SchemaMismatch, match="no archive here yet"):
        open_reader(f"sqlite:///{tmp_path / 'empty.db'}")
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(ArchiveError, match="this is no archive"):
        open_reader(f"sqlite:///{tmp_path / 'other.db'}")


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_another_schema(path: Path, revision: str) -> None:
    file = sqlite3.connect(path)
    file.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    file.commit()
    file.close()
    with pytest.raises(SchemaMismatch, match=f"its schema is {revision}"):
        open_reader(f"sqlite:///{path}")


def test_what_was_taken_out(path: Path) -> None:
    with open_archive(f"sqlite:///{path}") as store, open_reader(f"sqlite:///{path}") as reader:
        assert isinstance(store, Archive)
        ident = list_articles(store)[0].id
        take_down(store, ident, "a court said so", minutes(9), 2)
        gone = get_version(reader, ident, 2)
        assert (gone.content, gone.change, gone.removed) == (Article(), None, "a court said so")
        with pytest.raises(ArchiveError, match="taken out: a court said so"):
            get_capture(reader, ident, 2)
        assert get_version(reader, ident, 3).content == content(3)
        assert get_capture(reader, ident, 3) == capture(3, minutes(3))


@pytest.mark.parametrize("damage", ["data = zeroblob(20)", "crc = crc + 1", "base_id = NULL"])
def test_damage_is_an_error(path: Path, damage: str) -> None:
    file = sqlite3.connect(path)
    file.execute(f"UPDATE blob SET {damage}")
    file.commit()
    file.close()
    with open_reader(f"sqlite:///{path}") as reader, pytest.raises(ArchiveError, match="damaged"):
        get_capture(list_articlesarticles(reader)[0].id, 2)


def test_a_page_that_is_another_or_missing(path: Path) -> None:
    file = sqlite3.connect(path)
    file.execute("UPDATE capture SET sha256 = zeroblob(32) WHERE version_id = 1")
    file.execute("UPDATE capture SET body_id = 999 WHERE version_id = 2")
    file.commit()
    file.close()
    with open_reader(f"sqlite:///{path}") as reader:
        ident = list_articles(reader)[0].id
        with pytest.raises(ArchiveError, match="does not match its hash"):
            get_capture(reader, ident, 1)
        with pytest.raises(ArchiveError, match="blob 999 is missing"):
            get_capture(reader, ident, 2)
