"""Archives to write from and to read into."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import grow, intent, minutes, watch
from tracker.archive import open_archive
from tracker.model import LabelKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.archive import SqlStore


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], SqlStore]]:
    """Make empty archives."""
    count = 0
    with ExitStack() as stack:

        def make() -> SqlStore:
            nonlocal count
            count += 1
            return stack.enter_context(open_archive(f"sqlite:///{tmp_path}/{count}.db", migrate=True))

        yield make


@pytest.fixture
def full(fresh: Callable[[], SqlStore]) -> SqlStore:
    """Return an archive of two articles of two sources, with three versions and one."""
    store = fresh()
    flood = watch(store, stories=("Weather", "Town"))
    grow(store, flood, 3)
    other = watch(store, "https://post.example/b", source="Post", title="")
    store.commit(intent(other, 1, minutes(1.5)))
    store.commit(intent(other, 2, minutes(9), kinds=(LabelKind.CORRECTION, LabelKind.NAME)))
    return store
