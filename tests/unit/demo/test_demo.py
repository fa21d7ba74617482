import json
import re
import socket
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from standardwebhooks import Webhook

from tracker.cli.commands import demo
from tracker.config.root import load
from tracker.config.tables import WebhookTarget
from tracker.demo.harness import DemoResult, create_workspace, make_secret, parse_log_line, write_config
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer, WebhookReceiver
from tracker.demo.news_server import NewsServer
from tracker.demo.schedule import SimulatedClock, demo_schedule
from tracker.errors import UsageError

OPENED = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Sites:
    """A news server whose clock is set by hand, asked without a network."""

    def __init__(self, log: Path | None = None) -> None:
        self.seconds = 0.0
        self.schedule = demo_schedule()
        self.server = NewsServer(self.schedule, SimulatedClock(1.0, lambda: self.seconds), OPENED, log)
        self.server.bases = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
        self.server.clock.start()

    def get(self, outlet: str, path: str, **headers: str) -> HttpResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.respond(self.schedule.outlet(outlet), HttpRequest("GET", path, names))

    def read(self, key: str, **headers: str) -> HttpResponse:
        article = self.schedule.article(key)
        return self.get(article.outlet, article.path + "?utm_source=rss", **headers)


@pytest.fixture
def sites() -> Sites:
    return Sites()


def test_every_edition_is_on_the_page_while_it_is_online(sites: Sites) -> None:
    for article in sites.schedule.articles:
        for edition in article.editions:
            sites.seconds = edition.at + 0.5
            page = sites.read(article.key).body.decode()
            assert f">{edition.title}</h1>" in page
            assert edition.dek in page
            assert all(f"<p>{paragraph}</p>" in page for paragraph in edition.paragraphs), article.key
            assert all(note in page for _, note in edition.notes)
            assert all(name in page for name in edition.byline)


def test_no_two_responses_are_the_same_though_the_words_are(sites: Sites) -> None:
    edition = sites.schedule.article("tides").editions[0]
    pages = [sites.read("tides").body.decode() for _ in range(12)]
    assert len(set(pages)) == 12
    assert len({re.findall(r"Updated \d+ minutes ago", page)[0] for page in pages}) > 3
    assert len({page.index("More: ") > page.index(edition.paragraphs[2]) for page in pages}) == 2
    assert all(f"<p>{paragraph}</p>" in page for page in pages for paragraph in edition.paragraphs)


def test_pages_say_in_linked_data_what_they_show_and_an_etag_follows_the_editions(sites: Sites) -> None:
    page = sites.read("bridge").body.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    data = json.loads(found[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == sites.schedule.article("bridge").editions[0].title
    assert data["datePublished"] == "2026-11-25T12:00:00+00:00"
    assert [author["name"] for author in data["author"]] == ["Jonas Feld"]
    first = sites.read("budget")
    etag = first.headers["ETag"]
    again = sites.read("budget", if_none_match=etag)
    assert (again.status, again.body) == (304, b"")
    sites.seconds = 30
    changed = sites.read("budget", if_none_match=etag)
    assert changed.status == 200
    assert changed.headers["ETag"] != etag
    assert "ETag" not in sites.read("hospital").headers


def test_an_article_is_missing_before_publication_and_gone_after_its_takedown(sites: Sites) -> None:
    assert sites.read("aide").status == 404
    sites.seconds = 10
    assert sites.read("aide").status == 200
    sites.seconds = 40
    assert sites.read("aide").status == 410
    assert sites.get("ledger", "/nowhere").status == 404


def test_feed_front_page_and_robots_txt_are_served(sites: Sites) -> None:
    feed = ET.fromstring(sites.get("ledger", "/rss.xml").body)
    links = [item.findtext("link") or "" for item in feed.iter("item")]
    aide = sites.schedule.article("aide").path
    assert len(links) == 6
    assert not any(aide in link for link in links)
    sites.seconds = 10
    feed = ET.fromstring(sites.get("ledger", "/rss.xml").body)
    assert aide in (feed.findtext("channel/item/link") or "")
    front = sites.get("ledger", "/").body.decode()
    assert sites.schedule.article("bridge").path in front
    assert b"Disallow: /ads/" in sites.get("ledger", "/robots.txt").body


def test_every_request_is_logged(tmp_path: Path) -> None:
    sites = Sites(tmp_path / "access.jsonl")
    sites.read("budget", user_agent="Someone")
    sites.get("ledger", "/robots.txt")
    first, second = sites.server.access.entries()
    assert (first["article"], first["edition"], first["status"], first["agent"]) == ("budget", 1, 200, "Someone")
    assert (second["article"], second["edition"], second["path"]) == (None, None, "/robots.txt")
    assert [json.loads(line) for line in (tmp_path / "access.jsonl").read_text().splitlines()] == [first, second]


@pytest.fixture
def running() -> Iterator[NewsServer]:
    with NewsServer(demo_schedule(), SimulatedClock(1.0), OPENED) as server:
        yield server


def test_the_outlets_have_different_hosts_and_the_first_request_starts_the_clock(running: NewsServer) -> None:
    before = running.clock.now()
    hosts = set()
    for article in (running.schedule.articles[0], running.schedule.articles[-1]):
        with urllib.request.urlopen(running.url(article), timeout=60) as response:
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "Narrows Bridge" in response.read().decode()
        hosts.add(running.url(article).rpartition(":")[0])
    assert len(hosts) == 2
    assert before == 0 < running.clock.now()
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(running.bases["ledger"] + "/none", timeout=60)
    raised.value.close()
    assert raised.value.code == 404


def test_a_server_survives_clients_that_disconnect_and_closes_idle_connections() -> None:
    with LoopbackServer(lambda request: HttpResponse(200, request.body)) as server:
        host, port = server.base.removeprefix("http://").split(":")
        rude = socket.create_connection((host, int(port)))
        rude.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        rude.close()
        idle = socket.create_connection((host, int(port)), timeout=60)
        idle.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        request = urllib.request.Request(server.base, b"hello")
        with urllib.request.urlopen(request, timeout=60) as response:
            assert response.read() == b"hello"
    idle.settimeout(60)
    while idle.recv(1000):
        pass
    idle.close()


def test_every_edition_stays_online_long_enough_to_be_seen() -> None:
    schedule = demo_schedule()
    for article in schedule.articles:
        ends = [edition.at for edition in article.editions[1:]] + [article.gone_at or schedule.duration]
        for edition, end in zip(article.editions, ends, strict=True):
            assert end - edition.at >= 4, (article.key, edition.at)


def test_every_edition_differs_from_the_one_before() -> None:
    for article in demo_schedule().articles:
        for old, new in pairwise(article.editions):
            words = (old.title, old.dek, old.byline, old.paragraphs, old.notes)
            assert words != (new.title, new.dek, new.byline, new.paragraphs, new.notes), article.key
            assert new.kinds, article.key


def test_the_demo_shows_every_kind_of_edit_that_it_promises() -> None:
    articles = {article.key: article for article in demo_schedule().articles}
    wire = articles["bridge"].editions
    assert len(wire) == 5
    assert wire[-1].notes[0][1].startswith("(Updates with")
    reprint = articles["bridge-reprint"].editions
    assert [e.paragraphs for e in reprint] == [e.paragraphs for e in wire]
    assert all(copy.at > first.at for copy, first in zip(reprint[1:], wire[1:], strict=True))
    moved = articles["storm"].editions
    assert sorted(moved[0].paragraphs) == sorted(moved[1].paragraphs)
    assert moved[0].paragraphs != moved[1].paragraphs
    headline = articles["harbor-plan"].editions
    assert headline[0].paragraphs == headline[1].paragraphs
    assert headline[0].title != headline[1].title
    assert not articles["hospital"].editions[1].notes
    assert articles["budget"].editions[1].notes
    assert articles["aide"].gone_at is not None
    assert len(articles["tides"].editions) == 1
    assert articles["tides"].noisy


def test_the_clock_runs_at_its_speed_from_its_first_start() -> None:
    real = [100.0]
    clock = SimulatedClock(2.0, lambda: real[0])
    assert clock.now() == 0
    clock.start()
    real[0] += 3
    clock.start()
    assert clock.now() == 6


BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
VERSION = {
    "event": "version",
    "version": 2,
    "source": "The Harbor Ledger",
    "words_added": 4,
    "words_removed": 3,
    "labels": "headline,number,insert,lead",
    "title": "A headline that is much longer than any line has room for",
}


def test_log_lines_are_parsed_and_a_version_is_shown_in_eighty_columns() -> None:
    assert parse_log_line('{"event":"version","version":2}\n') == {"event": "version", "version": 2}
    assert parse_log_line("Traceback (most recent call last):\n") == {
        "event": "output",
        "text": "Traceback (most recent call last):",
    }
    assert parse_log_line('"text"')["event"] == "output"
    assert parse_log_line("{}")["event"] == "output"
    first, second = plain(demo.event(VERSION, 69.4))
    assert first == " 1:09  Ledger   v2  A headline that is much longer than any line has room for"
    assert second == "                    +4 −3    headline number insert lead"
    (line,) = plain(demo.event(VERSION | {"version": 1, "title": "T" * 100}, 0))
    assert len(line) == 80
    _, second = plain(demo.event(VERSION | {"labels": ",".join(["correction"] * 9)}, 69.4))
    assert second.endswith("correction correction correc…")
    _, second = plain(demo.event(VERSION | {"labels": "x" * 90}, 69.4))
    assert len(second) == 80


def plain(lines: list[demo.Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"event": "alert", "status": 204, "payload": {"rule": "Corrections", "source": "A Ledger"}},
            "→ alert: Corrections (Ledger)",
        ),
        ({"event": "alert", "status": 401, "payload": None}, "alert rejected with status 401"),
        ({"event": "check", "outcome": "gone", "url": "http://x.test/a"}, "taken down: /a"),
        ({"event": "output", "text": "Traceback\x1b[2J"}, "Traceback"),
        ({"event": "crash", "level": "error", "host": "x"}, "crash: host=x"),
    ],
)
def test_alerts_takedowns_and_errors_are_shown(entry: dict[str, object], expected: str) -> None:
    (line,) = plain(demo.event(entry, 1))
    assert expected in line
    assert "\x1b" not in line
    assert len(line) <= 80


@pytest.mark.parametrize("kind", ["started", "stopped", "hub", "delivered", "check", "Execution of job skipped"])
def test_routine_events_are_not_shown(kind: str) -> None:
    assert demo.event({"event": kind, "level": "info"}, 1) == []


def test_the_next_steps_say_how_to_put_the_command_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A path below the working directory is printed relative to it, so neither prefix below may lie in it.
    monkeypatch.chdir(tmp_path)

    def first() -> str:
        return plain(demo.next_steps(Path("demo"), "0123", "4567"))[2]

    monkeypatch.setenv("PATH", "/nowhere")
    assert "/bin/activate" in first()
    assert first().startswith("  source ")
    for prefix in ("/check/work/main/.venv", "/home/desk/tools/writethru/.venv"):
        monkeypatch.setattr(sys, "prefix", prefix)
        assert f"source {prefix}/bin/activate" in first().strip()
        assert len(first()) <= 80
    monkeypatch.setattr(demo, "which", lambda name: f"/usr/bin/{name}")
    assert first().startswith("  cd demo")


def test_the_opening_and_the_summary_fit_eighty_columns(tmp_path: Path) -> None:
    complete, flawed = DemoResult(21, 21, 14, 14), DemoResult(21, 20, 14, 13)
    payload = {"rule": "The bridge", "version": 2, "headline": "H" * 100, "labels": [{"kind": "insert"}, "number"]}
    directory = tmp_path.relative_to(tmp_path)
    lines = [
        *demo.opening(demo_schedule(), BASES, directory, 1.0),
        *demo.alerts([{"payload": payload}]),
        *demo.result(complete, 1.0),
        *demo.result(flawed, 1 / 3),
        *demo.next_steps(directory, "0123456789ab", "0123456789ab"),
        *demo.unannounced_edit("Hospital", "+1 −1 words"),
    ]
    assert max(len(text) for text in plain(lines)) <= 80
    assert complete.is_complete
    assert not flawed.is_complete


SECRET = make_secret(1)
BODY = json.dumps({"rule": "Corrections"})


def message(body: str = BODY, message_id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }


def post(url: str, headers: dict[str, str], body: str = BODY) -> int:
    request = urllib.request.Request(url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_messages_signed_by_the_reference_implementation_are_accepted(tmp_path: Path) -> None:
    entries: list[object] = []
    with WebhookReceiver(SECRET, tmp_path / "alerts.jsonl", on_entry=entries.append) as receiver:
        assert post(receiver.url, message()) == 204
        assert [(entry["id"], entry["payload"]) for entry in receiver.accepted()] == [
            ("msg_1", {"rule": "Corrections"})
        ]
    assert entries == receiver.log.entries()
    assert json.loads((tmp_path / "alerts.jsonl").read_text())["signed"] is True


def test_a_message_that_a_killed_sender_did_not_finish_is_no_message() -> None:
    with WebhookReceiver(SECRET) as receiver:
        host, port = receiver.base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as sender:
            sender.sendall(b"POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            sender.shutdown(socket.SHUT_WR)
            assert sender.recv(1) == b""
        assert receiver.log.entries() == []


def test_forged_broken_and_rejected_messages_are_logged_but_not_accepted() -> None:
    class BusyReceiver(WebhookReceiver):
        def status(self, message_id: str) -> int:
            return 503 if message_id == "busy" else 204

    with BusyReceiver(SECRET) as receiver:
        assert post(receiver.url, message(secret=make_secret(2))) == 401
        assert post(receiver.url, {}) == 401
        assert post(receiver.url, message("[1]"), "[1]") == 400
        assert post(receiver.url, message(message_id="busy")) == 503
        assert post(receiver.url, message("no"), "no") == 400
        assert post(receiver.url, message()) == 204
        assert post(receiver.url, message() | {"webhook-signature": "?"}) == 401
        assert [entry["status"] for entry in receiver.log.entries()] == [401, 401, 400, 503, 400, 204, 401]
        assert len(receiver.accepted()) == 1


def test_the_configuration_is_one_the_service_accepts(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 2.0)
    secret = make_secret(0)
    write_config(workspace, demo_schedule(), BASES, "http://127.0.0.1:3/alerts", secret)
    config = load(workspace.config)
    assert [source.name for source in config.sources] == ["The Harbor Ledger", "Inland Courier"]
    assert {source.every for source in config.sources} == {timedelta(seconds=0.5)}
    assert config.archive.database == f"sqlite:///{tmp_path}/demo/writethru.db"
    assert len(config.stories[0].urls) == 2
    assert len(config.rules) == 5
    (target,) = config.targets
    assert isinstance(target, WebhookTarget)
    assert target.private
    assert target.secret is not None
    assert target.secret.reveal("webhook") == secret
    assert stat.S_IMODE(workspace.secret.stat().st_mode) == 0o600
    assert secret not in workspace.config.read_text(encoding="utf-8")


def test_a_directory_is_replaced_only_if_a_demo_created_it(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 1.0)
    (workspace.directory / "writethru.db").write_text("old")
    assert not (create_workspace(tmp_path / "demo", 1.0).directory / "writethru.db").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(workspace.directory)
    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError, match="writethru demo did not create"):
            create_workspace(tmp_path / name, 1.0)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "demo" / "news").mkdir()
    (tmp_path / "demo" / "news" / "writethru.toml").touch()
    with pytest.raises(UsageError, match="writethru demo did not create"):
        create_workspace(tmp_path / "demo", 1.0)
