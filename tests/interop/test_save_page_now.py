"""Save Page Now 2, played by a server on this machine: what it is asked, and what is kept of its answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import inline, new_archive_at
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.recaptures import list_outside_captures
from tracker.config.root import Config, parse
from tracker.model.check import Tracked
from tracker.service.page_saver import PageSaver
from tracker.service.source_fetcher import SourceFetcher

pytestmark = pytest.mark.anyio
STAMP = "20261125091500"


@dataclass
class SavePageNow:
    """Answers as the documentation of the service says; *refusals* and *states* are what comes before success."""

    refusals: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    states: list[dict[str, object]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def save(self, key: str, form: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        self.asked.append(("save", form["url"][0]))
        if key != "LOW access:secret":
            return 401, {"message": "You need to be logged in to use Save Page Now."}
        if self.refusals:
            return self.refusals.pop(0)
        return 200, {"url": form["url"][0], "job_id": f"spn2-{len(self.asked)}"}

    def status(self, job: str) -> tuple[int, dict[str, object]]:
        self.asked.append(("status", job))
        if self.states:
            return 200, {"job_id": job, **self.states.pop(0)}
        url = next(what for kind, what in self.asked if kind == "save")
        done = {"status": "success", "timestamp": STAMP, "original_url": url, "duration_sec": 6.2, "http_status": 200}
        return 200, {"job_id": job, **done, "resources": [f"{url}/{n}.png" for n in range(300)]}


@pytest.fixture
def server() -> Iterator[SavePageNow]:
    played = SavePageNow()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            known = self.path == "/save" and self.headers["Accept"] == "application/json"
            self._answer(*(played.save(self.headers["Authorization"], form) if known else (404, {})))

        def do_GET(self) -> None:
            before, _, job = self.path.rpartition("/")
            self._answer(*(played.status(job) if before == "/save/status" else (404, {})))

        def _answer(self, status: int, said: dict[str, object]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        played.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield played
        http.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(new_archive_at(tmp_path / "a.db")) as opened:
        yield opened


def configured(server: SavePageNow, key: str = "access:secret") -> Config:
    (Path.cwd() / "key").write_text(key)
    return parse(
        f"""
[fetch]
allow_private = true
[archive.wayback]
key = {{ file = "key" }}
url = "http://127.0.0.1:{server.port}"
[[sources]]
name = "Herald"
urls = ["https://herald.example/news/flood"]
archive = ["wayback"]
""".encode()
    )


async def saved(server: SavePageNow, store: Archive, times: list[float], config: Config) -> Tracked:
    """Store a second version of an article, and give the service a turn at each of these minutes."""
    tracked = watch(store)
    grow(store, tracked, 1)
    fetcher = SourceFetcher(config)
    try:
        saver = PageSaver(lambda: config, inline(store), fetcher)
        await saver.save(NOW)
        commit_check(store, intent(tracked, 2, minutes(1)))
        for minute in times:
            await saver.save(minutes(minute))
    finally:
        await fetcher.aclose()
    return tracked


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_a_version_waits_its_turn_and_the_answer_is_kept(server, store):
    server.refusals = [(429, {"message": "You have already reached the limit of active sessions."})]
    server.states = [{"status": "pending", "resources": []}]
    tracked = await saved(server, store, [2, 2.5, 3.5, 4, 4.5, 5, 6], configured(server))
    # Refused at 2, left alone for a minute, taken at 3.5, under way at 4, done at 4.5.
    assert [kind for kind, _ in server.asked] == ["save", "save", "status", "status"]
    assert {what for kind, what in server.asked if kind == "save"} == {tracked.url}
    (kept,) = list_outside_captures(store, tracked.id)
    assert (kept.n, kept.service) == (2, "wayback")
    assert kept.address == f"http://127.0.0.1:{server.port}/web/{STAMP}/{tracked.url}"
    answer = json.loads(kept.answer)
    assert (answer["duration_sec"], answer["job_id"]) == (6.2, "spn2-2")
    assert "resources" not in answer
    assert verify(store).ok


async def test_a_capture_that_fails_is_asked_for_again(server, store):
    failed = {"status": "error", "status_ext": "error:bad-gateway", "message": "Bad Gateway for the page."}
    server.states = [dict(failed)]
    tracked = await saved(server, store, [2, 3, 4, 5, 6], configured(server))
    assert [kind for kind, _ in server.asked] == ["save", "status", "save", "status"]
    (kept,) = list_outside_captures(store, tracked.id)
    assert kept.address.endswith(f"/web/{STAMP}/{tracked.url}")


async def test_a_wrong_key_keeps_the_version_waiting(server, store):
    tracked = await saved(server, store, [2, 3, 5], configured(server, "access:wrong"))
    assert [kind for kind, _ in server.asked] == ["save"] * 3
    assert list_outside_captures(store, tracked.id) == []
