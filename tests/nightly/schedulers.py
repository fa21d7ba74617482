"""C2: two and then four services on one PostgreSQL: no due poll is made twice, a killed leader is replaced in time.

python -m tests.nightly.schedulers [--seconds 30]
"""

import itertools
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import Server, running
from tests.programme.news_site import NewsSite
from tests.service import RunningService, until
from tracker.archive.opening import open_archive

from .report import progress, read_options, report

CHECK_SECONDS = 5.0
MAX_TAKEOVER_SECONDS = 15.0
ARTICLES = 8


def count_polls(site: NewsSite, seconds: float) -> tuple[int, int]:
    """Return the polls of pages in the next `seconds`, and those that came too soon after another."""
    began = time.monotonic()
    time.sleep(seconds)
    visits = defaultdict(list)
    for at, path in list(site.requests):
        if at > began and path.startswith("/news/"):
            visits[path].append(at)
    soon = sum(b - a < 0.6 * CHECK_SECONDS for each in visits.values() for a, b in itertools.pairwise(sorted(each)))
    return sum(map(len, visits.values())), soon


def has_polled_all(site: NewsSite, since: float) -> bool:
    """Return whether every page was requested after `since`."""
    return len({path for at, path in list(site.requests) if at > since and path.startswith("/news/")}) == ARTICLES


def run_together(server: Server, count: int, seconds: float) -> tuple[int, int, float]:
    """Run `count` services and kill the leader; return polls, polls that came too soon, and seconds until another led.

    The polls are the fewer of those before the kill and those after it, for `seconds` each.
    """
    url = server.create()
    open_archive(url, migrate=True).close()
    with NewsSite(ARTICLES) as site, tempfile.TemporaryDirectory(prefix="wt-many-") as made, ExitStack() as stack:
        site.write_config(Path(made), url, every=f"{CHECK_SECONDS:g}s", poll=f"{CHECK_SECONDS:g}s")
        services = [stack.enter_context(RunningService(Path(made))) for _ in range(count)]
        until("one leads", lambda: any(each.leads for each in services), 60, *services)
        until("all is stored", lambda: sum(len(each.versions) for each in services) >= ARTICLES, 90, *services)
        before, soon_before = count_polls(site, seconds)
        leader = next(each for each in services if each.leads)
        leader.kill()
        others = [each for each in services if each is not leader]
        killed = time.monotonic()
        takeover = until("another leads", lambda: any(each.leads for each in others), 90, *others)
        until("every page is polled again", lambda: has_polled_all(site, killed), 90, *others)
        after, soon_after = count_polls(site, seconds)
        for each in others:
            assert each.stop(60) == 0
    return min(before, after), soon_before + soon_after, takeover


def main() -> int:
    options = read_options(__doc__, seconds=30.0)
    figures: dict[str, tuple[float, str, float]] = {}
    with progress("schedulers") as tell, running() as server:
        for count in (2, 4):
            tell(f"{count} services on one database; the leader is killed after {options.seconds:g} s")
            polls, soon, takeover = run_together(server, count, options.seconds)
            figures[f"{count} services: polls"] = (polls, ">=", ARTICLES * (options.seconds // CHECK_SECONDS - 2))
            figures[f"{count} services: made twice"] = (soon, "==", 0)
            figures[f"{count} services: takeover, seconds"] = (round(takeover, 1), "<=", MAX_TAKEOVER_SECONDS)
    return report("schedulers", figures)


if __name__ == "__main__":
    sys.exit(main())
