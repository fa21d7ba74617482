"""C2: two and then four services on one PostgreSQL: no due poll is made twice, a killed leader is followed in time.

python -m tests.nightly.schedulers [--seconds 30]
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres import running
from tests.programme.news_site import NewsSite
from tests.service import RunningService
from tracker.archive import open_archive

from .verdict import heard, told

if TYPE_CHECKING:
    from tests.postgres import Server

EVERY = 5.0
TAKEOVER = 15.0


def leads(service: RunningService) -> bool:
    """Say whether it said that it leads."""
    return any("this process schedules" in each["detail"] for each in service.logged("lead"))


def together(server: Server, count: int, seconds: float) -> tuple[int, int, float]:
    """Run *count* services; return polls, polls that came too soon, and seconds until another led after a kill."""
    url = server.create()
    open_archive(url, migrate=True).close()
    with NewsSite(articles=8) as site, tempfile.TemporaryDirectory(prefix="wt-many-") as made, ExitStack() as stack:
        every = f'every = "{EVERY:g}s"\npoll = "{EVERY:g}s"'
        site.write_config(Path(made), url, service='tick = "200ms"', source=every)
        services = [stack.enter_context(RunningService(Path(made))) for _ in range(count)]
        services[0].until("one leads", lambda: any(map(leads, services)), 60)
        services[0].until("all is visited", lambda: sum(len(each.versions) for each in services) >= 8, 90)
        began = time.monotonic()
        time.sleep(seconds)
        polls = [(at, path) for at, path in site.requests if at > began and path.startswith("/news/")]
        leader = next(each for each in services if leads(each))
        leader.kill()
        killed = time.monotonic()
        others = [each for each in services if each is not leader]
        others[0].until("another leads", lambda: any(map(leads, others)), 90)
        takeover = time.monotonic() - killed
        for each in others:
            assert each.stop(60) == 0
    visits = defaultdict(list)
    for at, path in polls:
        visits[path].append(at)
    soon = sum(b - a < 0.6 * EVERY for each in visits.values() for a, b in itertools.pairwise(sorted(each)))
    return len(polls), soon, takeover


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    figures = {}
    with heard("schedulers") as tell, running() as server:
        for count in (2, 4):
            tell(f"{count} services on one database; the one that leads is killed after {options.seconds:g} s")
            polls, soon, takeover = together(server, count, options.seconds)
            figures[f"{count} services: polls"] = (float(polls), ">=", 8 * (options.seconds // EVERY - 2))
            figures[f"{count} services: made twice"] = (float(soon), "==", 0.0)
            figures[f"{count} services: takeover, seconds"] = (round(takeover, 1), "<=", TAKEOVER)
    return told("schedulers", figures)


if __name__ == "__main__":
    sys.exit(main())
