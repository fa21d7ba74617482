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
from tests.integration.exchange.pages import page
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


@dataclass
class Site:
    """Pages by path, or the status that is answered instead of one; a page that is not there is a 404."""

    address: str = ""
    pages: dict[str, tuple[str, str] | int] = field(default_factory=dict)

    def article(self, count: str, path: str = "/2026/11/25/harbour-closed.html") -> None:
        self.pages[path] = ("text/html; charset=utf-8", page(count).decode())


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
        found = made.pages.get(request.path, 404)
        if isinstance(found, int):
            return HttpResponse(found)
        kind, text = found
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
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; loopback may be fetched."""
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
