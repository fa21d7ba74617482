"""A folder with a configuration and an archive, a small web site on loopback, and a way to run commands."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import Result

from tests.archive_samples import grow, watch
from tests.archives import archive_at, new_archive_at
from tests.command_line import command
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer

CONFIG = """\
contact = "desk@example.org"

[fetch]
delay = "0s"

[service]
listen = ""

[[sources]]
name = "Herald"
feeds = ["http://{site}/feed.xml"]
"""
ARTICLE = """<!doctype html><html lang="en"><head><title>Harbour closed – Herald</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-25T08:00:00Z">
</head><body><article><h1>Harbour closed</h1><p class="byline">By Ada Lark</p>
<p>The harbour was closed on Monday after {count} boats broke loose in the storm, the harbour master said.</p>
<p>Ferries to the outer islands stayed in port, and the market on the quay was called off for the day.</p>
<p>The weather service expects the wind to drop by Wednesday night, when the first ferry may sail again.</p>
<p>Nobody was hurt, but two sheds at the old pier lost their roofs, and a crane has to be taken down.</p>
</article></body></html>"""


@dataclass
class Site:
    """Pages by path; a page that is not there is a 404."""

    address: str = ""
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    def article(self, count: str, path: str = "/2026/11/25/harbour-closed.html") -> None:
        self.pages[path] = ("text/html; charset=utf-8", ARTICLE.format(count=count))


def _feed(address: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Herald news</title><link>http://h/</link>'
        f"<item><title>Harbour closed</title><link>http://{address}/2026/11/25/harbour-closed.html</link></item>"
        "</channel></rss>"
    )


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path not in made.pages:
            return HttpResponse(404)
        kind, text = made.pages[request.path]
        return HttpResponse(200, text.encode(), {"Content-Type": kind})

    with LoopbackServer(respond) as server:
        made.address = server.base.removeprefix("http://")
        made.pages["/feed.xml"] = ("application/rss+xml", _feed(made.address))
        made.article("three")
        yield made


def alter(statement: str, name: str = "writethru.db") -> None:
    """Change a SQLite archive behind the back of the program."""
    file = sqlite3.connect(name, isolation_level=None)
    assert file.execute(statement).rowcount > 0
    file.close()


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; loopback may be fetched."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    monkeypatch.setenv("NO_COLOR", "")
    return command


@pytest.fixture
def desk(run: Run, site: Site, tmp_path: Path) -> Run:
    """Run a command where a configuration and an empty archive are."""
    (tmp_path / "writethru.toml").write_text(CONFIG.format(site=site.address), encoding="utf-8")
    new_archive_at(tmp_path / "writethru.db")
    return run


@pytest.fixture
def kept(run: Run) -> Run:
    """Run a command where an archive with three versions of one article is, and no configuration."""
    with archive_at(Path("writethru.db")) as store:
        grow(store, watch(store), 3)
    return run
