"""D3: another program holds the database; commits wait as long as it does, none is lost, and none waits for ever."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import intent, minutes, watch
from tracker.archive import open_archive
from tracker.archive.articles import get_article
from tracker.archive.checks import commit_check
from tracker.archive.database import engine, faults
from tracker.archive.values import BUSY_SECONDS
from tracker.errors import ArchiveLocked

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = (0.1, 0.3, 0.8)


def held(path: Path, seconds: float, taken: threading.Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        taken.set()
        time.sleep(seconds)
        other.execute("COMMIT")


def test_a_commit_waits_for_whoever_writes(tmp_path: Path) -> None:
    assert BUSY_SECONDS >= 20
    path = tmp_path / "archive.db"
    with open_archive(f"sqlite:///{path}", migrate=True) as store:
        tracked = watch(store)
        for n, seconds in enumerate(HOLDS, 1):
            taken = threading.Event()
            other = threading.Thread(target=held, args=(path, seconds, taken))
            other.start()
            assert taken.wait(10)
            assert commit_check(store, intent(tracked, n, minutes(n))).version == n
            other.join()
        assert get_article(store, tracked.id).versions == len(HOLDS)


def test_who_waits_too_long_is_told_and_can_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (engine, faults):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    path, taken = tmp_path / "archive.db", threading.Event()
    with open_archive(f"sqlite:///{path}", migrate=True) as store:
        tracked = watch(store)
        other = threading.Thread(target=held, args=(path, 1.0, taken))
        other.start()
        assert taken.wait(10)
        with pytest.raises(ArchiveLocked, match="another program has been writing"):
            commit_check(store, intent(tracked, 1, minutes(1)))
        other.join()
        assert commit_check(store, intent(tracked, 1, minutes(1))).version == 1
