"""What the process is doing, written to the log on SIGUSR1; and signals that come before there is anything to do."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Mapping
from typing import Final

from tracker.observe import logs, memory

MAX_LOGGED_TASKS: Final = 200
_log = logs.get("service")


def ignore_until_opened(loop: asyncio.AbstractEventLoop) -> None:
    """Ignore SIGHUP and SIGUSR1 until they are handled: they would end a process that is still being started."""
    for number in (signal.SIGHUP, signal.SIGUSR1):
        loop.add_signal_handler(number, lambda: None)


def log_state(health: Mapping[str, object], is_leader: bool) -> None:  # noqa: FBT001 - read where it is called
    """Log what is healthy, how many tasks of each kind there are, and where each task waits."""
    tasks = sorted(asyncio.all_tasks(), key=lambda task: task.get_name())
    kinds = Counter(_kind(task) for task in tasks)
    counted = ",".join(f"{kind}:{count}" for kind, count in sorted(kinds.items()))
    _log.info("state", leads=is_leader, memory_mb=memory.resident_mb(), tasks=counted, **health)
    for task in tasks[:MAX_LOGGED_TASKS]:
        frames = task.get_stack(limit=1)
        where = f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else "ended"
        _log.info("task", name=task.get_name(), waits_at=where)


def _kind(task: asyncio.Task[object]) -> str:
    """Return a task's name without what it works on; unnamed tasks are named after their coroutine."""
    name = task.get_name()
    # asyncio's own names are "Task-1" and so on; ours may end in a host, as in "crawl news.example".
    if not name.startswith("Task-"):
        return name.split(" ")[0]
    return getattr(task.get_coro(), "__qualname__", "task")
