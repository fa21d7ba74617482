"""The archive cannot be written for a while: said once, told to whoever watches, over by itself."""

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.archive_samples import NOW
from tests.archives import inline, temporary_archive
from tests.waiting import stopped, until
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.config.root import load
from tracker.errors import ArchiveFull
from tracker.model.version import VersionQuery
from tracker.observe import logs, metrics
from tracker.service.health import ArchiveHealth
from tracker.service.loop import Service

from .test_service import Paper, paper, settings

__all__ = ["paper", "settings"]


class Disk:
    """Refuses every write while it is *full*, and counts what it refused."""

    full = False
    refused = 0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tracker.archive.archive import Archive

        write, disk = Archive.write, self

        def guarded(archive: Archive):
            if disk.full:
                disk.refused += 1
                raise ArchiveFull("the disk is full", hint="make room")
            return write(archive)

        monkeypatch.setattr(Archive, "write", guarded)


def health(port: int) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


def versions(path: Path) -> int:
    store = open_archive(load(path).archive.database, readonly=True)
    try:
        return sum(1 for _ in iter_versions(store, VersionQuery()))
    finally:
        store.close()


async def test_a_disk_that_has_room_for_small_writes_alone_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    health = ArchiveHealth(inline(temporary_archive()))
    for _ in range(3):
        health.record(ArchiveFull("the disk is full"))
        assert await health.is_writable(NOW)
    assert await health.is_writable(NOW)
    said = capsys.readouterr().err
    assert (said.count("the disk is full"), said.count("resuming")) == (1, 1)


async def test_a_full_disk_is_one_state_of_the_service(
    settings: Path, paper: Paper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = Disk(monkeypatch)
    open_archive(load(settings).archive.database, migrate=True).close()
    ports: list[int] = []
    serve = metrics.serve

    def served(*args, **kwargs):
        page = serve(*args, **kwargs)
        ports.append(page.port)
        return page

    monkeypatch.setattr(metrics, "serve", served)
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
    await until(lambda: versions(settings) == 2)
    disk.full = True
    paper.toll = "Seven"
    await until(lambda: health(ports[0])["ok"] is False)
    found = health(ports[0])
    assert "the disk is full" in str(found["archive"])
    refused = disk.refused
    await until(lambda: disk.refused >= refused + 4)
    disk.full = False
    await until(lambda: versions(settings) == 3)
    await until(lambda: health(ports[0])["ok"] is True)
    assert await stopped(running) == 0
    said = capsys.readouterr().err
    assert said.count("the disk is full") == 1
    assert "event=crash" not in said
