"""The thread that owns the archive: `await archive.run(function, …)` never blocks the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from tracker.errors import ArchiveUnreachable

from .archive import Archive

P = ParamSpec("P")
T = TypeVar("T")
# A call, and where its result goes.
_Write = tuple[Callable[[], Any], asyncio.Future[Any]]

# More would gain little, and all of them are repeated one by one if a single one fails.
MAX_GROUPED_WRITES: Final = 50
# How long a group waits for a lock: shorter than PostgreSQL's `deadlock_timeout`, one second.
MAX_LOCK_WAIT_MS: Final = 200


class ArchiveThread:
    """An archive behind one thread, which runs plain functions of it in the order in which they were asked for.

    Args:
        open_archive: opens the archive; called on that thread, so that a database handle never crosses threads.
    """

    def __init__(self, open_archive: Callable[[], Archive]) -> None:
        # A daemon: a disk that hangs must not keep the process from ending.
        self._thread = Thread(target=self._work, name="archive", daemon=True)
        self._asked: SimpleQueue[_Write | None] = SimpleQueue()
        self._stopped = False
        self._began: float | None = None
        self._loop: asyncio.AbstractEventLoop
        self._open = open_archive
        self._archive: Archive | None = None
        self._waiting: deque[_Write] = deque()
        self._grouping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        try:
            self._archive = await self._submit(self._open)
        except BaseException:
            self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._grouping is not None:
            await self._grouping
        await self._submit(self._opened.close)
        self._stop()

    async def run(self, function: Callable[Concatenate[Archive, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function(archive, *args, **kwargs)` on the archive's thread and return its result.

        A call that has begun is finished even when the caller is cancelled: nobody may see half a transaction.
        """
        return await self._submit(partial(function, self._opened, *args, **kwargs))

    async def run_grouped(self, function: Callable[Concatenate[Archive, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `run` for a function that writes, sharing one transaction with other writes that wait.

        They wait for the disk only once. If the shared transaction fails, each is carried out on its own; but if the
        server is lost meanwhile, all of them fail, because the transaction may have been committed.
        """
        answer: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((partial(function, self._opened, *args, **kwargs), answer))
        if self._grouping is None:
            self._grouping = self._loop.create_task(self._write_groups(), name="grouped writes")
        return await answer

    @property
    def is_sqlite(self) -> bool:
        """Whether the archive is a SQLite file, to which no other process writes."""
        return self._opened.is_sqlite

    @property
    def busy_seconds(self) -> float:
        """How long the present call has been running, 0 if there is none."""
        began = self._began
        return 0.0 if began is None else monotonic() - began

    @property
    def _opened(self) -> Archive:
        assert self._archive is not None, "the archive thread has not been entered"
        return self._archive

    async def _write_groups(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_GROUPED_WRITES))]
            if len(group) == 1 or not await self._write_together(group):
                for work, answer in group:
                    try:
                        _resolve(answer, await self._submit(work), None)
                    except Exception as error:  # noqa: BLE001 - raised where the write was asked for
                        _resolve(answer, None, error)
        self._grouping = None

    async def _write_together(self, group: Sequence[_Write]) -> bool:
        def in_one_transaction() -> list[Any]:
            # The writes open blocks of their own, which join this one.
            with self._opened.write() as connection:
                if not connection.is_sqlite:
                    # A group locks rows in any order. In a deadlock it is to fail, not the other transaction.
                    connection.run(f"SET LOCAL lock_timeout = {MAX_LOCK_WAIT_MS}")
                return [work() for work, _ in group]

        try:
            results = await self._submit(in_one_transaction)
        except ArchiveUnreachable as error:
            for _, answer in group:
                _resolve(answer, None, error)
            return True
        except Exception:  # noqa: BLE001 - which write failed shows when each is carried out alone
            return False
        for (_, answer), result in zip(group, results, strict=True):
            _resolve(answer, result, None)
        return True

    def _stop(self) -> None:
        """Wait until everything that was asked for is done."""
        self._stopped = True
        self._asked.put(None)
        self._thread.join()

    def _submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Queue `work`; it runs even if its caller has been cancelled by then."""
        if self._stopped:
            raise RuntimeError("the archive thread has ended")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._asked.put((work, answer))
        return answer

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            work, answer = asked
            self._began = monotonic()
            try:
                self._loop.call_soon_threadsafe(_resolve, answer, work(), None)
            except BaseException as error:  # noqa: BLE001 - raised where the work was asked for
                self._loop.call_soon_threadsafe(_resolve, answer, None, error)
            self._began = None
            del asked, work, answer  # a result may be large, and the next request may be long in coming


def _resolve(answer: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if answer.done():  # the caller was cancelled
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)
