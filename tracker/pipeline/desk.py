"""How the pipeline reaches the archive: every call runs on the one thread that owns the database."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from tracker.ports import Store

    Call = Callable[..., Awaitable[Any]]


class Desk:
    """A store behind one thread: `await desk.call("commit", intent)` never blocks the event loop.

    *open_store* runs on that thread, so that a database handle never crosses threads.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._open = open_store
        self._store: Store | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            self._store = await loop.run_in_executor(self._thread, self._open)
        except BaseException:
            self._thread.shutdown(wait=True)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.call("close")
        self._thread.shutdown(wait=True)

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the store's own types
        """Run one method of the store, and return what it returned."""
        assert self._store is not None
        bound = getattr(self._store, method)
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not leave the store in the middle of a transaction that others then see.
        return await asyncio.shield(loop.run_in_executor(self._thread, lambda: bound(*args, **kwargs)))
