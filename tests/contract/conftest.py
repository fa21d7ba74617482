"""Every database that an archive can be on, for the suite of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.archives import new_archive_at
from tests.postgres import Server, postgres
from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    url = postgres.create()
    open_archive(url, migrate=True).close()
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Archive]]:
    """Return what opens the same archive again and again."""
    opened: list[Archive] = []
    server: Server | None = None
    if request.param == "sqlite":
        url = new_archive_at(tmp_path / "archive.db")
    else:
        server = request.getfixturevalue("postgres")
        url = server.create(request.getfixturevalue("postgres_template"))

    def make() -> Archive:
        opened.append(open_archive(url))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
    if server is not None:
        server.drop(url)


@pytest.fixture
def archive(open_again: Callable[[], Archive]) -> Archive:
    return open_again()
