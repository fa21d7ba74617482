"""The web page beside the service: begun when all else runs, ended first. The page itself stands above this room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from tracker.errors import ConfigError
from tracker.observe import logs

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AsyncExitStack

    from tracker.config import Config

_log = logs.get("service")


class WebPage(Protocol):
    """A page that can be served on the running loop."""

    @property
    def address(self) -> str:
        """Return where it is served."""
        ...

    def begin(self) -> None:
        """Begin to serve."""
        ...

    async def end(self) -> None:
        """Let what runs end for a moment, and let go of everything."""
        ...


if TYPE_CHECKING:
    OpenPage = Callable[[Config, Callable[[], Config]], WebPage]


async def show(stack: AsyncExitStack, opened: OpenPage | None, config: Config, current: Callable[[], Config]) -> None:
    """Serve the page that *opened* makes, until the stack ends it.

    Raises ConfigError where it cannot be served at an address that the configuration names itself; at the one that
    nobody chose, that is said in the log and no more.
    """
    if opened is None or not config.web.listen:
        return
    try:
        # Its libraries take a moment to import.
        page = await asyncio.to_thread(opened, config, current)
    except ConfigError as error:
        if "listen" in config.web.model_fields_set:
            raise
        _log.warning("no web page", detail=str(error), hint=error.hint)
        return
    page.begin()
    stack.push_async_callback(page.end)
    _log.info("listening", web=page.address)
