"""K3: the power fails at any moment, and no acknowledged version is lost. $WRITETHRU_POWER_CUTS makes it longer.

What a process asks of its disk is recorded, and any state that the disk could be left in is built: of what was written
since a file was last synced, any part may be there, in any order, the last torn at a sector.
``python -m tests.programme.test_k3_power_loss URL COUNT`` is the writer.
"""

import os
import random
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.archive_samples import NOW, alert, content, intent, minutes
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import get_version
from tracker.errors import TrackerError
from tracker.model.source import Target

from .c_shims import build

HEADER = struct.Struct("<cHQQ")
SECTOR = 512
ARTICLES = 3
CUTS = int(os.environ.get("WRITETHRU_POWER_CUTS", "40"))
VERSIONS = 150 if CUTS < 1000 else 600


@dataclass(frozen=True)
class Step:
    """One operation on a file, w(rite), t(runcate) or s(ync); or (a) that commit number `at` was acknowledged."""

    op: str
    name: str
    at: int
    data: bytes = b""


def write(url: str, count: int) -> None:
    """Store `count` versions, and record after each that it was acknowledged."""
    log = os.open(os.environ["DISK_LOG"], os.O_WRONLY | os.O_APPEND)
    with open_archive(url) as archive:
        targets = [Target(f"https://herald.example/{place}") for place in range(ARTICLES)]
        add_targets(archive, "Herald", targets, NOW)
        articles = [get_article(archive, target.url) for target in targets]
        for number in range(count):
            tracked, n = articles[number % ARTICLES], number // ARTICLES + 1
            told = (alert(f"{tracked.id}:{n}", article=tracked.id, version=n),)
            assert commit_check(archive, intent(tracked, n, minutes(n), alerts=told)).version == n
            os.write(log, HEADER.pack(b"a", 0, number + 1, 0))
        # Do not close the archive: that would write a checkpoint.
        os._exit(0)


def record(folder: Path, count: int) -> tuple[dict[str, bytes], list[Step]]:
    """Store `count` versions; return the files as they were before, and all operations."""
    disk, log = folder / "disk", folder / "log"
    disk.mkdir()
    log.touch()
    url = f"sqlite:///{disk}/archive.db"
    open_archive(url, migrate=True).close()
    before = {path.name: path.read_bytes() for path in disk.iterdir()}
    env = os.environ | {"LD_PRELOAD": str(build(folder, "disk")), "DISK": f"{disk}/", "DISK_LOG": str(log)}
    command = [sys.executable, "-m", "tests.programme.test_k3_power_loss", url, str(count)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return before, list(_steps(log.read_bytes()))


def _steps(raw: bytes) -> Iterator[Step]:
    place = 0
    while place < len(raw):
        op, length, at, size = HEADER.unpack_from(raw, place)
        place += HEADER.size
        name = raw[place : place + length].decode().rpartition("/")[2]
        place += length
        yield Step(op.decode(), name, at, raw[place : place + size])
        place += size


@dataclass
class Disk:
    """The state of a disk. If it `ignores_syncs`, nothing is durable that was not written out by chance."""

    files: dict[str, bytearray]
    pending: dict[str, list[Step]] = field(default_factory=dict)
    acknowledged: int = 0
    ignores_syncs: bool = False

    def take(self, step: Step) -> None:
        if step.op == "a":
            self.acknowledged = step.at
        elif step.op != "s":
            self.pending.setdefault(step.name, []).append(step)
        elif not self.ignores_syncs:
            for each in self.pending.pop(step.name, []):
                apply(self.files.setdefault(step.name, bytearray()), each)

    def after_power_loss(self, rng: random.Random) -> dict[str, bytes]:
        """Return the files in one of the states that they may be left in."""
        left = {name: bytearray(data) for name, data in self.files.items()}
        for name, steps in self.pending.items():
            share = rng.choice((0.0, 0.3, 0.7, 1.0))
            there = [each for each in steps if rng.random() < share]
            if rng.random() < 0.5:
                rng.shuffle(there)
            for each in there:
                whole = rng.random() < 0.8
                kept = len(each.data) if whole else rng.randrange(0, len(each.data) + 1, SECTOR)
                apply(left.setdefault(name, bytearray()), Step(each.op, name, each.at, each.data[:kept]))
        return {name: bytes(data) for name, data in left.items() if not name.endswith("-shm")}


def apply(file: bytearray, step: Step) -> None:
    if step.op == "t":
        del file[step.at :]
        file.extend(bytes(max(0, step.at - len(file))))
        return
    file.extend(bytes(max(0, step.at - len(file))))
    file[step.at : step.at + len(step.data)] = step.data


def find_loss(folder: Path, files: dict[str, bytes], acknowledged: int, *, whole: bool) -> str:
    """Write the files to `folder` and open the archive; return what is lost or damaged, or nothing."""
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with closing(sqlite3.connect(folder / "archive.db")) as file:
        result = file.execute("PRAGMA integrity_check").fetchall()
        if result != [("ok",)]:
            return f"damaged: {result[0][0]}"
    with open_archive(f"sqlite:///{folder}/archive.db") as archive:
        kept = sum(each.versions for each in list_articles(archive))
        if kept < acknowledged:
            return f"{acknowledged - kept} of {acknowledged} acknowledged versions lost"
        if kept > acknowledged + 1:
            return f"{kept} versions where {acknowledged} were acknowledged"
        if len(list_deliveries(archive, limit=10**6)) != kept:
            return "versions and alerts do not agree"
        for tracked in list_articles(archive):
            n = tracked.versions
            if n and get_version(archive, tracked.id, n).content != content(n):
                return "the newest version is another"
        if whole and verify(archive).damage:
            return "verify finds damage"
    return ""


def cut_power(
    folder: Path, before: dict[str, bytes], steps: list[Step], count: int, *, ignores_syncs: bool = False
) -> tuple[int, list[str]]:
    """Cut the power `count` times; return the number of commits acknowledged before the last cut, and the losses."""
    rng, losses = random.Random(3), []
    disk = Disk({name: bytearray(data) for name, data in before.items()}, ignores_syncs=ignores_syncs)
    moments = sorted(rng.randrange(len(steps)) for _ in range(count))
    done = 0
    for number, moment in enumerate(moments):
        for step in steps[done:moment]:
            disk.take(step)
        done = max(done, moment)
        try:
            loss = find_loss(folder, disk.after_power_loss(rng), disk.acknowledged, whole=number % 10 == 0)
        except (TrackerError, sqlite3.Error) as error:
            loss = f"{type(error).__name__}: {error}"
        if loss:
            losses.append(f"after step {moment}: {loss}")
    return disk.acknowledged, losses


def test_the_power_fails_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    before, steps = record(tmp_path, VERSIONS)
    assert sum(step.op == "a" for step in steps) == VERSIONS
    assert sum(step.op == "s" for step in steps) >= VERSIONS, "a version was not synced"
    (tmp_path / "left").mkdir()
    acknowledged, losses = cut_power(tmp_path / "left", before, steps, CUTS)
    assert losses == []
    assert acknowledged > VERSIONS // 2
    # A disk that ignores syncs loses some, so this test can see a loss.
    assert cut_power(tmp_path / "left", before, steps, max(CUTS // 20, 40), ignores_syncs=True)[1]


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
