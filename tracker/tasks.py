"""Waiting for asyncio events and tasks, but not for longer than some seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Return once `event` is set, or after `seconds`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def finish_tasks(tasks: Iterable[asyncio.Task[Any]], seconds: float) -> bool:
    """Wait up to `seconds` for `tasks`, then cancel the others; return whether all ended on their own.

    All have ended afterwards. What they raised is not raised here.
    """
    running = list(tasks)
    if not running:
        return True
    _, late = await asyncio.wait(running, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return not late
