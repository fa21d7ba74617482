"""Waiting for what must come, however busy the machine is."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 180.0
"""Seconds after which something that takes a moment on a quiet machine has failed."""


async def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until *holds* returns something true; it is called in a thread, for it may ask a server of this loop."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.02)


async def stopped(running: asyncio.Task[int], sent: signal.Signals = signal.SIGTERM) -> int:
    """Send this process the signal that ends the service of *running*, and return its exit code.

    A service that does not run yet, or no longer, would not catch the signal, which would end the tests.
    """
    uncaught = (signal.SIG_DFL, signal.default_int_handler)
    await until(lambda: running.done() or signal.getsignal(sent) not in uncaught)
    if not running.done():
        os.kill(os.getpid(), sent)
    async with asyncio.timeout(PATIENCE):
        return await running


@contextmanager
def holders(path: Path) -> Iterator[Callable[[], bool]]:
    """Make a FIFO at *path* and give what says whether any process has it open for writing."""
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def is_held() -> bool:
        try:
            return bool(os.read(reading, 1))
        except BlockingIOError:
            return True

    try:
        yield is_held
    finally:
        os.close(reading)
