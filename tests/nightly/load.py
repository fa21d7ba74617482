"""L1: 2,000 sources due every minute, for five minutes, on loopback.

python -m tests.nightly.load [--sources 2000] [--minutes 5] [--interval 60]
"""

import itertools
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.loopback import NOT_FOUND, LoopbackSites, html
from tests.programme.news_site import PAGE
from tests.service import RunningService

from .report import progress, read_options, report, say

WARM_UP_INTERVALS = 2
"""Intervals before anything is measured, because all first visits come at once."""


class Sites(LoopbackSites):
    """One page at every address of 127.0.0.0/8, and when each was requested."""

    def __init__(self) -> None:
        super().__init__(["0.0.0.0"], self._page)
        self.requests: dict[str, list[float]] = defaultdict(list)

    async def _page(self, host: str, path: str) -> AsyncGenerator[bytes, None]:
        if path == "/robots.txt":
            yield NOT_FOUND
            return
        self.requests[host].append(time.monotonic())
        yield html(PAGE.format(title=f"Flood at {host}", count="Two"))


def configuration(sites: Sites, hosts: list[str], folder: Path, interval: float) -> str:
    head = (
        f'contact = "t@example.org"\n[archive]\ndatabase = "sqlite:///{folder}/archive.db"\n[service]\n'
        'listen = ""\nlog = "json"\ntick = "1s"\n'
    )
    source = '[[sources]]\nname = "{host}"\nevery = "{every:g}s"\nurls = ["http://{host}:{port}/news"]\n'
    return head + "".join(source.format(host=host, every=interval, port=sites.port) for host in hosts)


def count_missed(polls: list[float], began: float, ended: float, interval: float) -> int:
    """Return how often a source was not polled for two intervals; `polls` are those since an interval before `began`.

    A source that was never polled has missed its poll as well.
    """
    times = [began - interval, *polls, ended]
    return sum(later - earlier > 2 * interval for earlier, later in itertools.pairwise(times))


def main() -> int:
    options = read_options(__doc__, sources=2000, minutes=5.0, interval=60.0)
    interval = options.interval
    hosts = [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(options.sources)]
    with Sites() as sites, tempfile.TemporaryDirectory(prefix="wt-load-") as made, progress("load") as tell:
        folder = Path(made)
        (folder / "writethru.toml").write_text(configuration(sites, hosts, folder, interval))
        with RunningService(folder, "--migrate") as service:
            tell(f"waiting until {len(hosts)} pages are stored")
            service.until("every page is stored", lambda: service.has_stored(len(hosts)), 900)
            tell(f"warming up for {WARM_UP_INTERVALS * interval:g} s")
            time.sleep(WARM_UP_INTERVALS * interval)
            began, cpu, before = time.monotonic(), service.cpu_seconds, service.memory_mb
            tell(f"measuring for {options.minutes:g} min")
            time.sleep(options.minutes * 60)
            ended, cpu, after = time.monotonic(), service.cpu_seconds - cpu, service.memory_mb
            code = service.stop(60)
            crashes = len(service.logged("crash"))
        requests = {host: [at for at in sites.requests[host] if at > began - interval] for host in hosts}
    polls = sum(began <= at <= ended for each in requests.values() for at in each)
    late = sorted(
        max(0.0, later - earlier - interval)
        for each in requests.values()
        for earlier, later in itertools.pairwise([at for at in each if at <= ended])
    )
    missed = sum(count_missed(each, began, ended, interval) for each in requests.values())
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
    return report("load", figures)


if __name__ == "__main__":
    sys.exit(main())
