"""How the pipeline reaches the archive: every call runs on the one thread that owns the database."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Self

    from tracker.model import Committed, Intent
    from tracker.ports import Store

    Call = Callable[..., Awaitable[Any]]
    Group = Callable[[Any, Sequence[Intent]], list[Committed]]

MOST_TOGETHER: Final = 50


class ArchiveThread:
    """A store behind one thread: `await desk.call("commit", intent)` never blocks the event loop.

    *open_store* runs on that thread, so that a database handle never crosses threads. Where *group* is given, commits
    that wait for the thread together share a transaction, so that the disk is waited for once; where that one fails,
    each is carried out by itself.
    """

    def __init__(self, open_store: Callable[[], Store], *, group: Group | None = None) -> None:
        self._thread = _Thread("archive")
        self._open = open_store
        self._group = group
        self._store: Store | None = None
        self._waiting: deque[tuple[Intent, asyncio.Future[Committed]]] = deque()
        self._carrying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._thread.start(asyncio.get_running_loop())
        try:
            self._store = await self._thread.run(self._open)
        except BaseException:
            self._thread.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._carrying is not None:
            await self._carrying
        await self.call("close")
        self._thread.stop()

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the store's own types
        """Run one method of the store, and return what it returned.

        What was begun is ended, whoever is cancelled meanwhile: others must not see half a transaction.
        """
        if method == "commit" and self._group is not None:
            return await self._queued(*args)
        return await self._thread.run(partial(getattr(self._store, method), *args, **kwargs))

    def _queued(self, intent: Intent) -> asyncio.Future[Committed]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Committed] = loop.create_future()
        self._waiting.append((intent, done))
        if self._carrying is None:
            self._carrying = loop.create_task(self._carry_out(), name="commits")
        return done

    async def _carry_out(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
            if len(some) == 1 or not await self._together(some):
                for intent, done in some:
                    await self._alone(intent, done)
        self._carrying = None

    async def _together(self, some: Sequence[tuple[Intent, asyncio.Future[Committed]]]) -> bool:
        assert self._group is not None
        intents = [intent for intent, _ in some]
        try:
            found: list[Committed] = await self._thread.run(partial(self._group, self._store, intents))
        except Exception:  # noqa: BLE001 - whose it is comes out when each is carried out by itself
            return False
        for (_, done), committed in zip(some, found, strict=True):
            _settle(done, committed, None)
        return True

    async def _alone(self, intent: Intent, done: asyncio.Future[Committed]) -> None:
        assert self._store is not None
        try:
            _settle(done, await self._thread.run(partial(self._store.commit, intent)), None)
        except Exception as error:  # noqa: BLE001 - it is raised where the commit was asked for
            _settle(done, None, error)


class _Thread:
    """Does one thing after the other, and wakes the loop once for all that was done meanwhile."""

    def __init__(self, name: str) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = SimpleQueue()
        self._done: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._told = False
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Wait until all that was asked is done."""
        self._stopped = True
        self._asked.put(None)
        self._thread.join()

    def run(self, work: Callable[[], Any]) -> asyncio.Future[Any]:
        """Do *work* after what was asked before, whether or not anybody still waits for it then."""
        if self._stopped:
            raise RuntimeError("the archive was let go of")
        answer = self._loop.create_future()
        self._asked.put((work, answer))
        return answer

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            self._carry_out(*asked)
            del asked  # what was found may be large, and the next may be long in coming

    def _carry_out(self, work: Callable[[], Any], answer: asyncio.Future[Any]) -> None:
        try:
            self._done.append((answer, work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            self._done.append((answer, None, error))
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._told = False  # first: what is done from now on wakes the loop again
        while self._done:
            _settle(*self._done.popleft())


def _settle(answer: asyncio.Future[Any], found: object, error: BaseException | None) -> None:
    if answer.done():  # who asked was cancelled
        return
    if error is None:
        answer.set_result(found)
    else:
        answer.set_exception(error)
