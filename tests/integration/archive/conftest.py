"""An archive on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.archives import new_archive_at
from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty archive."""
    if request.param == "sqlite":
        return new_archive_at(tmp_path / "archive.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Archive]:
    """Give an empty archive."""
    with open_archive(url) as opened:
        yield opened
