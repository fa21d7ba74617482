"""What was said to be kept is there after any kill, whole and once."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.archive_samples import capture, content, minutes
from tests.archives import new_archive_at
from tracker.archive.archive import Archive
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import get_version, iter_versions
from tracker.archive.watch_state import count_all
from tracker.model.version import VersionQuery

KILLS = int(os.environ.get("WRITETHRU_KILLS", "20"))


class Writer:
    """A process that forks writers, and what they said was kept."""

    def __init__(self, url: str, name: str = "a") -> None:
        command = [sys.executable, "-m", "tests.integration.archive.writer", url, name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.acknowledged: dict[str, int] = {}
        self._pid = 0

    def start(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("write\n")
        self._pid = 0
        said = sum(self.acknowledged.values())
        while not self._pid or said == sum(self.acknowledged.values()):
            self._hear()

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        while self._hear():
            pass

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def _hear(self) -> bool:
        assert self._process.stdout is not None
        word, _, number = self._process.stdout.readline().strip().partition(" ")
        assert word, "the writer failed"
        if word == "pid":
            self._pid = int(number)
        elif word != "end":
            self.acknowledged[word] = max(int(number), self.acknowledged.get(word, 0))
        return word != "end"


def kill_again_and_again(url: str, count: int, names: str = "a") -> dict[str, int]:
    """Let one writer a name work for a moment and kill them, *count* times; return what was acknowledged."""
    dice = random.Random(11)
    writers = [Writer(url, name) for name in names]
    for _ in range(count):
        for each in writers:
            each.start()
        time.sleep(dice.uniform(0.0, 0.1))
        for each in writers:
            each.kill()
    for each in writers:
        each.close()
    return {ident: n for each in writers for ident, n in each.acknowledged.items()}


def everything_is_there(store: Archive, acknowledged: dict[str, int]) -> int:
    """Compare the archive with what was acknowledged; return how many versions there are."""
    total = 0
    for tracked in list_articles(store):
        numbers = [each.n for each in iter_versions(store, VersionQuery(article=tracked.id, reverse=True))]
        assert numbers == list(range(1, tracked.versions + 1))
        assert tracked.versions >= acknowledged.get(tracked.id, 0)
        assert tracked.checks == tracked.versions
        total += tracked.versions
        if tracked.versions:
            assert get_version(store, tracked.id, tracked.versions).content == content(tracked.versions)
            last = get_capture(store, tracked.id, tracked.versions)
            assert last == capture(tracked.versions, minutes(tracked.versions), tracked.url)
    assert len({each.key for each in list_deliveries(store, limit=10**6)}) == total
    assert count_all(store).captures == total
    return total


@pytest.mark.slow
@pytest.mark.parametrize(("names", "share"), [("a", 1), ("ab", 8)])
def test_killed_writers_lose_nothing_on_sqlite(tmp_path: Path, names: str, share: int) -> None:
    url = new_archive_at(tmp_path / "archive.db")
    acknowledged = kill_again_and_again(url, KILLS // share, names)
    with open_archive(url) as store:
        assert everything_is_there(store, acknowledged) >= sum(acknowledged.values()) >= KILLS // share
    with contextlib.closing(sqlite3.connect(tmp_path / "archive.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.slow
@pytest.mark.postgres
def test_killed_writers_lose_nothing_on_postgres(postgres_url: str) -> None:
    acknowledged = kill_again_and_again(postgres_url, KILLS // 4, "ab")
    with open_archive(postgres_url) as store:
        assert everything_is_there(store, acknowledged) >= sum(acknowledged.values()) >= KILLS // 4
