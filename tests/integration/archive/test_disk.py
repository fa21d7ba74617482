"""A disk that is full, or that fails: what was acknowledged is there once, the rest is refused by name."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.archive_samples import capture, content, intent, minutes, watch
from tests.programme.c_shims import build
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.versions import get_version, iter_versions
from tracker.errors import ArchiveError, ArchiveFull
from tracker.model.version import VersionQuery
from tracker.model.watch import Tracked

_SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
/* The calls that $EIO_OF names fail on files of the archive while the file $EIO_WHILE is there. */
static int broken(int fd, const char *what) {
  char link[64], path[4096];
  ssize_t length;
  if (!strstr(getenv("EIO_OF"), what) || access(getenv("EIO_WHILE"), F_OK)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "archive.db") != NULL;
}
#define SYNC(name) int name(int fd) { \
  static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, #name); \
  if (broken(fd, "sync")) { errno = EIO; return -1; } return real(fd); }
#define MOVE(name, what, data, at) ssize_t name(int fd, data buffer, size_t length, at place) { \
  static ssize_t (*real)(int, data, size_t, at); if (!real) real = dlsym(RTLD_NEXT, #name); \
  if (broken(fd, what)) { errno = EIO; return -1; } return real(fd, buffer, length, place); }
SYNC(fsync)
SYNC(fdatasync)
MOVE(pread, "read", void *, off_t)
MOVE(pread64, "read", void *, off64_t)
MOVE(pwrite, "write", const void *, off_t)
MOVE(pwrite64, "write", const void *, off64_t)
"""


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


def fill(store: Archive, tracked: Tracked) -> None:
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
    return build(tmp_path_factory.mktemp("shim"), "eio", _SHIM)


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
