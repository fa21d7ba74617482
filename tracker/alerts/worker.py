"""Blocking work in a thread of its own, which nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, stop: Callable[[], None]) -> T:
    """Run *work* in a new thread and return what it returns, or raise what it raises.

    Where the caller is cancelled, *stop* is called and the thread is left to end by itself. A pool would not do: its
    few threads could all hang in one server, and the interpreter waits for them when it ends.
    """
    future: Future[T] = Future()

    def run() -> None:
        future.set_running_or_notify_cancel()
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - carried to the caller, where it is raised
            future.set_exception(error)

    threading.Thread(target=run, name="alert", daemon=True).start()
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        stop()
        raise
