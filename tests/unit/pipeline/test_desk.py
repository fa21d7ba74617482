from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from tracker.pipeline.archive_thread import MOST_TOGETHER

from tracker.archive.checks import commit_check
from tracker.errors import ArchiveLocked, NotKnown
from tracker.pipeline import ArchiveThread

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.anyio


class Archive:
    def __init__(self) -> None:
        self.threads = {threading.get_ident()}
        self.open = True
        self.finished: list[int] = []
        self.gate = threading.Event()

    def commit(self, number: int, *, twice: bool = False) -> int:
        self.threads.add(threading.get_ident())
        self.gate.wait(5)
        self.finished.append(number)
        return number * (2 if twice else 1)

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.open = False


async def test_every_call_runs_on_the_one_thread_that_opened_the_store():
    store: Archive | None = None

    def opened() -> Archive:
        nonlocal store
        store = Store()
        store.gate.set()
        return store

    async with ArchiveThread(opened) as desk:  # type: ignore[arg-type] # a store of two methods is enough here
        assert await archive.run(commit_check, 21, twice=True) == 42
    assert store is not None
    assert not store.open
    assert len(store.threads) == 1
    assert threading.get_ident() not in store.threads


async def test_a_cancelled_caller_does_not_cut_a_commit_short():
    store = Store()
    async with ArchiveThread(lambda: store) as desk:  # type: ignore[arg-type, return-value] # as above
        task = asyncio.create_task(archive.run(commit_check, 1))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        store.gate.set()
    assert store.finished == [1]


async def test_an_archive_that_cannot_be_opened_is_said_so():
    def locked() -> Archive:
        raise ArchiveLocked("another writethru works on it", resource="w.db")

    with pytest.raises(ArchiveLocked, match="another writethru"):
        async with ArchiveThread(locked):  # type: ignore[arg-type] # never returns
            pass


class Grouped(Archive):
    """Carries out numbers; a group with a negative one fails as a whole, and so does that one alone."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[list[int]] = []

    def commit(self, number: int, *, twice: bool = False) -> int:
        done = super().commit(number, twice=twice)
        if number < 0:
            raise NotKnown("no such article", resource=str(number))
        return done

    def commit_group(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        if min(numbers) < 0:
            raise NotKnown("no such article")
        return [self.commit(number) for number in numbers]


async def many(numbers: Sequence[int]) -> tuple[Grouped, list[int | BaseException]]:
    store = Grouped()
    async with ArchiveThread(lambda: store, group=Grouped.commit_group) as desk:  # type: ignore[arg-type, return-value] # as above
        tasks = [asyncio.create_task(archive.run(commit_check, number)) for number in numbers]
        await asyncio.sleep(0.01)
        store.gate.set()
        return store, await asyncio.gather(*tasks, return_exceptions=True)


async def test_commits_that_wait_together_share_a_transaction():
    store, done = await many(range(1, 120))
    assert done == list(range(1, 120))
    assert [number for group in store.groups for number in group] == list(range(1, 120))
    assert max(map(len, store.groups)) == MOST_TOGETHER
    assert len(store.threads) == 2, "the test's own and the desk's"


async def test_what_fails_in_a_group_is_the_only_one_to_fail():
    store, done = await many([1, 2, -3, 4])
    assert store.groups == [[1, 2, -3, 4]]
    assert [each for each in done if isinstance(each, int)] == [1, 2, 4]
    assert isinstance(done[2], NotKnown)
    assert sorted(store.finished) == [-3, 1, 2, 4]


async def test_a_caller_that_goes_away_takes_no_other_with_it():
    store = Grouped()
    async with ArchiveThread(lambda: store, group=Grouped.commit_group) as desk:  # type: ignore[arg-type, return-value] # as above
        one, other = (asyncio.create_task(archive.run(commit_check, number)) for number in (1, 2))
        await asyncio.sleep(0.01)
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        store.gate.set()
        assert await other == 2
    assert store.finished == [1, 2]
    assert not store.open
