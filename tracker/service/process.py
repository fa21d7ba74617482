"""The process around the run loop: ports, web page, early signals, memory, and its state in the log and for systemd.

The web interface is in `tracker.web`, which imports this package, so it is passed in as a `WebServer`.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final, Protocol

from tracker.config.root import Config
from tracker.errors import AddressInUse, ConfigError
from tracker.observe import logs

# From glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
# Not less: zstd allocates half a megabyte to two for each page, which would be mapped again each time.
MIN_RETURNED_BYTES: Final = 2 * 1024 * 1024
MAX_ARENAS: Final = 2


def return_freed_memory() -> bool:
    """Make malloc return large blocks to the system when they are freed; return whether that is possible here.

    By default glibc keeps larger and larger blocks, for each thread separately: a few pages of some megabytes leave a
    process a hundred megabytes larger than its live data. With other C libraries this does nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    options = (
        (_M_MMAP_THRESHOLD, MIN_RETURNED_BYTES),
        (_M_TRIM_THRESHOLD, MIN_RETURNED_BYTES),
        (_M_ARENA_MAX, MAX_ARENAS),
    )
    return all(mallopt(name, value) == 1 for name, value in options)


def trim_heap() -> None:
    """Give the system the memory between blocks in use: after a few hundred pages, 8 MB of a service's 95."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def resident_mb() -> float:
    """Return the resident memory of this process in megabytes; where the system does not tell it, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return round(pages * resource.getpagesize() / 1e6, 1)


MAX_LOGGED_TASKS: Final = 200
_log = logs.get("service")


def log_state(health: Mapping[str, object], is_leader: bool) -> None:  # noqa: FBT001 - read where it is called
    """Log the state of the service, how many tasks of each kind there are, and where each task waits."""
    tasks = sorted(asyncio.all_tasks(), key=lambda task: task.get_name())
    kinds: Counter[str] = Counter()
    for task in tasks:
        # Our names may end in a host, as in "crawl news.example"; asyncio's own are "Task-1" and so on.
        name = task.get_name()
        is_ours = not name.startswith("Task-")
        kinds[name.split(" ")[0] if is_ours else getattr(task.get_coro(), "__qualname__", "task")] += 1
    counted = ",".join(f"{kind}:{count}" for kind, count in sorted(kinds.items()))
    _log.info("state", leads=is_leader, memory_mb=resident_mb(), tasks=counted, **health)
    for task in tasks[:MAX_LOGGED_TASKS]:
        frames = task.get_stack(limit=1)
        where = f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else "ended"
        _log.info("task", name=task.get_name(), waits_at=where)


def notify_systemd(state: str) -> bool:
    """Send `state`, such as "READY=1", one assignment a line; return whether systemd was there to receive it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return False
    # An abstract socket has a NUL where its name is written with an @.
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(target)
            channel.sendall(state.encode("utf-8", "replace"))
    except OSError:
        return False
    return True


def watchdog_interval() -> float | None:
    """Return the seconds within which systemd expects each WATCHDOG=1; None if it expects none of this process."""
    interval, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not interval.isdecimal() or int(interval) == 0 or (process and process != str(os.getpid())):
        return None
    return int(interval) / 1_000_000


class WebServer(Protocol):
    """A web server that runs on the current event loop."""

    @property
    def address(self) -> str:
        """The URL it is served at."""
        ...

    def begin(self) -> None:
        """Start serving."""
        ...

    async def end(self) -> None:
        """Give running requests a moment to finish, then stop."""
        ...


OpenWeb = Callable[[Config, Callable[[], Config]], WebServer]


async def show(stack: AsyncExitStack, opened: OpenWeb | None, config: Config, current: Callable[[], Config]) -> None:
    """Start the web server that `opened` makes; `stack` stops it.

    If it cannot listen, it raises ConfigError or AddressInUse where the configuration sets the address, and only logs a
    warning where it is the default.
    """
    if opened is None or not config.web.listen:
        return
    try:
        # In a thread, because importing its libraries takes a moment.
        page = await asyncio.to_thread(opened, config, current)
    except (ConfigError, AddressInUse) as error:
        if "listen" in config.web.model_fields_set:
            raise
        _log.warning("no web page", detail=str(error), hint=error.hint)
        return
    page.begin()
    stack.push_async_callback(page.end)
    _log.info("listening", web=page.address)
