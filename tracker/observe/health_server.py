"""The server of the health page: WSGI, in its own thread, reachable only from this machine."""

from __future__ import annotations

import errno
import socket
import threading
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from ..errors import AddressInUse, ConfigError
from ..urls import is_loopback_host, split_host_port

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

MAX_IDLE_SECONDS: Final = 10


class _Handler(WSGIRequestHandler):
    timeout = MAX_IDLE_SECONDS

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing: a scrape every few seconds would fill the log."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # Unlike the base class, do not ask the resolver for this machine's name: that can hang without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Server6(_Server):
    address_family = socket.AF_INET6


class HealthServer:
    """Serve a WSGI application until `close` is called; `host` and `port` say where.

    Args:
        listen: address and port, such as "127.0.0.1:8765"; port 0 takes a free one.
        app: the application.

    Raises:
        AddressInUse: something else listens there.
        ConfigError: the address is not on this machine.
    """

    def __init__(self, listen: str, app: WSGIApplication) -> None:
        self.host, port = _address(listen)
        kind = _Server6 if ":" in self.host else _Server
        try:
            self._server = kind((self.host, port), _Handler)
        except OSError as error:
            resource = f"service.listen {listen!r}"
            if error.errno == errno.EADDRINUSE:
                raise AddressInUse(resource) from None
            hint = 'choose another port, or listen = "" for no health page'
            raise ConfigError("cannot listen on this address", resource=resource, hint=hint) from error
        self._server.set_app(app)
        self.port = self._server.server_port
        # A thread, so that the page answers while the event loop is stuck: that is when it matters.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port. Calling it again does nothing."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def respond(start_response: StartResponse, status: str, content_type: str, body: bytes) -> list[bytes]:
    """Start a WSGI response that is not cached, and return its body."""
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    start_response(status, [*headers, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
    return [body]


def _address(listen: str) -> tuple[str, int]:
    resource = f"service.listen {listen!r}"
    try:
        host, port = split_host_port(listen)
    except ValueError as error:
        raise ConfigError(str(error), resource="service.listen") from None
    if not is_loopback_host(host):
        raise ConfigError(
            "other machines could read the health page, which asks for no password",
            resource=resource,
            hint="listen on 127.0.0.1 or [::1], behind a web server that asks for one",
        )
    return "127.0.0.1" if host == "localhost" else host, port
