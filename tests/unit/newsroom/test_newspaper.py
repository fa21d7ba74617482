from __future__ import annotations

import gzip
import json
import re
import socket
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tracker.newsroom import play
from tracker.newsroom.clock import Clock
from tracker.newsroom.newspaper import Newspaper
from tracker.newsroom.server import Answer, Asked, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENED = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Paper:
    """A newspaper whose clock is set by hand, asked without a network."""

    def __init__(self, log: Path | None = None) -> None:
        self.seconds = 0.0
        self.play = play.demo()
        self.newspaper = Newspaper(self.play, Clock(1.0, lambda: self.seconds), OPENED, log)
        self.newspaper.bases = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
        self.newspaper.clock.start()

    def get(self, outlet: str, path: str, **headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.newspaper.answer(self.play.outlet(outlet), Asked("GET", path, names))

    def piece(self, key: str) -> play.Piece:
        return next(piece for piece in self.play.pieces if piece.key == key)

    def read(self, key: str, **headers: str) -> Answer:
        piece = self.piece(key)
        return self.get(piece.outlet, piece.path + "?utm_source=rss", **headers)


@pytest.fixture
def paper() -> Paper:
    return Paper()


def test_every_edition_is_on_the_page_while_it_stands(paper: Paper) -> None:
    for piece in paper.play.pieces:
        for edition in piece.editions:
            paper.seconds = edition.at + 0.5
            page = paper.read(piece.key).body.decode()
            assert f">{edition.title}</h1>" in page
            assert edition.dek in page
            assert all(f"<p>{paragraph}</p>" in page for paragraph in edition.paragraphs), piece.key
            assert all(note in page for _, note in edition.notes)
            assert all(name in page for name in edition.byline)


def test_a_page_never_comes_twice_alike_though_its_words_stay(paper: Paper) -> None:
    piece = paper.piece("tides")
    pages = [paper.read("tides").body.decode() for _ in range(12)]
    assert len(set(pages)) == 12
    assert len({re.findall(r"Updated \d+ minutes ago", page)[0] for page in pages}) > 3
    assert len({page.index("More: ") > page.index(piece.editions[0].paragraphs[2]) for page in pages}) == 2
    assert all(f"<p>{paragraph}</p>" in page for page in pages for paragraph in piece.editions[0].paragraphs)


def test_pages_carry_linked_data_that_says_what_the_page_says(paper: Paper) -> None:
    page = paper.read("bridge").body.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    data = json.loads(found[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == paper.piece("bridge").editions[0].title
    assert data["datePublished"] == "2026-11-25T12:00:00+00:00"
    assert [author["name"] for author in data["author"]] == ["Jonas Feld"]


def test_an_etag_follows_the_editions(paper: Paper) -> None:
    first = paper.read("budget")
    etag = first.headers["ETag"]
    again = paper.read("budget", if_none_match=etag)
    assert (again.status, again.body) == (304, b"")
    paper.seconds = 30
    changed = paper.read("budget", if_none_match=etag)
    assert changed.status == 200
    assert changed.headers["ETag"] != etag
    assert "ETag" not in paper.read("hospital").headers


def test_a_piece_is_missing_before_it_is_printed_and_gone_after(paper: Paper) -> None:
    assert paper.read("aide").status == 404
    paper.seconds = 10
    assert paper.read("aide").status == 200
    paper.seconds = 40
    assert paper.read("aide").status == 410
    assert paper.get("ledger", "/nowhere").status == 404


def test_feed_and_sitemap_name_what_stands(paper: Paper) -> None:
    feed = ET.fromstring(paper.get("ledger", "/rss.xml").body)
    links = [item.findtext("link") or "" for item in feed.iter("item")]
    aide = paper.piece("aide").path
    assert len(links) == 6
    assert not any(aide in link for link in links)
    paper.seconds = 10
    feed = ET.fromstring(paper.get("ledger", "/rss.xml").body)
    assert aide in (feed.findtext("channel/item/link") or "")
    paper.seconds = 40
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    tree = ET.fromstring(paper.get("courier", "/news-sitemap.xml").body)
    named = [each.text or "" for each in tree.iterfind("s:url/s:loc", space)]
    assert sorted(named) == sorted(f"http://127.0.0.2:2{piece.path}" for piece in paper.play.of("courier"))
    assert all(url.startswith("http://127.0.0.2:2") for url in named)


def test_front_page_and_robots_stand_at_their_places(paper: Paper) -> None:
    front = paper.get("ledger", "/").body.decode()
    assert paper.piece("bridge").path in front
    assert b"Disallow: /ads/" in paper.get("ledger", "/robots.txt").body


def test_some_answers_are_compressed_for_those_who_can_read_them(paper: Paper) -> None:
    answers = [paper.read("tides", accept_encoding="gzip, br") for _ in range(20)]
    packed = [answer for answer in answers if answer.headers.get("Content-Encoding") == "gzip"]
    assert 0 < len(packed) < 20
    assert all(b"tide table" in gzip.decompress(answer.body) for answer in packed)
    assert not any("Content-Encoding" in paper.read("tides").headers for _ in range(20))


def test_every_request_is_written_down(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "access.jsonl")
    paper.read("budget", user_agent="Someone")
    paper.get("ledger", "/robots.txt")
    first, second = paper.newspaper.access.entries()
    assert (first["piece"], first["edition"], first["status"], first["agent"]) == ("budget", 1, 200, "Someone")
    assert (second["piece"], second["edition"], second["path"]) == (None, None, "/robots.txt")
    assert [json.loads(line) for line in (tmp_path / "access.jsonl").read_text().splitlines()] == [first, second]


@pytest.fixture
def open_paper() -> Iterator[Newspaper]:
    with Newspaper(play.demo(), Clock(1.0), OPENED) as newspaper:
        yield newspaper


def test_both_outlets_are_served_at_two_hosts_and_the_first_request_starts_the_play(open_paper: Newspaper) -> None:
    before = open_paper.clock.running
    hosts = set()
    for piece in (open_paper.play.pieces[0], open_paper.play.pieces[-1]):
        with urllib.request.urlopen(open_paper.url(piece), timeout=5) as response:
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "Narrows Bridge" in response.read().decode()
        hosts.add(open_paper.url(piece).rpartition(":")[0])
    assert len(hosts) == 2
    assert (before, open_paper.clock.running) == (False, True)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(open_paper.bases["ledger"] + "/none", timeout=5)
    raised.value.close()
    assert raised.value.code == 404


def test_a_server_outlives_clients_that_hang_up_and_closes_those_that_stay() -> None:
    with Server(lambda asked: Answer(200, asked.body)) as server:
        host, port = server.base.removeprefix("http://").split(":")
        rude = socket.create_connection((host, int(port)))
        rude.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        rude.close()
        stays = socket.create_connection((host, int(port)), timeout=5)
        stays.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert stays.recv(100).startswith(b"HTTP/1.1 200")
        request = urllib.request.Request(server.base, b"hello")
        with urllib.request.urlopen(request, timeout=5) as response:
            assert response.read() == b"hello"
    stays.settimeout(5)
    while stays.recv(1000):
        pass
    stays.close()
