"""A WSGI server in a thread, on loopback alone."""

from __future__ import annotations

import ipaddress
import socket
import threading
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from ..errors import ConfigError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_IDLE_SECONDS: Final = 10


class _Handler(WSGIRequestHandler):
    timeout = _IDLE_SECONDS

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: a scrape every few seconds is no news."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # The base class asks the resolver for this machine's name, which can hang without a network.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])
        self.setup_environ()


class _Server6(_Server):
    address_family = socket.AF_INET6


class HealthServer:
    """A page being served; *host* and *port* are where, `close` ends it."""

    def __init__(self, listen: str, app: WSGIApplication) -> None:
        self.host, port = _address(listen)
        kind = _Server6 if ":" in self.host else _Server
        try:
            self._server = kind((self.host, port), _Handler)
        except OSError as error:
            raise ConfigError(
                "nothing can listen there",
                resource=f"service.listen {listen!r}",
                hint="another writethru may run; set listen to another port, or to an empty text for none",
            ) from error
        self._server.set_app(app)
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and let go of the port. Idempotent."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    resource = f"service.listen {listen!r}"
    if not colon or not bare or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ConfigError("this is no address and port", resource=resource, hint='write it as in "127.0.0.1:8765"')
    if bare == "localhost":
        return "127.0.0.1", int(port)
    try:
        loopback = ipaddress.ip_address(bare).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigError(
            "only this machine may read the health page, for it asks for no password",
            resource=resource,
            hint="listen on 127.0.0.1 or [::1] and put a web server with a password before it",
        )
    return bare, int(port)
