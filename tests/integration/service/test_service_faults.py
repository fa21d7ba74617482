import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import NOW
from tests.archives import inline, temporary_archive
from tests.waiting import stopped, until
from tracker.archive.articles import list_articles
from tracker.archive.opening import open_archive
from tracker.archive.state import due_hosts
from tracker.config.root import load
from tracker.errors import ArchiveError, ArchiveFull
from tracker.observe import logs, metrics
from tracker.service import loop
from tracker.service.health import ArchiveHealth
from tracker.service.loop import Service
from tracker.service.roles import LeaderElection
from tracker.service.runtime import Runtime, open_runtime

from .test_service import Paper, configuration, health, paper, ports, settings, titles

__all__ = ["paper", "ports", "settings"]


async def test_what_is_configured_while_the_archive_is_full_is_watched_once_there_is_space(
    settings: Path, paper: Paper, tmp_path: Path, ports: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    settings.write_text(configuration(tmp_path, paper.base + "/nothing.xml"))
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: bool(ports))
    await until(lambda: health(ports[0]).get("articles") == 0)
    disk.full = True
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml"))
    await until(lambda: health(ports[0])["ok"] is False)
    disk.full = False
    await until(lambda: titles(settings) == ["Fire at the harbour 1", "Market day moved 1"])
    assert await stopped(running) == 0


def crashes() -> float:
    return metrics.REGISTRY.get_sample_value("writethru_crashes_total") or 0


async def test_a_service_that_cannot_look_for_due_work_does_not_say_that_it_did(settings, ports, monkeypatch) -> None:
    def failing(*args: Any) -> list[str]:
        if ports and titles(settings):
            raise RuntimeError("a bug")
        return due_hosts(*args)

    monkeypatch.setattr(loop, "due_hosts", failing)
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: bool(ports))
    before = crashes()
    await until(lambda: crashes() > before)
    await until(lambda: float(str(health(ports[0])["last_tick_seconds_ago"])) > 2)
    assert await stopped(running) == 0


async def test_a_service_whose_election_ends_with_an_error_ends_with_it(settings: Path, monkeypatch) -> None:
    asked = []

    def check(_leadership: object) -> bool:
        asked.append(True)
        if len(asked) > 1:
            raise RuntimeError("the election is broken")
        return True

    monkeypatch.setattr("tracker.service.roles.Leadership.check", check)
    with pytest.raises(RuntimeError, match="the election is broken"):
        async with asyncio.timeout(30):
            await Service(load(settings), settings, no_pace=True).serve(migrate=True)


async def test_a_lead_that_cannot_be_taken_is_reported_once(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    stop, tries = asyncio.Event(), []

    async def begin() -> None:
        tries.append(True)
        if len(tries) == 5:
            stop.set()
        raise ArchiveError("a table is locked")

    monkeypatch.setattr("tracker.service.roles.LEAD_CHECK_SECONDS", 0.001)
    logs.configure()
    async with asyncio.timeout(30):
        await LeaderElection("sqlite:///a.db", "all", begin).keep(stop)
    assert len(tries) == 5
    assert capsys.readouterr().err.count("a table is locked") == 1


async def test_signals_that_come_while_the_service_is_opened_do_not_end_it(settings: Path, monkeypatch) -> None:
    handlers: list[Any] = []

    async def opened(*_args: Any, **_options: Any) -> Runtime:
        handlers.extend(signal.getsignal(each) for each in (signal.SIGHUP, signal.SIGUSR1))
        raise ArchiveError("it is not opened in this test")

    monkeypatch.setattr(loop, "open_runtime", opened)
    with pytest.raises(ArchiveError, match="not opened"):
        await Service(load(settings), settings, no_pace=True).serve(migrate=True)
    assert len(handlers) == 2
    assert signal.SIG_DFL not in handlers


async def test_background_tasks_end_before_the_archive_is_closed_and_their_errors_are_logged(settings, capsys) -> None:
    ended: list[int] = []

    async with AsyncExitStack() as stack:
        runtime = await open_runtime(
            stack, load(settings), migrate=True, no_pace=True, listener=lambda _report: None, config_path=settings
        )

        async def broken() -> None:
            raise ValueError("no such thing")

        async def slow() -> None:
            await runtime.crawler.stopping.wait()
            ended.append(len(await runtime.archive.run(list_articles)))

        runtime.spawn(broken(), "reading")
        runtime.spawn(slow(), "writing")
    assert ended == [0]
    logged = capsys.readouterr().err
    assert "event=crash" in logged
    assert 'task=reading error="ValueError: no such thing"' in logged


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


async def test_a_full_disk_is_one_state_of_the_service(settings, paper: Paper, ports, monkeypatch, capsys) -> None:
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
