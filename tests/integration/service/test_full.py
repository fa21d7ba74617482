"""The archive cannot be written for a while: reported once, shown to whoever watches, over without help."""

import asyncio
from pathlib import Path

import pytest

from tests.archive_samples import NOW
from tests.archives import inline, temporary_archive
from tests.waiting import stopped, until
from tracker.archive.opening import open_archive
from tracker.config.root import load
from tracker.errors import ArchiveFull
from tracker.observe import logs
from tracker.service.health import ArchiveHealth
from tracker.service.loop import Service

from .test_service import Paper, health, paper, ports, settings, titles

__all__ = ["paper", "ports", "settings"]


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
    settings: Path,
    paper: Paper,
    ports: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    disk = Disk(monkeypatch)
    open_archive(load(settings).archive.database, migrate=True).close()
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
    await until(lambda: len(titles(settings)) == 2)
    disk.full = True
    paper.toll = "Seven"
    await until(lambda: health(ports[0])["ok"] is False)
    found = health(ports[0])
    assert "the disk is full" in str(found["archive"])
    refused = disk.refused
    await until(lambda: disk.refused >= refused + 4)
    disk.full = False
    await until(lambda: len(titles(settings)) == 3)
    await until(lambda: health(ports[0])["ok"] is True)
    assert await stopped(running) == 0
    said = capsys.readouterr().err
    assert said.count("the disk is full") == 1
    assert "event=crash" not in said
