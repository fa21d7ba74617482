"""An archive on each database."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.archive.archive import Archive


@pytest.fixture
def open_again(archive_url: str) -> Iterator[Callable[[], Archive]]:
    """Return what opens the same archive again and again."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(open_archive(archive_url))


@pytest.fixture
def archive(open_again: Callable[[], Archive]) -> Archive:
    return open_again()
