"""Save Page Now 2, played by a server on this machine: what it is asked, and what is kept of its answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import archive_at, inline
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.outside_captures import list_outside_captures
from tracker.config.root import Config, parse
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer
from tracker.model.check import Tracked
from tracker.service.page_saver import PageSaver
from tracker.service.source_fetcher import SourceFetcher

pytestmark = pytest.mark.usefixtures("folder")
STAMP = "20261125091500"


@dataclass
class SavePageNow:
    """Answers as the documentation of the service says; *refusals* and *states* are what comes before success."""

    refusals: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    states: list[dict[str, object]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    base: str = ""

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

    def respond(request: HttpRequest) -> HttpResponse:
        before, _, job = request.path.rpartition("/")
        if request.method == "GET" and before == "/save/status":
            status, said = played.status(job)
        elif request.path == "/save" and request.headers["accept"] == "application/json":
            status, said = played.save(request.headers["authorization"], parse_qs(request.body.decode()))
        else:
            status, said = 404, {}
        return HttpResponse(status, json.dumps(said).encode(), {"Content-Type": "application/json"})

    with LoopbackServer(respond) as http:
        played.base = http.base
        yield played


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Archive]:
    with archive_at(tmp_path / "a.db") as opened:
        yield opened


def configured(server: SavePageNow, key: str = "access:secret") -> Config:
    (Path.cwd() / "key").write_text(key)
    return parse(
        f"""
[fetch]
allow_private = true
[archive.wayback]
key = {{ file = "key" }}
url = "{server.base}"
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


async def test_a_version_waits_its_turn_and_the_answer_is_kept(server, store):
    server.refusals = [(429, {"message": "You have already reached the limit of active sessions."})]
    server.states = [{"status": "pending", "resources": []}]
    tracked = await saved(server, store, [2, 2.5, 3.5, 4, 4.5, 5, 6], configured(server))
    # Refused at 2, left alone for a minute, taken at 3.5, under way at 4, done at 4.5.
    assert [kind for kind, _ in server.asked] == ["save", "save", "status", "status"]
    assert {what for kind, what in server.asked if kind == "save"} == {tracked.url}
    (kept,) = list_outside_captures(store, tracked.id)
    assert (kept.n, kept.service) == (2, "wayback")
    assert kept.address == f"{server.base}/web/{STAMP}/{tracked.url}"
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
