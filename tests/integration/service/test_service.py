import asyncio
import io
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tests.programme.news_site import PAGE
from tests.waiting import PATIENCE, stopped, until
from tracker.archive import migrations, takedowns
from tracker.archive.articles import list_articles
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.opening import open_archive
from tracker.archive.state import due_hosts, save_host_time, watch_state
from tracker.archive.takedowns import list_expired
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import iter_versions
from tracker.config.root import load
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ConfigError, SchemaMismatch
from tracker.model.capture import NotModified
from tracker.model.version import VersionQuery
from tracker.model.watch import CheckOutcome
from tracker.observe import logs, metrics
from tracker.observe.metrics import HealthServer
from tracker.pipeline.check import PollReport
from tracker.pipeline.settle import CheckReport
from tracker.service import loop, retention, runtime
from tracker.service.doctor import archive_findings
from tracker.service.health import ArchiveHealth, NetworkHealth
from tracker.service.loop import Service
from tracker.service.one_pass import Wanted, check_once
from tracker.service.retention import RetentionWorker
from tracker.service.roles import LeaderElection
from tracker.service.runtime import Runtime, open_runtime


class Paper(LoopbackServer):
    """Serves a feed of two stories; *toll* is in the first."""

    toll = "Four"

    def __init__(self) -> None:
        super().__init__(self.respond)

    def body(self, path: str) -> str | None:
        if path == "/feed.xml":
            items = "".join(
                f"<item><title>{name}</title><link>{self.base}/news/{name}</link></item>"
                for name in ("harbour-fire", "market-day")
            )
            return f'<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>{items}</channel></rss>'
        if path == "/news/harbour-fire":
            return PAGE.format(title="Fire at the harbour", count=self.toll)
        if path == "/news/market-day":
            return PAGE.format(title="Market day moved", count="No")
        return None

    def respond(self, request: HttpRequest) -> HttpResponse:
        body = self.body(request.path)
        kind = "application/rss+xml" if request.path.endswith(".xml") else "text/html"
        return HttpResponse(200 if body else 404, (body or "not here").encode(), {"Content-Type": kind})


@pytest.fixture
def paper() -> Iterator[Paper]:
    with Paper() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, paper: Paper) -> Path:
    path = tmp_path / "writethru.toml"
    path.write_text(configuration(tmp_path, paper.base + "/feed.xml"))
    return path


@pytest.fixture
def messages() -> io.StringIO:
    """Return what is logged."""
    stream = io.StringIO()
    logs.configure(stream=stream)
    return stream


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the port of each health page that is opened."""
    opened: list[int] = []
    serve = metrics.serve

    def served(*args: Any) -> HealthServer:
        page = serve(*args)
        opened.append(page.port)
        return page

    monkeypatch.setattr(metrics, "serve", served)
    return opened


def health(port: int) -> dict[str, object]:
    """Return what the health page says, whether its status is 200 or 503."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


def configuration(folder: Path, feed: str, more: str = "") -> str:
    return f"""contact = "desk@example.org"
[archive]
database = "sqlite:///{folder}/w.db"
[fetch]
allow_private = true
[service]
listen = "127.0.0.1:0"
tick = "200ms"
[[sources]]
name = "paper"
feeds = ["{feed}"]
every = "300ms"
poll = "500ms"
{more}"""


def titles(settings: Path) -> list[str]:
    try:
        store = open_archive(load(settings).archive.database, readonly=True)
    except SchemaMismatch:  # it is being made
        return []
    try:
        return sorted(f"{v.content.title} {v.n}" for v in iter_versions(store, VersionQuery()))
    finally:
        store.close()


async def test_the_service_keeps_what_changes_until_it_is_told_to_stop(settings: Path, paper: Paper, capfd):
    migrations.upgrade(load(settings).archive.database)
    service = Service(load(settings), settings, no_pace=True)
    running = asyncio.create_task(service.serve(migrate=True))
    await until(lambda: titles(settings) == ["Fire at the harbour 1", "Market day moved 1"])
    with pytest.raises(ArchiveLocked):
        await Service(load(settings), settings, no_pace=True).serve(migrate=False)
    paper.toll = "Seven"
    await until(lambda: "Fire at the harbour 2" in titles(settings))
    assert await stopped(running) == 0
    assert titles(settings) == ["Fire at the harbour 1", "Fire at the harbour 2", "Market day moved 1"]


async def test_pages_that_are_kept_no_longer_are_let_go_at_the_start(settings: Path, paper: Paper, tmp_path: Path):
    database = load(settings).archive.database
    migrations.upgrade(database)

    def are_expired(count: int) -> bool:
        with open_archive(database) as store:
            return len(list_expired(store, "paper", seen_before=None, keep=1)) == count

    for more, left in (("", 1), ("keep_newest = 1\n", 0)):
        settings.write_text(configuration(tmp_path, paper.base + "/feed.xml", more))
        running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
        await until(lambda: {"Fire at the harbour 1", "Market day moved 1"} <= set(titles(settings)))
        paper.toll = "Seven"
        await until(lambda: "Fire at the harbour 2" in titles(settings))
        await until(partial(are_expired, left))
        assert await stopped(running) == 0
    assert len(titles(settings)) == 3, "the texts stay"


async def test_a_clock_that_is_wrong_at_the_start_deletes_nothing(
    settings: Path, paper: Paper, tmp_path: Path, messages: io.StringIO, monkeypatch: pytest.MonkeyPatch
):
    database = load(settings).archive.database
    migrations.upgrade(database)
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml", 'keep_for = "30d"\n'))
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: len(titles(settings)) == 2)
    paper.toll = "Seven"
    await until(lambda: len(titles(settings)) == 3)
    assert await stopped(running) == 0
    for module in (loop, runtime):
        monkeypatch.setattr(module, "utc_now", lambda: datetime.now(UTC) + timedelta(days=40))
    monkeypatch.setattr(retention, "CLOCK_RETRY_SECONDS", 0.02)
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: "the system clock was 40 d ahead of the hosts' clocks" in messages.getvalue())
    assert metrics.REGISTRY.get_sample_value("writethru_retention_waiting") == 1
    assert await stopped(running) == 0
    with open_archive(database) as store:
        assert len(list_expired(store, "paper")) == 1
    found = archive_findings(database, datetime.now(UTC))
    assert [each.state for each in found if each.what == "retention"] == ["broken"]


async def test_checks_take_their_turn_while_pages_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(takedowns, "MAX_TRANSACTION_SECONDS", 0.0)
    store = temporary_archive()
    grow(store, watch(store, source="paper"), 40)
    save_host_time(store, NOW, NOW)
    settings = tmp_path / "writethru.toml"
    settings.write_text(configuration(tmp_path, "https://herald.example/feed", "keep_newest = 1\n"))

    async def nothing() -> None:
        pass

    async with ArchiveThread(lambda: open_archive(store.url.text)) as thread:
        checked: list[int] = []
        worker = RetentionWorker(thread, nothing, lambda: len(checked) < 5, lambda: NOW)
        applied = asyncio.create_task(worker.apply(load(settings)))
        while len(checked) < 5:
            checked.append(len(await thread.run(list_expired, "paper")))
        await applied
    assert checked[0] > checked[-1] >= 30, "some pages went meanwhile, and none after retention was stopped"
    assert len(list_expired(store, "paper")) >= 30


def test_the_time_of_most_hosts_counts() -> None:
    network = NetworkHealth(private=True, proxy_for=lambda _url, _source: "")

    def answer(host: str, date: str, *more: tuple[str, str]) -> NotModified:
        return NotModified(f"https://{host}/", f"https://{host}/", (("Date", date), *more))

    network.note_time(answer("a.example", "Wed, 25 Nov 2026 09:00:00 GMT"), NOW)
    network.note_time(answer("b.example", "Tue, 24 Nov 2026 09:00:01 GMT", ("Age", "86400")), NOW)
    network.note_time(answer("c.example", "Fri, 01 Jan 2016 00:00:00 GMT"), NOW)
    network.note_time(answer("d.example", "today"), NOW)
    assert network.take_host_time() in {(NOW, NOW), (NOW, NOW + timedelta(seconds=1))}
    assert network.take_host_time() is None


async def test_a_configuration_is_read_again_when_it_changes_and_a_broken_one_is_not_used(
    settings: Path, paper: Paper, tmp_path: Path, messages: io.StringIO
):
    migrations.upgrade(load(settings).archive.database)
    settings.write_text(configuration(tmp_path, paper.base + "/nothing.xml"))
    service = Service(load(settings), settings, no_pace=True)
    running = asyncio.create_task(service.serve(migrate=True))
    settings.write_text("[[sources]]\nnonsense = 1\n")
    os.utime(settings, (1, 1))
    await until(lambda: "the previous configuration stays active" in messages.getvalue())
    assert "2 errors: sources[1].name: required" in messages.getvalue(), "on one line, without escaped line breaks"
    assert not running.done()
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml"))
    await until(lambda: titles(settings) == ["Fire at the harbour 1", "Market day moved 1"])
    assert await stopped(running, signal.SIGINT) == 0


async def test_an_archive_of_another_release_is_not_touched_unless_told(settings: Path):
    with open_archive(load(settings).archive.database, migrate=True) as opened, opened.write() as made:
        made.run("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaMismatch):
        await Service(load(settings), settings, no_pace=True).serve(migrate=False)


async def test_one_pass_over_named_articles_or_one_source(settings: Path, paper: Paper):
    config = load(settings)
    heard: list[CheckReport | PollReport] = []
    first = await check_once(config, Wanted(source="paper"), no_pace=True, migrate=True, listener=heard.append)
    assert first.outcomes == {CheckOutcome.NEW: 2}
    assert len(heard) == 3, "the feed and two articles"
    paper.toll = "Seven"
    only = await check_once(config, Wanted(articles=(paper.base + "/news/harbour-fire",)), no_pace=True)
    assert only.outcomes == {CheckOutcome.CHANGED: 1}
    assert only.hubs == {}


async def test_stories_and_paused_or_forgotten_sources(settings: Path, paper: Paper, tmp_path: Path):
    story = f'[[stories]]\nname = "Harbour"\nurls = ["{paper.base}/news/harbour-fire"]\n'
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml", story))
    await check_once(load(settings), Wanted(), no_pace=True, migrate=True)
    store = open_archive(load(settings).archive.database, readonly=True)
    assert [a.url.rsplit("/", 1)[1] for a in list_articles(store, story="Harbour")] == ["harbour-fire"]
    store.close()
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml", "paused = true\n"))
    paper.toll = "Seven"
    paused = await check_once(load(settings), Wanted(everything=True), no_pace=True)
    assert paused.outcomes == {}
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml").replace('"paper"', '"journal"'))
    await check_once(load(settings), Wanted(everything=True), no_pace=True)
    assert len(titles(settings)) >= 2, "what was stored stays"


async def test_a_secret_that_is_missing_is_said_before_anything_starts(settings: Path, paper: Paper, tmp_path: Path):
    hook = '[[targets]]\nname = "hook"\ntype = "webhook"\nurl = "https://h.test/x"\nsecret = { env = "NO_SECRET" }\n'
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml", hook))
    with pytest.raises(ConfigError, match="NO_SECRET"):
        await Service(load(settings), settings, no_pace=True).serve(migrate=True)


async def test_a_service_that_watches_nothing_says_so(tmp_path: Path, messages: io.StringIO):
    settings = tmp_path / "empty.toml"
    settings.write_text(configuration(tmp_path, "").partition("[[sources]]")[0])
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: "To add something: writethru add URL" in messages.getvalue())
    assert await stopped(running) == 0


@pytest.mark.parametrize(("role", "shows"), [("worker", False), ("scheduler", True)])
async def test_workers_show_no_web_page_for_there_are_many_on_one_machine(settings, monkeypatch, role: Any, shows):
    migrations.upgrade(load(settings).archive.database)
    settings.write_text(settings.read_text() + '\n[web]\nlisten = "127.0.0.1:1"\n')
    opened: list[str] = []

    class HealthServer:
        address = "here"

        def begin(self) -> None:
            opened.append("begun")

        async def end(self) -> None:
            opened.append("ended")

    told: list[str] = []
    monkeypatch.setattr("tracker.service.loop.notify_systemd", told.append)
    service = Service(load(settings), settings, no_pace=True, role=role, page=lambda _config, _current: HealthServer())
    running = asyncio.create_task(service.serve(migrate=False))
    await until(lambda: "READY=1" in told)
    assert await stopped(running) == 0
    assert opened == (["begun", "ended"] if shows else [])


__all__ = ["paper", "ports", "settings"]


async def test_what_is_configured_while_the_archive_is_full_is_watched_once_there_is_space(
    settings: Path, paper: Paper, tmp_path: Path, ports: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    settings.write_text(configuration(tmp_path, paper.base + "/nothing.xml"))
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: bool(ports))
    await until(lambda: health(ports[0]).get("articles") == 0)
    disk.full = True
    settings.write_text(configuration(tmp_path, paper.base + "/feed.xml"))
    await until(lambda: health(ports[0])["ok"] is False)
    disk.full = False
    await until(lambda: titles(settings) == ["Fire at the harbour 1", "Market day moved 1"])
    assert await stopped(running) == 0


def crashes() -> float:
    return metrics.REGISTRY.get_sample_value("writethru_crashes_total") or 0


async def test_a_service_that_cannot_look_for_due_work_does_not_say_that_it_did(settings, ports, monkeypatch) -> None:
    def failing(*args: Any) -> list[str]:
        if ports and titles(settings):
            raise RuntimeError("a bug")
        return due_hosts(*args)

    monkeypatch.setattr(loop, "due_hosts", failing)
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: bool(ports))
    before = crashes()
    await until(lambda: crashes() > before)
    await until(lambda: float(str(health(ports[0])["last_tick_seconds_ago"])) > 2)
    assert await stopped(running) == 0


async def test_metrics_tell_the_last_checkpoint_and_the_free_space_where_it_is(settings: Path, tmp_path) -> None:
    (notes := tmp_path / "notes").mkdir()
    settings.write_text(settings.read_text().replace("[fetch]", f"checkpoints = '{notes}'\n[fetch]"))
    before, value = datetime.now(UTC).timestamp(), metrics.REGISTRY.get_sample_value
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: value("writethru_disk_free_bytes", {"folder": str(notes)}) is not None)
    assert (value("writethru_disk_free_bytes", {"folder": str(tmp_path)}) or 0) > 0
    await until(lambda: any(notes.glob("*.note")))
    assert await stopped(running) == 0
    with open_archive(load(settings).archive.database) as store:
        assert watch_state(store, datetime.now(UTC)).last_done["checkpoint"].timestamp() > before - 1


async def test_a_service_that_cannot_sign_watches_on_and_says_why(
    settings: Path, paper: Paper, ports, tmp_path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "key.pub").write_text(Signer.new("lost").public)
    text = settings.read_text().replace("[fetch]", f"checkpoints = '{tmp_path}/notes'\n[fetch]")
    settings.write_text(text)
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=True))
    await until(lambda: bool(ports) and "checkpoints" in health(ports[0]))
    found = health(ports[0])
    assert found["ok"] is True
    assert "the signing key is missing" in str(found["checkpoints"])
    assert "w.db.key" in str(found["checkpoints"])
    await until(lambda: titles(settings) == ["Fire at the harbour 1", "Market day moved 1"])
    assert await stopped(running) == 0


async def test_a_service_whose_election_ends_with_an_error_ends_with_it(settings: Path, monkeypatch) -> None:
    asked = []

    def check(_leadership: object) -> bool:
        asked.append(True)
        if len(asked) > 1:
            raise RuntimeError("the election is broken")
        return True

    monkeypatch.setattr("tracker.service.roles.Leadership.check", check)
    with pytest.raises(RuntimeError, match="the election is broken"):
        async with asyncio.timeout(30):
            await Service(load(settings), settings, no_pace=True).serve(migrate=True)


async def test_a_lead_that_cannot_be_taken_is_reported_once(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    stop, tries = asyncio.Event(), []

    async def begin() -> None:
        tries.append(True)
        if len(tries) == 5:
            stop.set()
        raise ArchiveError("a table is locked")

    monkeypatch.setattr("tracker.service.roles.LEAD_CHECK_SECONDS", 0.001)
    logs.configure()
    async with asyncio.timeout(30):
        await LeaderElection("sqlite:///a.db", "all", begin).keep(stop)
    assert len(tries) == 5
    assert capsys.readouterr().err.count("a table is locked") == 1


async def test_a_reload_while_the_service_is_opened_does_not_end_it(settings: Path, monkeypatch) -> None:
    handlers: list[Any] = []

    async def opened(*_args: Any, **_options: Any) -> Runtime:
        handlers.append(signal.getsignal(signal.SIGHUP))
        raise ArchiveError("it is not opened in this test")

    monkeypatch.setattr(loop, "open_runtime", opened)
    with pytest.raises(ArchiveError, match="not opened"):
        await Service(load(settings), settings, no_pace=True).serve(migrate=True)
    assert len(handlers) == 1
    assert signal.SIG_DFL not in handlers


async def test_background_tasks_end_before_the_archive_is_closed_and_their_errors_are_logged(settings, capsys) -> None:
    ended: list[int] = []

    async with AsyncExitStack() as stack:
        runtime = await open_runtime(
            stack, load(settings), migrate=True, no_pace=True, listener=lambda _report: None, config_path=settings
        )

        async def broken() -> None:
            raise ValueError("no such thing")

        async def slow() -> None:
            await runtime.crawler.stopping.wait()
            ended.append(len(await runtime.archive.run(list_articles)))

        runtime.spawn(broken(), "reading")
        runtime.spawn(slow(), "writing")
    assert ended == [0]
    logged = capsys.readouterr().err
    assert "event=crash" in logged
    assert 'task=reading error="ValueError: no such thing"' in logged


class Disk:
    """Refuses every write while it is *full*, and counts what it refused."""

    full = False
    refused = 0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tracker.archive.archive import Archive

        write, disk = Archive.write, self

        def guarded(archive: Archive):
            if disk.full:
                disk.refused += 1
                raise ArchiveFull("the disk is full", hint="make room")
            return write(archive)

        monkeypatch.setattr(Archive, "write", guarded)


async def test_a_disk_that_has_room_for_small_writes_alone_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    health = ArchiveHealth(inline(temporary_archive()))

    async def offer(_hosts: Sequence[str]) -> int:
        return 0

    for _ in range(3):
        health.record(ArchiveFull("the disk is full"))
        assert await health.is_writable(NOW, offer)
    assert await health.is_writable(NOW, offer)
    said = capsys.readouterr().err
    assert (said.count("the disk is full"), said.count("resuming")) == (1, 1)


async def test_a_full_disk_is_one_state_of_the_service(settings, paper: Paper, ports, monkeypatch, capsys) -> None:
    disk = Disk(monkeypatch)
    open_archive(load(settings).archive.database, migrate=True).close()
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
    await until(lambda: len(titles(settings)) == 2)
    disk.full = True
    paper.toll = "Seven"
    await until(lambda: health(ports[0])["ok"] is False)
    found = health(ports[0])
    assert "the disk is full" in str(found["archive"])
    refused = disk.refused
    await until(lambda: disk.refused >= refused + 4)
    disk.full = False
    await until(lambda: len(titles(settings)) == 3)
    await until(lambda: health(ports[0])["ok"] is True)
    assert await stopped(running) == 0
    said = capsys.readouterr().err
    assert said.count("the disk is full") == 1
    assert "event=crash" not in said
