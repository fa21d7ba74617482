"""Every implementation of a seam, for the suite of that seam."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tracker.archive.quick.reader import QuickReader, quick_path

from tests.fake_store import FakeStore
from tests.postgres import Server, postgres
from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.archive.opening import Archive

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty archive to copy: to migrate one for each test would take longer than the test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    open_archive(f"sqlite:///{path}", migrate=True).close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    url = postgres.create()
    open_archive(url, migrate=True).close()
    return url.partition("?")[0].rpartition("/")[2]


class QuickStore:
    """Reads with the quick reader and writes with the store: what the one wrote the other must read alike."""

    def __init__(self, url: str) -> None:
        path = quick_path(url)
        assert path is not None
        self._writer, self._reader = open_archive(url), QuickReader(path)

    def close(self) -> None:
        self._writer.close()
        self._reader.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader if hasattr(QuickReader, name) else self._writer, name)


@pytest.fixture(params=["fake", "sqlite", "quick", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Archive]]:
    """Return what opens the same archive again and again."""
    opened: list[Archive] = []
    if request.param == "fake":
        only = FakeStore()
        yield lambda: only
        return
    server: Server | None = None
    if request.param in {"sqlite", "quick"}:
        path = tmp_path / "archive.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.create(request.getfixturevalue("postgres_template"))

    def make() -> Archive:
        quick: Any = QuickStore
        opened.append(quick(url) if request.param == "quick" else open_archive(url))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
    if server is not None:
        server.drop(url)


@pytest.fixture
def store(make_store: Callable[[], Archive]) -> Archive:
    return make_store()
