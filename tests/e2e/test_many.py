"""Two schedulers and three workers on one PostgreSQL: a worker, the leader and the server die; nothing is lost.

The pages change by themselves every few seconds. What the workers' logs called stored must be stored, once; every host
must be visited again in time after each death; no host is ever visited by two at once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.postgres import running
from tracker.archive import open_archive
from tracker.archive.versions import iter_versions
from tracker.model import VersionQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOSTS = 12
PAGES = 2
EDITION_SECONDS = 4.0
AGAIN_SECONDS = 90.0
LEAD_SECONDS = 60.0


class Paper:
    """Pages on many loopback hosts; each says a new number every few seconds and notes who asks when."""

    def __init__(self) -> None:
        self.asked: dict[str, list[float]] = defaultdict(list)
        self.together: dict[str, int] = defaultdict(int)
        self.most = 0
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def hosts(self) -> list[str]:
        return [f"127.0.3.{n}" for n in range(1, HOSTS + 1)]

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        servers = []
        for host in self.hosts:
            servers.append(await asyncio.start_server(self._answer, host, self.port))
            self.port = servers[0].sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path = head.split(" ", 2)[1]
                self.together[host] += 1
                self.most = max(self.most, self.together[host])
                try:
                    await asyncio.sleep(0.05)
                finally:
                    self.together[host] -= 1
                writer.write(self._page(host, path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _page(self, host: str, path: str) -> bytes:
        if path == "/robots.txt":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        self.asked[host].append(time.monotonic())
        number = int(time.monotonic() / EDITION_SECONDS)
        body = (
            f"<!doctype html><html><head><title>Fire at {path} on {host}</title></head><body><article>"
            f"<h1>Fire at {path} on {host}</h1><p>The fire brigade of {host} said that {number} people had been "
            "brought to safety from the building by the evening, and that the search would go on through the night.</p>"
            "<p>The cause of the fire is not known, a spokeswoman said; the police have opened an inquiry and asked "
            "witnesses to come forward with what they saw.</p></article></body></html>"
        ).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@dataclass
class Member:
    """One process of the service, heard line by line."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def hear(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                self.lines.append(line.rstrip())

    @property
    def leads(self) -> bool:
        return any("event=lead" in line and "this process schedules" in line for line in list(self.lines))

    @property
    def stored(self) -> list[tuple[str, int, str]]:
        found = (
            re.search(r"event=version .*article=(\S+) version=(\d+) .*sha256=(\S+)", line) for line in list(self.lines)
        )
        return [(each[1], int(each[2]), each[3]) for each in found if each]


def started(folder: Path, url: str, role: str) -> Member:
    env = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
    env |= {"WRITETHRU_DB": url, "WRITETHRU_ALLOW_PRIVATE": "1", "WRITETHRU_LISTEN": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", "from tracker.cli.main import main; main()", "run", "--no-pace", "--role", role],
        cwd=folder,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    member = Member(process)
    threading.Thread(target=member.hear, daemon=True).start()
    return member


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[list[Member]]:
    members: list[Member] = []
    yield members
    for member in members:
        if member.process.poll() is None:
            os.killpg(member.process.pid, signal.SIGKILL)
            member.process.wait(10)
    for number, member in enumerate(members):
        (tmp_path / f"member-{number}.log").write_text("\n".join(member.lines))


def until(what: str, holds: Callable[[], Any], seconds: float) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def all_asked_since(paper: Paper, moment: float) -> bool:
    return all(paper.asked[host] and paper.asked[host][-1] > moment for host in paper.hosts)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(420)
@pytest.mark.xdist_group("newsroom")
def test_workers_leader_and_server_die_and_nothing_is_lost_or_doubled(tmp_path: Path, crew: list[Member]) -> None:
    with running() as server, Paper() as paper:
        if server.is_foreign:
            pytest.skip("the server that WRITETHRU_TEST_POSTGRES names is not ours to kill")
        url = server.create()
        open_archive(url, migrate=True).close()
        pages = [f"http://{host}:{paper.port}/{n}" for host in paper.hosts for n in range(PAGES)]
        (tmp_path / "writethru.toml").write_text(
            f'contact = "t@example.org"\n[service]\ntick = "1s"\n'
            f'[[sources]]\nname = "Paper"\nevery = "1s"\nurls = {json.dumps(pages)}\n'
        )
        schedulers = [started(tmp_path, url, "scheduler") for _ in range(2)]
        workers = [started(tmp_path, url, "worker") for _ in range(3)]
        crew += schedulers + workers
        until("every host is visited", lambda: all_asked_since(paper, 0), 60)
        until("every worker stores", lambda: all(worker.stored for worker in workers), 60)
        assert [member.leads for member in schedulers].count(True) == 1

        moment = time.monotonic()
        os.killpg(workers[0].process.pid, signal.SIGKILL)
        until("the dead worker's hosts are visited", lambda: all_asked_since(paper, moment), AGAIN_SECONDS)
        workers.append(started(tmp_path, url, "worker"))
        crew.append(workers[-1])
        until("a worker that came later stores", lambda: workers[-1].stored, 60)

        leader, standby = sorted(schedulers, key=lambda member: not member.leads)
        os.killpg(leader.process.pid, signal.SIGKILL)
        until("the other takes the lead", lambda: standby.leads, LEAD_SECONDS)

        # Three workers are amid their work.
        server.stop()
        time.sleep(2)
        server.start()
        moment = time.monotonic()
        until("every host is visited after the restart", lambda: all_asked_since(paper, moment), AGAIN_SECONDS)
        before = [len(worker.stored) for worker in workers]
        until(
            "every worker stores again",
            lambda: all(len(w.stored) > n for w, n in list(zip(workers, before, strict=True))[1:]),
            AGAIN_SECONDS,
        )

        living = [standby, *workers[1:]]
        for member in living:
            member.process.send_signal(signal.SIGTERM)
        assert [member.process.wait(40) for member in living] == [0, 0, 0, 0]
        time.sleep(0.2)

        with open_archive(url) as store:
            kept = {(v.article, v.n): v.content.sha256 for v in iter_versions(store, VersionQuery(limit=100_000))}
        said = [each for member in crew for each in member.stored]
        assert len(said) > HOSTS * PAGES * 2
        assert {(article, number): sha for article, number, sha in said}.items() <= kept.items()
        assert len({(article, number) for article, number, _ in said}) == len(said), "a version was told twice"
        for article in {article for article, _ in kept}:
            shas = [sha for (owner, _), sha in sorted(kept.items()) if owner == article]
            numbers = sorted(number for owner, number in kept if owner == article)
            assert numbers == list(range(1, len(numbers) + 1))
            assert all(one != other for one, other in itertools.pairwise(shas)), "a version was kept twice"
        assert paper.most == 1, "two visited a host at once"
