"""Serving: a socket, a server on it, and an end that lets go of everybody."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import uvicorn

from tracker.errors import ConfigError

from .actions import Acts
from .app import build
from .data import open_pages
from .site import address, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette

    from tracker.config import Config

    from .site import Site

_END_SECONDS: Final = 3


class Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: whoever runs it says when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to others."""
        yield


class Serving:
    """A page being served; *address* is where. Made by `begin`, ended by `end`."""

    def __init__(self, app: Starlette, site: Site, listening: socket.socket) -> None:
        self.site = site
        self._socket = listening
        self._app = app
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_END_SECONDS,
            limit_concurrency=200,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        self._server = Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Return where the page is, as an address for browsers."""
        host, port = self._socket.getsockname()[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what it is shown as
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"

    def begin(self) -> None:
        """Begin to serve on the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve([self._socket]), name="web")

    async def end(self) -> None:
        """Stop taking requests, let what runs end for a moment, let go of the archive. Idempotent."""
        web = self._app.state.web
        web.closing.set()
        self._server.should_exit = True
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._socket.close()
        web.archive.close()

    async def wait(self) -> None:
        """Wait until it ends, whatever ends it."""
        if self._task is not None:
            await asyncio.wait([self._task])


def open_site(
    config: Config,
    *,
    listen: str | None = None,
    admin: bool = False,
    invent: bool = False,
    current: Callable[[], Config] | None = None,
    config_path: Path | None = None,
) -> Serving:
    """Open archive and socket for the page of *config*; *current* gives the configuration of the moment.

    *config_path* is the file that admins edit; with *invent* they sign in with a token that is made up now, where the
    configuration names none.

    Raises ConfigError where it must not be served so, or nothing can listen there; ArchiveError, SchemaMismatch.
    """
    where = config.web.listen if listen is None else listen
    site = site_of(config, listen=where, admin=admin, invent=invent)
    listening = _listen(where)
    try:
        archive = open_pages(config.archive.database)
    except BaseException:
        listening.close()
        raise
    app = build(archive, site, utc_now, current or (lambda: config))
    if site.admin:
        app.state.web.acts = Acts(config.archive.database, config_path)
    return Serving(app, site, listening)


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _listen(where: str) -> socket.socket:
    host, port = address(where)
    resource = f"web.listen {where!r}"
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ConfigError("there is no such address", resource=resource) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(128)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise ConfigError(
            "nothing can listen there", resource=resource, hint="another writethru may run; name another port"
        ) from error
    return made
