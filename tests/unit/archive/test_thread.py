import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from tests.archives import saved_states, temporary_archive
from tests.waiting import PATIENCE
from tracker.archive.archive import Archive
from tracker.archive.database.connection import Connection
from tracker.archive.state import get_state, save_state
from tracker.archive.thread import MAX_GROUPED_WRITES, ArchiveThread
from tracker.errors import ArchiveLocked, ArchiveUnreachable, NotKnown

T = TypeVar("T")


def hold(_archive: Archive, gate: threading.Event) -> None:
    """Let the thread do nothing else until *gate* opens."""
    gate.wait(PATIENCE)


def add(archive: Archive, number: int, *, twice: bool = False) -> int:
    """Keep *number*, once more each time; fail afterwards where it is negative."""
    save_state(archive, str(number), get_state(archive, str(number)) + "|", datetime(2026, 11, 25, 12, tzinfo=UTC))
    if number < 0:
        raise NotKnown("no such article", resource=str(number))
    return number * (2 if twice else 1)


def note_transaction(archive: Archive, seen: list[Connection]) -> None:
    """Add the transaction that this call is part of to those *seen*."""
    with archive.write() as connection:
        if connection not in seen:
            seen.append(connection)


@asynccontextmanager
async def busy(archive: Archive) -> AsyncIterator[tuple[ArchiveThread, threading.Event]]:
    """Give a thread that is held up until the gate opens."""
    gate = threading.Event()
    async with ArchiveThread(lambda: archive) as thread:
        held = asyncio.create_task(thread.run(hold, gate))
        yield thread, gate
        gate.set()
        await held


async def asked(work: Iterable[Coroutine[None, None, T]], gate: threading.Event) -> list[T | BaseException]:
    """Open *gate* once all of *work* waits behind it, and return what came of it."""
    tasks = [asyncio.create_task(each) for each in work]
    await asyncio.sleep(0.01)
    gate.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def wrong_calls(thread: ArchiveThread) -> None:
    """mypy accepts the first call and rejects the others, as it would reject calls of the function itself."""
    number: int = await thread.run(add, 7, twice=True) + await thread.run_grouped(add, 7, twice=True)
    await thread.run(add, "7")  # type: ignore[arg-type]
    await thread.run_grouped(add, "7")  # type: ignore[arg-type]
    await thread.run(add)  # type: ignore[call-arg]
    await thread.run_grouped(add)  # type: ignore[call-arg]
    await thread.run(add, number, thrice=True)  # type: ignore[call-arg]
    await thread.run_grouped(add, number, True)  # type: ignore[call-arg]
    await thread.run(threading.Event)  # type: ignore[arg-type]


async def test_every_call_runs_on_the_one_thread_that_opened_the_archive():
    seen = []

    class Noting(Archive):
        def close(self) -> None:
            seen.append(threading.get_ident())
            super().close()

    def opened() -> Archive:
        seen.append(threading.get_ident())
        return Noting(temporary_archive().url)

    def here(_archive: Archive) -> None:
        seen.append(threading.get_ident())

    async with ArchiveThread(opened) as thread:
        await thread.run(here)
        await thread.run_grouped(here)
        assert await thread.run(add, 21, twice=True) == 42
        assert len(seen) == 3
    assert len(seen) == 4, "leaving closes it"
    assert len(set(seen)) == 1
    assert threading.get_ident() not in seen


async def test_calls_are_made_in_the_order_in_which_they_were_asked_for():
    made: list[int] = []

    def make(_archive: Archive, number: int) -> None:
        made.append(number)

    async with ArchiveThread(temporary_archive) as thread:
        await asyncio.gather(*(thread.run(make, number) for number in range(100)))
    assert made == list(range(100))


async def test_the_loop_goes_on_while_the_archive_works():
    gate = threading.Event()
    async with ArchiveThread(temporary_archive) as thread:
        working = asyncio.create_task(thread.run(hold, gate))
        await asyncio.sleep(0.01)
        assert not working.done()
        gate.set()
        await working


async def test_a_cancelled_caller_does_not_cut_a_call_short():
    archive = temporary_archive()
    async with busy(archive) as (thread, _):
        task = asyncio.create_task(thread.run(add, 1))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert get_state(archive, "1") == "|"


async def test_an_archive_that_cannot_be_opened_is_said_so():
    def locked() -> Archive:
        raise ArchiveLocked("another writethru works on it", resource="w.db")

    with pytest.raises(ArchiveLocked, match="another writethru"):
        async with ArchiveThread(locked):
            pass


async def test_an_error_is_raised_where_the_call_was_made():
    async with ArchiveThread(temporary_archive) as thread:
        with pytest.raises(NotKnown, match="no such article"):
            await thread.run(add, -1)
        with pytest.raises(NotKnown, match="no such article"):
            await thread.run_grouped(add, -1)
        assert await thread.run(add, 1) == 1, "and the thread goes on"


async def test_after_the_end_nothing_is_taken_any_more():
    async with ArchiveThread(temporary_archive) as thread:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await thread.run(add, 1)


async def test_writes_that_wait_together_share_a_transaction():
    seen: list[Connection] = []
    async with busy(temporary_archive()) as (thread, gate):
        many = range(2 * MAX_GROUPED_WRITES + 1)
        await asked((thread.run_grouped(note_transaction, seen) for _ in many), gate)
    assert len(seen) == 3


async def test_each_of_a_group_has_its_own_result():
    archive, numbers = temporary_archive(), list(range(1, MAX_GROUPED_WRITES + 20))
    async with busy(archive) as (thread, gate):
        assert await asked((thread.run_grouped(add, number) for number in numbers), gate) == numbers
    assert saved_states(archive) == {str(number): "|" for number in numbers}


async def test_what_fails_in_a_group_is_the_only_one_to_fail():
    archive = temporary_archive()
    async with busy(archive) as (thread, gate):
        done = await asked((thread.run_grouped(add, number) for number in (1, 2, -3, 4)), gate)
    assert [each for each in done if isinstance(each, int)] == [1, 2, 4]
    assert isinstance(done[2], NotKnown)
    kept = saved_states(archive)
    assert (kept["1"], kept["2"], kept["4"]) == ("|", "|", "|"), "what the failed group wrote was taken back"


async def test_a_group_that_lost_its_server_is_not_repeated():
    asked_for: list[int] = []

    def lose(_archive: Archive, number: int) -> None:
        asked_for.append(number)
        raise ArchiveUnreachable("the server cannot be reached", resource="w")

    async with busy(temporary_archive()) as (thread, gate):
        done = await asked((thread.run_grouped(lose, number) for number in (1, 2, 3)), gate)
    assert [type(each) for each in done] == [ArchiveUnreachable] * 3
    assert asked_for == [1], "the server may have committed it"


async def test_a_caller_that_goes_away_takes_no_other_with_it():
    archive = temporary_archive()
    async with busy(archive) as (thread, gate):
        one = asyncio.create_task(thread.run_grouped(add, 1))
        await asyncio.sleep(0.01)
        one.cancel()
        assert await asked([thread.run_grouped(add, 2)], gate) == [2]
        assert one.cancelled()
    assert saved_states(archive) == {"1": "|", "2": "|"}


async def test_leaving_waits_for_the_writes_that_were_asked_for():
    archive = temporary_archive()
    async with busy(archive) as (thread, _):
        waiting = [asyncio.create_task(thread.run_grouped(add, number)) for number in (1, 2)]
        await asyncio.sleep(0.01)
    assert [task.result() for task in waiting] == [1, 2]
    assert saved_states(archive) == {"1": "|", "2": "|"}
