"""An archive on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive


@pytest.fixture
def store(archive_url: str) -> Iterator[Archive]:
    """Give an empty archive."""
    with open_archive(archive_url) as opened:
        yield opened
