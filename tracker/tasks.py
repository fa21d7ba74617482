"""How asyncio tasks are brought to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def finish_tasks(tasks: Iterable[asyncio.Task[Any]], seconds: float) -> bool:
    """Wait up to *seconds* for *tasks*, then cancel the others; return whether all ended by themselves.

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
