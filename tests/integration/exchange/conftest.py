"""Archives to write from and to read into."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import grow, intent, minutes, watch
from tracker.archive import open_archive
from tracker.archive.checks import commit_check
from tracker.model import LabelKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty archive to copy, for to migrate one takes longer than a test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    open_archive(f"sqlite:///{path}", migrate=True).close()
    return path


@pytest.fixture
def fresh(tmp_path: Path, template: Path) -> Iterator[Callable[[], Archive]]:
    """Make empty archives."""
    count = 0
    with ExitStack() as stack:

        def make() -> Archive:
            nonlocal count
            count += 1
            shutil.copyfile(template, tmp_path / f"{count}.db")
            return stack.enter_context(open_archive(f"sqlite:///{tmp_path}/{count}.db"))

        yield make


@pytest.fixture
def full(fresh: Callable[[], Archive]) -> Archive:
    """Return an archive of two articles of two sources, with three versions and one."""
    store = fresh()
    flood = watch(store, stories=("Weather", "Town"))
    grow(store, flood, 3)
    other = watch(store, "https://post.example/b", source="Post", title="")
    commit_check(store, intent(other, 1, minutes(1.5)))
    commit_check(store, intent(other, 2, minutes(9), kinds=(LabelKind.CORRECTION, LabelKind.NAME)))
    return store
