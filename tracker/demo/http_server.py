"""A small HTTP server on loopback that closes every connection when it stops, its log, and a receiver of webhooks."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

LogEntry = dict[str, Any]


class JsonLog:
    """Keep log entries in order, and append them to the file `path` if it is given; thread-safe.

    `on_entry` is called with each entry, in the thread that wrote it.
    """

    def __init__(self, path: Path | None = None, on_entry: Callable[[LogEntry], None] | None = None) -> None:
        self._path = path
        self._on_entry = on_entry
        self._entries: list[LogEntry] = []
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add one entry."""
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if self._on_entry is not None:
            self._on_entry(entry)

    def entries(self) -> list[LogEntry]:
        """Return a copy of all entries so far, oldest first."""
        with self._lock:
            return list(self._entries)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response; the server adds Content-Length where it is not given."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackServer:
    """Serve HTTP on a free port of `host` from the moment the context is entered until it is left.

    `respond` is called in a thread of its own for each request, and must not raise. `base` is the URL of the server,
    without a slash at the end.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse], host: str = "127.0.0.1") -> None:
        self._http = _Server((host, 0), respond)
        self.base = f"http://{host}:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._http.close_connections()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a client that keeps its connection open must not keep the demo from ending
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer looks up the machine's full name here, which can take seconds without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own types
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - socketserver's own types
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close the connections that clients keep open."""
        with self._lock:
            still_open = list(self._connections)
        for connection in still_open:
            self.shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own types
        # Clients may disconnect or be killed while a response is written.
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def version_string(self) -> str:
        return "writethru-demo"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Print nothing; requests are logged by those who use the server."""

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        if len(body) < length:  # the client was killed while it sent this
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.respond(HttpRequest(self.command, self.path, headers, body))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        has_body = response.status not in {204, 304}
        if has_body and "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_HEAD = do_POST = _serve  # noqa: N815 - http.server's names


class WebhookReceiver(LoopbackServer):
    """Receive alerts at `url` while the context is open, and log each, accepted or not, as `JsonLog` does."""

    def __init__(
        self, secret: str, log_path: Path | None = None, on_entry: Callable[[LogEntry], None] | None = None
    ) -> None:
        super().__init__(self.respond)
        self.secret = secret
        self.log = JsonLog(log_path, on_entry)

    @property
    def url(self) -> str:
        """The URL to post alerts to."""
        return self.base + "/alerts"

    def accepted(self) -> list[LogEntry]:
        """Return the log entries of the messages that were accepted, oldest first."""
        return [entry for entry in self.log.entries() if entry["status"] == 204]

    def status(self, _message_id: str) -> int:
        """Return the status that a valid message is answered with."""
        return 204

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Verify and log a message, and return the response."""
        now = time.time()
        try:
            Webhook(self.secret).verify(request.body, dict(request.headers), json_parse=False)
            signed = True
        except (WebhookVerificationError, ValueError):  # ValueError: the library splits and decodes the header
            signed = False
        try:
            payload = json.loads(request.body)
        except ValueError:
            payload = None
        if isinstance(payload, dict) and payload.get("specversion") == "1.0":
            payload = payload.get("data")  # a CloudEvents envelope
        if not isinstance(payload, dict):
            payload = None
        message_id = request.headers.get("webhook-id", "")
        status = 401 if not signed else 400 if payload is None else self.status(message_id)
        self.log.write(at=round(now, 3), id=message_id, signed=signed, status=status, payload=payload)
        return HttpResponse(status)
