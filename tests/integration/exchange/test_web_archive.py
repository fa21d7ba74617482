"""Captures fetched from the web archive that a listing names."""

import json
from urllib.parse import parse_qsl

import pytest
from click.testing import Result

from tests.archives import new_archive_at
from tests.command_line import outputs as run
from tests.integration.exchange.pages import page
from tests.loopback import NOT_FOUND, LoopbackSites, html
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.opening import open_archive
from tracker.archive.versions import list_history
from tracker.service import backfill as backfill_module

URL = "https://herald.example/news/harbour"


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
def _archive(folder):
    (folder / "writethru.toml").write_text("[fetch]\nallow_private = true\n", encoding="utf-8")
    new_archive_at(folder / "writethru.db")
    lines = [f"example,herald)/ {stamp} {URL} text/html 200 {stamp} 900\n" for stamp in ("20200103000000", *STAMPS)]
    (folder / "list.cdx").write_text("".join(lines), encoding="utf-8")


STAMPS = ("20200101000000", "20200102000000", "20200104000000")
PAGES = {stamp: html(page(count).decode()) for count, stamp in enumerate(STAMPS, 3)}


def imported(port: int) -> Result:
    return run("import", "list.cdx", "--source", "Herald", "--archive", f"http://127.0.0.1:{port}/web/", "--json")


def test_captures_are_fetched_oldest_first_and_dated_as_they_were_made():
    archive = WebArchive(PAGES)
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["kept"] == 3
        assert "skipped 1 response" in done.stderr
        assert archive.asked_for == ["20200101000000", "20200102000000", "20200103000000", "20200104000000"]
        with open_archive("sqlite:///writethru.db") as store:
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
    archive = WebArchive(PAGES | {STAMPS[1]: busy})
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
        assert done.exit_code == 1
        assert "run the command again later" in done.stderr
        archive.captures = PAGES
        archive.asked.clear()
        assert json.loads(imported(sites.port).stdout)["kept"] == 2
        assert archive.asked_for[0] == STAMPS[1]


def test_an_archive_that_forbids_it_is_not_asked():
    archive = WebArchive({"/robots.txt": html("User-agent: *\nDisallow: /web/")})
    with LoopbackSites(["127.0.0.1"], archive.respond) as sites:
        done = imported(sites.port)
    assert done.exit_code == 1
    assert "robots.txt" in done.stderr
    assert archive.asked_for == []


def test_indexes_and_listings_are_not_mixed(tmp_path):
    line = f'x 20200101000000 {{"url": "{URL}", "filename": "a.warc", "offset": 0}}'
    (tmp_path / "index.cdxj").write_text(line, encoding="utf-8")
    done = run("import", "list.cdx", "index.cdxj")
    assert done.exit_code == 2
    assert "with a separate command" in done.stderr


class CdxServing(WebArchive):
    """An archive with a CDX server next to its captures, as pywb (CDXJ) or the Wayback Machine (CDX)."""

    def __init__(self, captures: dict[str, bytes], *, as_pywb: bool, refuses: bytes = b"") -> None:
        super().__init__(captures)
        self.as_pywb = as_pywb
        self.refuses = refuses
        self.queries: list[dict[str, str]] = []

    async def respond(self, host: str, path: str):
        where, _, query = path.partition("?")
        if not where.endswith("/cdx"):
            async for answer in super().respond(host, path):
                yield answer
            return
        asked = dict(parse_qsl(query))
        self.queries.append(asked)
        stamps = [s for s in sorted(self.captures) if asked.get("from", "") <= s <= asked.get("to", "9")]
        rows = [self.row(stamp) for stamp in stamps if asked["url"] == URL][: int(asked["limit"])]
        yield self.refuses or (NOT_FOUND if self.as_pywb and not rows else text_answer("".join(rows)))

    def row(self, stamp: str) -> str:
        if self.as_pywb:
            more = {"url": URL, "mime": "text/html", "status": "200", "digest": stamp}
            return f"example,herald)/news/harbour {stamp} {json.dumps(more)}\n"
        return f"example,herald)/news/harbour {stamp} {URL} text/html 200 {stamp} 900\n"


def text_answer(text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def from_wayback(port: int, *args: str) -> Result:
    archive = f"http://127.0.0.1:{port}/web/"
    return run("import", "wayback", URL, "--source", "Herald", "--archive", archive, "--json", *args)


@pytest.mark.parametrize("as_pywb", [True, False])
def test_history_is_asked_for_at_a_cdx_server(as_pywb, monkeypatch):
    monkeypatch.setattr(backfill_module, "MAX_LISTED_CAPTURES", 2)  # several answers make a listing
    server = CdxServing(PAGES, as_pywb=as_pywb)
    with LoopbackSites(["127.0.0.1"], server.respond) as sites:
        cdx = () if as_pywb else ("--cdx", f"http://127.0.0.1:{sites.port}/search/cdx")
        done = from_wayback(sites.port, "--from", "2020-01-02", "--to", "2020-01-05", *cdx)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["kept"] == 2
        assert server.queries[0] == {"url": URL, "from": "20200102000000", "to": "20200104235959", "limit": "2"}
        assert [query["from"] for query in server.queries] == ["20200102000000", "20200104000000"]
        # What is stored is not fetched again, and nothing is put before it.
        server.asked.clear()
        again = from_wayback(sites.port, *cdx)
        assert json.loads(again.stdout)["kept"] == 0
        assert "left out 1 capture older than its first stored version" in again.stderr
        assert server.asked_for == []


def test_an_archive_without_captures_or_answer_is_named():
    server = CdxServing({}, as_pywb=True)
    with LoopbackSites(["127.0.0.1"], server.respond) as sites:
        none = from_wayback(sites.port)
        assert (none.exit_code, json.loads(none.stdout)["kept"]) == (0, 0)
        assert "lists no captures" in none.stderr
        server.refuses = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        busy = from_wayback(sites.port)
        assert busy.exit_code == 1
        assert "run the command again later" in busy.stderr
        server.refuses = text_answer("<html>Not a listing</html>")
        assert from_wayback(sites.port).exit_code == 1


def test_wayback_needs_an_address_and_others_take_no_times():
    assert run("import", "wayback").exit_code == 2
    assert run("import", "list.cdx", "--from", "7d").exit_code == 2
