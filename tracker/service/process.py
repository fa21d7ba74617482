"""The process around the run loop: ports, web page, early signals, memory, and its state for systemd.

The web interface is in `tracker.web`, which imports this package, so it is passed in as a `WebServer`.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
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
    thresholds = (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD)
    return all([*(mallopt(name, MIN_RETURNED_BYTES) for name in thresholds), mallopt(_M_ARENA_MAX, MAX_ARENAS)])


def trim_heap() -> None:
    """Give the system the memory between blocks in use: after a few hundred pages, 8 MB of a service's 95."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


_log = logs.get("service")


def notify_systemd(state: str) -> bool:
    """Send `state`, such as "READY=1", one assignment a line; return whether systemd was there to receive it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return False
    # An @ at the start of the name stands for a NUL: an abstract socket.
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

    def begin(self) -> None:
        """Start serving."""

    async def end(self) -> None:
        """Give running requests a moment to finish, then stop."""


OpenWeb = Callable[[Config, Callable[[], Config]], WebServer]


async def show(stack: AsyncExitStack, opened: OpenWeb | None, config: Config, current: Callable[[], Config]) -> None:
    """Start the web server that `opened` makes; `stack` stops it.

    If it cannot listen, raises ConfigError or AddressInUse if the configuration sets the address, but only logs a
    warning if the address is the default.
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
