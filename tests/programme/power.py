"""Power that goes at any moment: what a disk was told is written down, and any disk it could have left is made of it.

Of what was written since a file was last synced, any part may be there, in any order, the last torn at a sector.
``python -m tests.programme.power URL COUNT`` is the writer.
"""

from __future__ import annotations

import os
import random
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.archive_samples import NOW, alert, content, intent, minutes
from tracker.archive import open_archive
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.checks import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import get_version
from tracker.errors import TrackerError
from tracker.model import Target

from .shim import DISK, build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = struct.Struct("<cHQQ")
SECTOR = 512
ARTICLES = 3


@dataclass(frozen=True)
class Step:
    """One thing the disk was told, or (op "a") that commit number *at* was acknowledged."""

    op: str
    name: str
    at: int
    data: bytes = b""


def write(url: str, count: int) -> None:
    """Keep *count* versions, and write down after each that it is kept."""
    log = os.open(os.environ["DISK_LOG"], os.O_WRONLY | os.O_APPEND)
    with open_archive(url) as store:
        targets = [Target(f"https://herald.example/{place}") for place in range(ARTICLES)]
        add_targets(store, "Herald", targets, NOW)
        articles = [get_article(store, target.url) for target in targets]
        for number in range(count):
            tracked, n = articles[number % ARTICLES], number // ARTICLES + 1
            told = (alert(f"{tracked.id}:{n}", article=tracked.id, version=n),)
            assert commit_check(store, intent(tracked, n, minutes(n), alerts=told)).version == n
            os.write(log, HEAD.pack(b"a", 0, number + 1, 0))
        # No clean end: a close would checkpoint.
        os._exit(0)


def recorded(folder: Path, count: int) -> tuple[dict[str, bytes], list[Step]]:
    """Return what the disk held before, and all it was told while *count* versions were kept."""
    disk, log = folder / "disk", folder / "log"
    disk.mkdir()
    log.touch()
    url = f"sqlite:///{disk}/archive.db"
    open_archive(url, migrate=True).close()
    before = {path.name: path.read_bytes() for path in disk.iterdir()}
    env = os.environ | {"LD_PRELOAD": str(build(folder, "disk", DISK)), "DISK": f"{disk}/", "DISK_LOG": str(log)}
    command = [sys.executable, "-m", "tests.programme.power", url, str(count)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return before, list(_steps(log.read_bytes()))


def _steps(raw: bytes) -> Iterator[Step]:
    place = 0
    while place < len(raw):
        op, length, at, size = HEAD.unpack_from(raw, place)
        place += HEAD.size
        name = raw[place : place + length].decode().rpartition("/")[2]
        place += length
        yield Step(op.decode(), name, at, raw[place : place + size])
        place += size


@dataclass
class Disk:
    """A disk while it is told things; a *liar* calls nothing durable that is not pushed out by chance."""

    files: dict[str, bytearray]
    pending: dict[str, list[Step]] = field(default_factory=dict)
    acknowledged: int = 0
    liar: bool = False

    def take(self, step: Step) -> None:
        if step.op == "a":
            self.acknowledged = step.at
        elif step.op != "s":
            self.pending.setdefault(step.name, []).append(step)
        elif not self.liar:
            for each in self.pending.pop(step.name, []):
                apply(self.files.setdefault(step.name, bytearray()), each)

    def after_power_loss(self, dice: random.Random) -> dict[str, bytes]:
        """Return one of the disks there may be."""
        left = {name: bytearray(data) for name, data in self.files.items()}
        for name, steps in self.pending.items():
            share = dice.choice((0.0, 0.3, 0.7, 1.0))
            there = [each for each in steps if dice.random() < share]
            if dice.random() < 0.5:
                dice.shuffle(there)
            for each in there:
                whole = dice.random() < 0.8
                kept = len(each.data) if whole else dice.randrange(0, len(each.data) + 1, SECTOR)
                apply(left.setdefault(name, bytearray()), Step(each.op, name, each.at, each.data[:kept]))
        return {name: bytes(data) for name, data in left.items() if not name.endswith("-shm")}


def apply(file: bytearray, step: Step) -> None:
    if step.op == "t":
        del file[step.at :]
        file.extend(bytes(max(0, step.at - len(file))))
        return
    file.extend(bytes(max(0, step.at - len(file))))
    file[step.at : step.at + len(step.data)] = step.data


def lost(folder: Path, files: dict[str, bytes], acknowledged: int, *, whole: bool) -> str:
    """Put *files* there and open the archive; say what is lost or broken, or nothing."""
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with closing(sqlite3.connect(folder / "archive.db")) as file:
        said = file.execute("PRAGMA integrity_check").fetchall()
        if said != [("ok",)]:
            return f"damaged: {said[0][0]}"
    with open_archive(f"sqlite:///{folder}/archive.db") as store:
        kept = sum(each.versions for each in list_articles(store))
        if kept < acknowledged:
            return f"{acknowledged - kept} of {acknowledged} acknowledged versions lost"
        if kept > acknowledged + 1:
            return f"{kept} versions where {acknowledged} were acknowledged"
        if len(list_deliveries(store, limit=10**6)) != kept:
            return "versions and alerts do not agree"
        for tracked in list_articles(store):
            if tracked.versions and get_version(store, tracked.id, tracked.versions).content != content(
                tracked.versions
            ):
                return "the newest version is another"
        if whole and verify(store).damage:
            return "verify finds damage"
    return ""


def cycles(
    folder: Path, before: dict[str, bytes], steps: list[Step], count: int, *, seed: int = 3, liar: bool = False
) -> tuple[int, list[str]]:
    """Let the power go *count* times; return the most that was acknowledged before a loss, and what was lost."""
    dice, disk, wrong = random.Random(seed), Disk({k: bytearray(v) for k, v in before.items()}, liar=liar), []
    moments = sorted(dice.randrange(len(steps)) for _ in range(count))
    done = 0
    for number, moment in enumerate(moments):
        for step in steps[done:moment]:
            disk.take(step)
        done = max(done, moment)
        try:
            said = lost(folder, disk.after_power_loss(dice), disk.acknowledged, whole=number % 10 == 0)
        except (TrackerError, sqlite3.Error) as error:
            said = f"{type(error).__name__}: {error}"
        if said:
            wrong.append(f"after step {moment}: {said}")
    return disk.acknowledged, wrong


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
