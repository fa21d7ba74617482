"""Serve the web pages: open a socket, run a server on it, and stop it. Its connections have deadlines."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from tracker.addresses.urls import is_loopback_host, split_host_port
from tracker.archive.opening import open_archive
from tracker.config.root import Config, load
from tracker.errors import AddressInUse, ConfigError

from .actions import Actions
from .app import build
from .data import CachedArchive
from .guard import Site, site_of

_END_SECONDS: Final = 3
MAX_REQUEST_SECONDS: Final = 15.0
"""How long the head and the body of one request may take to arrive, together."""
MAX_CONNECTIONS: Final = 200


class Connection(H11Protocol):
    """A connection that is closed if a request does not arrive in time.

    If there are too many connections, one without a complete request is closed, because it cost its sender nothing:
    the oldest one from another machine, else the oldest.
    """

    deadline: asyncio.TimerHandle | None = None
    began: float = 0.0

    @property
    def is_waiting(self) -> bool:
        """Return whether no request has arrived in full that is not answered yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def is_local(self) -> bool:
        """Return whether the client is on this machine."""
        return self.client is not None and is_loopback_host(self.client[0])

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline of a request; close another connection if there are too many."""
        super().connection_made(transport)
        self.began = self.loop.time()
        self.deadline = self.loop.call_later(MAX_REQUEST_SECONDS, self.close)
        if len(self.connections) > MAX_CONNECTIONS:
            given_up = dispensable(each for each in self.connections if isinstance(each, Connection)) or self
            given_up.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadline."""
        self._clear_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive a part of a request. Its deadline is that of the whole request."""
        super().data_received(data)
        # While it is answered there is no deadline: a page may take longer than a request may.
        if not self.is_waiting:
            self._clear_deadline()
        elif self.deadline is None:
            self.deadline = self.loop.call_later(MAX_REQUEST_SECONDS, self.close)

    def close(self) -> None:
        """Close the connection at once."""
        self._clear_deadline()
        # abort, not close: a client that reads nothing would keep the connection open for as long as it likes.
        self.connections.discard(self)
        self.transport.abort()

    def _clear_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None


def dispensable(connections: Iterable[Connection]) -> Connection | None:
    """Return the connection to close for another: none that is being answered, local ones last, the oldest first."""
    waiting = [each for each in connections if each.is_waiting]
    return min(waiting, key=lambda each: (each.is_local, each.began), default=None)


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: the caller decides when it stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: signals are handled by the caller."""
        yield


class Serving:
    """A running web server. `begin` starts it, `end` stops it."""

    def __init__(self, app: Starlette, site: Site, listening: socket.socket) -> None:
        self.site = site
        self._socket = listening
        self._app = app
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            # uvicorn would put the address from X-Forwarded-For in place of the sender's, by which the guard tells
            # whether a trusted proxy sent the request.
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_END_SECONDS,
            http=Connection,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        self._server = Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Return the address of the start page for browsers."""
        host, port = self._socket.getsockname()[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only shown
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"

    def begin(self) -> None:
        """Start to serve on the running event loop."""
        # Objects loaded by now are never garbage. Otherwise each full collection would look through these 70,000 for
        # 45 ms, while a page waits. Collecting first would cost as much and would find 300 objects.
        if not gc.get_freeze_count():
            gc.freeze()
        self._task = asyncio.get_running_loop().create_task(self._server.serve([self._socket]), name="web")

    async def end(self) -> None:
        """Stop accepting requests, give running ones a moment to finish, and close the archive. Idempotent."""
        self._server.should_exit = True
        await self.wait()
        self._socket.close()
        self._app.state.web.cache.archive.close()

    async def wait(self) -> None:
        """Wait until the server stops, for whatever reason."""
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
    """Open the archive and the socket for the web pages; they listen on `listen`, or where the configuration says.

    With `admin`, signed-in users may change things, even if the configuration does not say so; with `invent`, a token
    is generated for them if it has none. Where `Site.is_local`, users of this machine may in any case. `current`
    returns the current configuration, `config_path` is the file that they edit.

    Raises ConfigError if the settings are not safe or the address cannot be used, AddressInUse if another process
    listens there, ArchiveError or SchemaMismatch if the archive cannot be opened.
    """
    where = config.web.listen if listen is None else listen
    site = site_of(config, listen=where, admin=admin, invent=invent)
    listening = _listen(where)
    try:
        cache = CachedArchive(open_archive(config.archive.database, readonly=True))
    except BaseException:
        listening.close()
        raise
    latest = LatestConfig(config_path, current or (lambda: config))
    app = build(cache, site, lambda: datetime.now(UTC), latest.get)
    if site.header:
        app.state.web.marks = config.archive.database
    if site.admin or site.is_local:
        app.state.web.actions = Actions(config.archive.database, config_path)
    return Serving(app, site, listening)


class LatestConfig:
    """The configuration as its file at `path` is now, so that a change made on a page shows on the next one at once.

    [archive], [service] and [web] are those of `current`, the configuration of the process. Without a file, or with one
    that is not valid, so is the rest.
    """

    def __init__(self, path: Path | None, current: Callable[[], Config]) -> None:
        self._path = path
        self._current = current
        self._read_at = 0
        self._config: Config | None = None

    def get(self) -> Config:
        """Return the configuration; the file is read again if it was changed."""
        try:
            changed = self._path.stat().st_mtime_ns if self._path else 0
            if self._path and changed != self._read_at:
                self._read_at, self._config = changed, load(self._path)
        except (OSError, ConfigError):
            self._config = None
        now = self._current()
        kept = {"archive": now.archive, "service": now.service, "web": now.web}
        return self._config.model_copy(update=kept) if self._config else now


def _listen(where: str) -> socket.socket:
    host, port = split_host_port(where)
    resource = f"web.listen {where!r}"
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ConfigError("no such address", resource=resource, hint="write HOST:PORT of this machine") from error
    try:
        # Connections of the process before, which linger in TIME_WAIT, must not keep a restart from the address.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(128)
        made.setblocking(False)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(resource) from None
        hint = "choose another port, or an address of this machine"
        raise ConfigError("the address cannot be used", resource=resource, hint=hint) from error
    return made
