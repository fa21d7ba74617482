"""Who leads when the leader is frozen or its machine vanishes; a service that starts during a command."""

import asyncio
import io
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest

from tests.archive_samples import NOW
from tests.dropping_proxy import DroppingProxy
from tests.service import LineProcess
from tests.waiting import PATIENCE, stopped, until
from tracker.archive.database.locking import Leadership, lock
from tracker.archive.opening import open_archive
from tracker.archive.state import save_state
from tracker.archive.thread import ArchiveThread
from tracker.config.root import load
from tracker.errors import ArchiveLocked, ArchiveUnreachable
from tracker.observe import logs
from tracker.service import health
from tracker.service.health import ArchiveHealth
from tracker.service.loop import Service
from tracker.service.roles import LeaderElection

# Leads while it is asked to, with a transaction that it leaves open.
LEADER = """
import sys
from datetime import UTC, datetime
from tracker.archive.database.locking import Leadership
from tracker.archive.opening import open_archive
from tracker.archive.state import save_state
lead, archive = Leadership(sys.argv[1], lease=1), open_archive(sys.argv[1])
for line in sys.stdin:
    answer = f"{lead.check()} {lead.is_current}"
    if line == "write\\n":
        transaction = archive.write()
        transaction.__enter__()
        save_state(archive, "a", "1", datetime.now(UTC))
    print(answer, flush=True)
"""


def _holds(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.postgres
@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_leader_that_is_frozen_or_whose_machine_vanished_is_replaced(postgres_url: str, *, is_frozen: bool) -> None:
    with (
        DroppingProxy(postgres_url) as proxy,
        closing(LineProcess("-c", LEADER, proxy.url)) as first,
        closing(Leadership(postgres_url, lease=1)) as second,
        ThreadPoolExecutor(1) as asking,
    ):
        assert first.ask("write") == "True True"
        assert not second.check()
        if is_frozen:
            first.send_signal(SIGSTOP)
        else:
            proxy.is_dropping.set()
        answer = asking.submit(first.ask, "check")
        assert _holds(second.check)
        with open_archive(postgres_url) as store:
            save_state(store, "a", "2", NOW)  # no transaction of the first keeps it waiting
        proxy.is_dropping.clear()
        first.send_signal(SIGCONT)
        assert answer.result(PATIENCE) == "False False"
        assert second.check()


@pytest.mark.postgres
def test_a_lead_that_was_not_confirmed_for_a_while_is_not_relied_on(postgres_url: str) -> None:
    with closing(Leadership(postgres_url, lease=1.5)) as lead:
        assert not lead.is_current
        assert lead.check()
        time.sleep(1)
        assert not lead.is_current
        assert lead.check()
        assert lead.is_current


async def test_what_a_leader_was_doing_ends_with_its_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    async def begin() -> None:
        """Begin at once."""

    election = LeaderElection("sqlite:///a.db", "all", begin)
    await election.check()
    assert election.is_leader
    task: asyncio.Task[None] = asyncio.create_task(asyncio.sleep(PATIENCE))
    election.works.add(task)
    monkeypatch.setattr(Leadership, "check", lambda _self: False)
    await election.check()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_lead_is_confirmed_while_it_is_being_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True, True, False])
    monkeypatch.setattr(Leadership, "check", lambda _self: next(answers))
    monkeypatch.setattr("tracker.service.roles.LEAD_CHECK_SECONDS", 0.01)
    election = LeaderElection("sqlite:///a.db", "all", lambda: asyncio.sleep(PATIENCE))
    await election.check()
    assert not election.is_leader
    assert list(answers) == []


async def test_an_archive_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(health, "MAX_ANSWER_SECONDS", 0.05)
    answers, asked = threading.Event(), []

    async def offer(hosts: Sequence[str]) -> int:
        asked.append(hosts)
        if len(asked) == 1:
            raise ArchiveUnreachable("the queue cannot be reached")
        return 0

    async with ArchiveThread(partial(open_archive, f"sqlite:///{tmp_path}/a.db", create=True)) as thread:
        known = ArchiveHealth(thread)
        await until(lambda: not thread.busy_seconds)
        known.record_silence()
        assert not known.error
        waiting = asyncio.create_task(thread.run(lambda _archive: answers.wait(PATIENCE)))
        await until(lambda: thread.busy_seconds > 0.05)
        known.record_silence()
        assert "has not answered" in known.error
        answers.set()
        await waiting
        assert not await known.is_writable(NOW, offer)
        assert "the queue cannot be reached" in known.error
        assert await known.is_writable(NOW, offer)
        assert not known.error


CONFIG = """[archive]
database = "sqlite:///{folder}/w.db"
[service]
listen = ""
"""


async def test_a_service_waits_for_a_command_and_not_for_another_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.service.runtime.LOCK_RETRY_SECONDS", 0.02)
    settings, said = tmp_path / "writethru.toml", io.StringIO()
    settings.write_text(CONFIG.format(folder=tmp_path))
    logs.configure(stream=said)
    config = load(settings)
    with lock(config.archive.database):
        running = asyncio.create_task(Service(config, settings, no_pace=True).serve(migrate=True))
        await until(lambda: "the service starts when that command has ended" in said.getvalue())
    await until(lambda: "started" in said.getvalue())
    with pytest.raises(ArchiveLocked):
        await Service(config, settings, no_pace=True).serve(migrate=True)
    assert said.getvalue().count("that command has ended") == 1
    assert await stopped(running) == 0
