from __future__ import annotations

import asyncio
import threading

import pytest

from tracker.errors import ArchiveLocked
from tracker.pipeline import Desk

pytestmark = pytest.mark.anyio


class Store:
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
    store: Store | None = None

    def opened() -> Store:
        nonlocal store
        store = Store()
        store.gate.set()
        return store

    async with Desk(opened) as desk:  # type: ignore[arg-type] # a store of two methods is enough here
        assert await desk.call("commit", 21, twice=True) == 42
    assert store is not None
    assert not store.open
    assert len(store.threads) == 1
    assert threading.get_ident() not in store.threads


async def test_a_cancelled_caller_does_not_cut_a_commit_short():
    store = Store()
    async with Desk(lambda: store) as desk:  # type: ignore[arg-type, return-value] # as above
        task = asyncio.create_task(desk.call("commit", 1))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        store.gate.set()
    assert store.finished == [1]


async def test_an_archive_that_cannot_be_opened_is_said_so():
    def locked() -> Store:
        raise ArchiveLocked("another writethru works on it", resource="w.db")

    with pytest.raises(ArchiveLocked, match="another writethru"):
        async with Desk(locked):  # type: ignore[arg-type] # never returns
            pass
