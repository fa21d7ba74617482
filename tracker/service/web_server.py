"""Run the web interface along with the service: started last, stopped first.

The interface itself is in `tracker.web`, which imports this package, so it is passed in as a `WebServer`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tracker.errors import AddressInUse, ConfigError
from tracker.observe import logs

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from tracker.config.root import Config

_log = logs.get("service")


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


if TYPE_CHECKING:
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
