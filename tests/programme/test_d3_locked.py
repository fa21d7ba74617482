"""D3: another program locks the database; commits wait for it, none is lost, and none waits for ever."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.waiting import PATIENCE
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.database.drivers import BUSY_SECONDS
from tracker.archive.opening import open_archive
from tracker.errors import ArchiveLocked

LOCK_SECONDS = (0.1, 0.3, 0.8)


def lock(path: Path, seconds: float, locked: threading.Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked.set()
        time.sleep(seconds)
        other.execute("COMMIT")


def test_a_commit_waits_for_another_writer(tmp_path: Path) -> None:
    assert BUSY_SECONDS >= 20
    path = tmp_path / "archive.db"
    with open_archive(f"sqlite:///{path}", migrate=True) as archive:
        tracked = watch(archive)
        for n, seconds in enumerate(LOCK_SECONDS, 1):
            locked = threading.Event()
            other = threading.Thread(target=lock, args=(path, seconds, locked))
            other.start()
            assert locked.wait(PATIENCE)
            assert commit_check(archive, intent(tracked, n, minutes(n))).version == n
            other.join()
        assert get_article(archive, tracked.id).versions == len(LOCK_SECONDS)


def test_a_commit_that_waits_too_long_fails_and_can_be_tried_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tracker.archive.database.drivers.BUSY_SECONDS", 0.1)
    path, locked = tmp_path / "archive.db", threading.Event()
    with open_archive(f"sqlite:///{path}", migrate=True) as archive:
        tracked = watch(archive)
        other = threading.Thread(target=lock, args=(path, 1.0, locked))
        other.start()
        assert locked.wait(PATIENCE)
        with pytest.raises(ArchiveLocked, match="the archive has been locked"):
            commit_check(archive, intent(tracked, 1, minutes(1)))
        assert get_article(archive, tracked.id).versions == 0, "reading goes on"
        other.join()
        assert commit_check(archive, intent(tracked, 1, minutes(1))).version == 1
