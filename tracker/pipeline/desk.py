"""How the pipeline reaches the archive: every call runs on the one thread that owns the database."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Self

    from tracker.model import Committed, Intent
    from tracker.ports import Store

    Call = Callable[..., Awaitable[Any]]
    Group = Callable[[Any, Sequence[Intent]], list[Committed]]

MOST_TOGETHER: Final = 50


class Desk:
    """A store behind one thread: `await desk.call("commit", intent)` never blocks the event loop.

    *open_store* runs on that thread, so that a database handle never crosses threads. Where *group* is given, commits
    that wait for the thread together share a transaction, so that the disk is waited for once; where that one fails,
    each is carried out by itself.
    """

    def __init__(self, open_store: Callable[[], Store], *, group: Group | None = None) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._open = open_store
        self._group = group
        self._store: Store | None = None
        self._waiting: deque[tuple[Intent, asyncio.Future[Committed]]] = deque()
        self._carrying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            self._store = await loop.run_in_executor(self._thread, self._open)
        except BaseException:
            self._thread.shutdown(wait=True)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._carrying is not None:
            await self._carrying
        await self.call("close")
        self._thread.shutdown(wait=True)

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the store's own types
        """Run one method of the store, and return what it returned."""
        # Shielded: a cancelled task must not leave the store in the middle of a transaction that others then see.
        if method == "commit" and self._group is not None:
            return await asyncio.shield(self._queued(*args))
        return await asyncio.shield(self._run(getattr(self._store, method), *args, **kwargs))

    def _run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.Future[Any]:  # noqa: ANN401 - as above
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

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
        found = (await asyncio.gather(self._run(self._group, self._store, intents), return_exceptions=True))[0]
        if isinstance(found, BaseException):
            return False
        for (_, done), committed in zip(some, found, strict=True):
            done.set_result(committed)
        return True

    async def _alone(self, intent: Intent, done: asyncio.Future[Committed]) -> None:
        assert self._store is not None
        found = (await asyncio.gather(self._run(self._store.commit, intent), return_exceptions=True))[0]
        if isinstance(found, BaseException):
            done.set_exception(found)
        else:
            done.set_result(found)
