"""L1: 2,000 sources due every minute, for five minutes, on loopback.

python -m tests.nightly.load [--sources 2000] [--minutes 5] [--interval 60]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from tests.programme.news_site import PAGE
from tests.service import RunningService

from .verdict import heard, say, told

WARM = 2
"""Intervals before anything is measured: first visits come all at once."""


class Web:
    """One page at every address of 127.0.0.0/8, and when each was asked for."""

    def __init__(self) -> None:
        self.requests: dict[str, list[float]] = defaultdict(list)
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        listening = await asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=4096)
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        await listening.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"/robots.txt" in head:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                else:
                    self.requests[host].append(time.monotonic())
                    body = PAGE.format(title=f"Flood at {host}", count="Two").encode()
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                    writer.write(head % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def configuration(web: Web, hosts: list[str], folder: Path, interval: float) -> str:
    head = (
        f'contact = "t@example.org"\n[archive]\ndatabase = "sqlite:///{folder}/archive.db"\n[service]\n'
        'listen = ""\nlog = "json"\ntick = "1s"\n'
    )
    source = '[[sources]]\nname = "{host}"\nevery = "{every:g}s"\nurls = ["http://{host}:{port}/news"]\n'
    return head + "".join(source.format(host=host, every=interval, port=web.port) for host in hosts)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--interval", type=float, default=60.0)
    options = parser.parse_args()
    web, interval = Web(), options.interval
    hosts = [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(options.sources)]
    with tempfile.TemporaryDirectory(prefix="wt-load-") as made, heard("load") as tell:
        folder = Path(made)
        (folder / "writethru.toml").write_text(configuration(web, hosts, folder, interval))
        with RunningService(folder, "--migrate") as service:
            tell(f"{len(hosts)} pages are visited for the first time")
            service.until("every page is kept", lambda: service.has_stored(len(hosts)), 900)
            tell(f"all are kept; {WARM * interval:g} s to warm up")
            time.sleep(WARM * interval)
            began, cpu, before = time.monotonic(), service.cpu_seconds, service.memory_mb
            tell(f"measured for {options.minutes:g} min")
            time.sleep(options.minutes * 60)
            ended, cpu, after = time.monotonic(), service.cpu_seconds - cpu, service.memory_mb
            code = service.stop(60)
            crashes = len(service.logged("crash"))
    asked = {host: [at for at in web.requests[host] if at > began - interval] for host in hosts}
    polls = sum(began <= at <= ended for each in asked.values() for at in each)
    late = sorted(
        max(0.0, later - earlier - interval)
        for each in asked.values()
        for earlier, later in itertools.pairwise([at for at in each if at <= ended])
    )
    missed = sum(b - a > 2 * interval for each in asked.values() for a, b in itertools.pairwise([*each, ended]))
    say(f"{polls} polls of {options.sources} sources in {ended - began:.0f} s")
    figures = {
        "polls": (polls, ">=", options.sources * ((ended - began) / interval - 1)),
        "missed polls": (missed, "==", 0),
        "lag p99, share of the interval": (round(late[int(len(late) * 0.99)] / interval, 4), "<=", 0.10),
        "cores": (round(cpu / (ended - began), 3), "<=", 1.0),
        "memory drift": (round(after / before - 1, 4), "<=", 0.05),
        "crashes in the log": (crashes, "==", 0),
        "exit code": (code, "==", 0),
    }
    return told("load", {name: (float(a), sign, float(b)) for name, (a, sign, b) in figures.items()})


if __name__ == "__main__":
    sys.exit(main())
