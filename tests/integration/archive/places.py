"""An archive on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.postgres import Server, postgres
from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive

__all__ = ["postgres", "store", "url"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty archive."""
    server: Server | None = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = f"sqlite:///{tmp_path / 'archive.db'}" if server is None else server.create()
    open_archive(made, migrate=True).close()
    yield made
    if server is not None:
        server.drop(made)


@pytest.fixture
def store(url: str) -> Iterator[Archive]:
    """Give an empty archive."""
    with open_archive(url) as opened:
        yield opened
