"""A disk that is full, or that fails: what was acknowledged is there once, the rest is refused by name."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.archive_samples import capture, content, intent, minutes, watch
from tests.archives import new_archive_at
from tests.programme.c_shims import build
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.state import count_all
from tracker.archive.versions import get_version, iter_versions
from tracker.errors import ArchiveError, ArchiveFull
from tracker.model.version import VersionQuery
from tracker.model.watch import WatchedArticle


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"a disk that can be filled needs root and mount: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def all_is_there(store: Archive, ident: str, acknowledged: int) -> None:
    tracked = get_article(store, ident)
    assert tracked.versions >= acknowledged
    numbers = [each.n for each in iter_versions(store, VersionQuery(article=ident, reverse=True))]
    assert numbers == list(range(1, tracked.versions + 1))
    for n in numbers:
        assert get_version(store, ident, n).content == content(n)
        assert get_capture(store, ident, n) == capture(n, minutes(n), tracked.url)
    assert verify(store).damage == []


def fill(store: Archive, tracked: WatchedArticle) -> None:
    """Keep versions until the disk is full; what was acknowledged is counted each time."""
    for _ in range(2000):
        n = get_article(store, tracked.id).versions + 1
        assert commit_check(store, intent(tracked, n, minutes(n))).version == n
        assert get_article(store, tracked.id).versions == n


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk that can be filled")
def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "2m") as disk:
        url = f"sqlite:///{disk / 'archive.db'}"
        with open_archive(url, migrate=True) as store:
            tracked = watch(store)
            filler = disk / "filler"
            filler.write_bytes(bytes(shutil.disk_usage(disk).free - 300_000))
            with pytest.raises(ArchiveFull, match="the disk is full") as told:
                fill(store, tracked)
            assert "SQL" not in str(told.value)
            n = get_article(store, tracked.id).versions
            assert n > 0
            # What reads goes on, and so does the same writer once there is space.
            assert get_version(store, tracked.id, n).content == content(n)
            with pytest.raises(ArchiveFull):
                fill(store, tracked)
            n = get_article(store, tracked.id).versions
            filler.unlink()
            assert commit_check(store, intent(tracked, n + 1, minutes(n + 1))).version == n + 1
            all_is_there(store, tracked.id, n + 1)
            assert get_article(store, tracked.id).versions == n + 1
        with open_archive(url) as again:
            all_is_there(again, tracked.id, n + 1)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("shim"), "failing_disk")


@pytest.mark.parametrize("calls", ["sync", "write", "read", "sync read write"])
def test_a_disk_that_fails_is_named_and_loses_nothing(tmp_path: Path, shim: Path, calls: str) -> None:
    url, fails = f"sqlite:///{tmp_path / 'archive.db'}", tmp_path / "fails"
    env = os.environ | {"LD_PRELOAD": str(shim), "EIO_WHILE": str(fails), "EIO_OF": calls}
    command = [sys.executable, "-m", "tests.integration.archive.test_disk", url, str(fails), calls]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    word, acknowledged, refused = last.split()
    assert word == "done"
    assert int(acknowledged) >= 30
    assert int(refused) == 5
    with open_archive(url) as store:
        (tracked,) = list_articles(store)
        all_is_there(store, tracked.id, int(acknowledged))
        assert tracked.versions == int(acknowledged)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def read_anew(url: str) -> None:
    """Open the archive once more and read from it."""
    with open_archive(url) as other:
        list_articles(other)


def write_on_a_failing_disk(url: str, fails: Path, calls: str) -> None:
    """Keep versions while the disk fails again and again; say how many were acknowledged and how often it was told."""
    refused = 0
    with open_archive(url, migrate=True) as store:
        tracked = watch(store)
        for round_ in range(5):
            for _ in range(6):
                n = get_article(store, tracked.id).versions + 1
                assert commit_check(store, intent(tracked, n, minutes(n))).version == n
            fails.touch()
            n = get_article(store, tracked.id).versions + 1
            # What this process has read already needs no disk.
            with pytest.raises(ArchiveError, match="the disk cannot be read or written"):
                read_anew(url) if calls == "read" else commit_check(store, intent(tracked, n, minutes(n)))
            refused += 1
            fails.unlink()
            assert get_article(store, tracked.id).versions == n - 1, round_
        sys.stdout.write(f"done {get_article(store, tracked.id).versions} {refused}\n")


if __name__ == "__main__":
    from pathlib import Path as _Path

    write_on_a_failing_disk(sys.argv[1], _Path(sys.argv[2]), sys.argv[3])


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
