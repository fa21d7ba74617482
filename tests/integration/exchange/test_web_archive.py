"""Captures fetched from the web archive that a listing names."""

import json

import pytest
from click.testing import CliRunner, Result

from tests.integration.exchange.pages import page
from tests.loopback import NOT_FOUND, LoopbackSites, html
from tracker.archive import open_archive
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.versions import list_history
from tracker.cli.main import cli

URL = "https://herald.example/news/harbour"
HERE = "sqlite:///writethru.db"


class WebArchive:
    """An archive of captures: time stamp → response."""

    def __init__(self, captures: dict[str, bytes]) -> None:
        self.captures = captures
        self.asked: list[str] = []

    async def respond(self, _host: str, path: str):
        self.asked.append(path)
        stamp = path.removeprefix("/web/").partition("id_/")[0]
        yield self.captures.get(stamp, NOT_FOUND)

    @property
    def asked_for(self) -> list[str]:
        return [path.removeprefix("/web/").partition("id_/")[0] for path in self.asked if path != "/robots.txt"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WRITETHRU_DB", raising=False)
    (tmp_path / "writethru.toml").write_text("[fetch]\nallow_private = true\n", encoding="utf-8")
    open_archive(HERE, migrate=True).close()
    lines = [f"example,herald)/ {stamp} {URL} text/html 200 {stamp} 900\n" for stamp in ("20200103000000", *STAMPS)]
    (tmp_path / "list.cdx").write_text("".join(lines), encoding="utf-8")


STAMPS = ("20200101000000", "20200102000000", "20200104000000")


def imported(port: int) -> Result:
    return CliRunner().invoke(
        cli, ["import", "list.cdx", "--source", "Herald", "--archive", f"http://127.0.0.1:{port}/web/", "--json"]
    )


def test_captures_are_fetched_oldest_first_and_dated_as_they_were_made():
    archive = WebArchive({stamp: html(page(count).decode()) for count, stamp in enumerate(STAMPS, 3)})
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["kept"] == 3
        assert "skipped 1 response" in done.stderr
        assert archive.asked_for == ["20200101000000", "20200102000000", "20200103000000", "20200104000000"]
        with open_archive(HERE) as store:
            (article,) = list_articles(store)
            assert (article.url, article.source) == (URL, "Herald")
            assert [f"{each.seen:%Y%m%d%H%M%S}" for each in list_history(store, article.id)] == list(STAMPS)
            kept = get_capture(store, article.id, 1)
        assert kept.body == page(3)
        assert kept.hops == (f"http://127.0.0.1:{sites.port}/web/20200101000000id_/{URL}",)
        # What is stored is not asked for again.
        archive.asked.clear()
        assert imported(sites.port).exit_code == 0
        assert archive.asked_for == []


def test_an_archive_that_asks_for_a_pause_ends_the_import_until_it_is_run_again():
    busy = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
    pages = {stamp: html(page(count).decode()) for count, stamp in enumerate(STAMPS, 3)}
    archive = WebArchive(pages | {STAMPS[1]: busy})
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
        assert done.exit_code == 1
        assert "run the command again later" in done.stderr
        archive.captures = pages
        archive.asked.clear()
        assert json.loads(imported(sites.port).stdout)["kept"] == 2
        assert archive.asked_for[0] == STAMPS[1]


def test_an_archive_that_forbids_it_is_not_asked():
    rules = "User-agent: *\nDisallow: /web/"
    archive = WebArchive({"/robots.txt": html(rules)})
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
    assert done.exit_code == 1
    assert "robots.txt" in done.stderr
    assert archive.asked_for == []


def test_indexes_and_listings_are_not_mixed(tmp_path):
    line = f'x 20200101000000 {{"url": "{URL}", "filename": "a.warc", "offset": 0}}'
    (tmp_path / "index.cdxj").write_text(line, encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", "list.cdx", "index.cdxj"])
    assert done.exit_code == 2
    assert "command of their own" in done.stderr
