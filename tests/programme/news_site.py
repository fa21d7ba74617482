"""A small news site on loopback whose edition the test sets, and a webhook that records the alerts it receives."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer

NUMBERS = "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title><meta property="og:type" content="article"></head>
<body><article><h1>{title}</h1>
<p>{count} streets of the old town were under water on Tuesday, the fire service of the city said in the evening.</p>
<p>Firefighters from three towns pumped water until the morning, and the harbour stayed closed to all ships.</p>
<p>The cause is not known. The owner of the dam, an energy company, said that it would help the police.</p>
</article></body></html>"""


@dataclass(frozen=True)
class ReceivedAlert:
    """One alert as it arrived."""

    key: str
    article: str
    version: int


@dataclass
class NewsSite:
    """Serve /feed.xml and `articles` pages, and take alerts at /hook, while the context is open.

    Attributes:
        edition: number of the edition that the pages show, from 1; each has another number word in its text.
        requests: when each path was requested with GET (monotonic seconds).
    """

    articles: int = 2
    edition: int = 1
    alerts: list[ReceivedAlert] = field(default_factory=list)
    requests: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = LoopbackServer(self._respond)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    @property
    def base(self) -> str:
        return self._server.base

    def respond(self, path: str) -> tuple[str, str]:
        """Return the content type and text of a page; an empty text stands for 404."""
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
            title = f"Flood at quay {path.rpartition('/')[2]}"
            return "text/html; charset=utf-8", PAGE.format(title=title, count=NUMBERS[self.edition - 1])
        return "text/plain", ""

    def _respond(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            data = json.loads(request.body)["data"]
            self.alerts.append(ReceivedAlert(request.headers["webhook-id"], data["article"], data["version"]))
            return HttpResponse(204)
        self.requests.append((time.monotonic(), request.path))
        kind, text = self.respond(request.path)
        return HttpResponse(200 if text else 404, text.encode(), {"Content-Type": kind})

    def has_visits(self, pages: set[str], since: float) -> bool:
        """Return whether all `pages` were requested after `since`."""
        return {path for at, path in list(self.requests) if at > since} >= pages

    def write_config(self, folder: Path, database: str = "", *, every: str = "300ms", poll: str = "500ms") -> Path:
        """Write a configuration that watches this site and sends an alert for every version to /hook.

        The archive is at the URL `database`, or else in `folder`. Pages are checked `every` so often, and the feed is
        polled every `poll`.
        """
        path = folder / "writethru.toml"
        path.write_text(f"""contact = "desk@example.org"
[archive]
database = "{database or f"sqlite:///{folder}/archive.db"}"
[fetch]
allow_private = true
[service]
listen = ""
log = "json"
tick = "200ms"
[[sources]]
name = "Press"
feeds = ["{self.base}/feed.xml"]
every = "{every}"
poll = "{poll}"
[[rules]]
name = "all"
to = ["hook"]
[[targets]]
name = "hook"
type = "webhook"
url = "{self.base}/hook"
private = true
""")
        return path
