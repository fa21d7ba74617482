"""A small newspaper on loopback whose *edition* the test sets, and a webhook that remembers what it was told."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

STREETS = "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title><meta property="og:type" content="article"></head>
<body><article><h1>{title}</h1>
<p>{count} streets of the old town were under water on Tuesday, the fire service of the city said in the evening.</p>
<p>Firefighters from three towns pumped water until the morning, and the harbour stayed closed to all ships.</p>
<p>The cause is not known. The owner of the dam, an energy company, said that it would help the police.</p>
</article></body></html>"""


@dataclass(frozen=True)
class Told:
    """One alert as it arrived."""

    key: str
    article: str
    version: int


@dataclass
class Press:
    """Serves /feed.xml and *articles* pages, and takes alerts at /hook."""

    articles: int = 2
    edition: int = 1
    told: list[Told] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        press = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                press.asked.append((time.monotonic(), self.path))
                kind, text = press.answer(self.path)
                self._send(200 if text else 404, kind, text.encode())

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                press.told.append(Told(self.headers["webhook-id"], body["data"]["article"], body["data"]["version"]))
                self._send(204, "text/plain", b"")

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str) -> tuple[str, str]:
        path = path.partition("?")[0]
        if path == "/feed.xml":
            links = "".join(
                f"<item><title>Flood {n}</title><link>{self.base}/news/{n}</link></item>" for n in range(self.articles)
            )
            return (
                "application/rss+xml",
                f'<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>{links}</channel></rss>',
            )
        if path.startswith("/news/"):
            return "text/html; charset=utf-8", PAGE.format(
                title=f"Flood at quay {path.rpartition('/')[2]}", count=STREETS[self.edition - 1]
            )
        return "text/plain", ""

    def visited(self, pages: set[str], since: float) -> bool:
        """Say whether all *pages* were asked for after *since*."""
        return {path for asked, path in list(self.asked) if asked > since} >= pages

    def configuration(self, database: str, *, service: str = "", source: str = "") -> str:
        """Return a configuration that watches this paper and tells every version to the hook."""
        return f"""contact = "desk@example.org"
[archive]
database = "{database}"
[fetch]
allow_private = true
[service]
listen = ""
log = "json"
{service}
[[sources]]
name = "Press"
feeds = ["{self.base}/feed.xml"]
{source}
[[rules]]
name = "all"
to = ["hook"]
[[targets]]
name = "hook"
type = "webhook"
url = "{self.base}/hook"
private = true
"""

    def write(self, folder: Path, database: str, *, service: str = "", source: str = "") -> Path:
        path = folder / "writethru.toml"
        path.write_text(self.configuration(database, service=service, source=source))
        return path

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
