"""R5: the service deletes 80,000 of 100,000 stored pages while it checks 300 articles; no check has to wait for that.

python -m tests.nightly.retention [--versions 100000] [--database sqlite|postgresql]

Without --database it runs on both. The service is stopped once while it deletes, and started again. The truth is the
sites' own log of what they served.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.archive_samples import NOW, intent, minutes, watch
from tests.loopback import free_port
from tests.postgres import running
from tests.service import RunningService, run_program, until
from tracker.archive.archive import Archive
from tracker.archive.articles import set_article_state
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.model.watch import ArticleState

from .changing_sites import ChangingSites
from .cluster import metric_at
from .report import Figure, progress, read_options, report

SOURCE: Final = "Paper"
VERSIONS_PER_ARTICLE: Final = 5
ARTICLES_PER_TRANSACTION: Final = 40
HOSTS: Final = 30
PAGES: Final = 10
CHECK_SECONDS: Final = 30.0
MAX_DELAY_SECONDS: Final = 5.0
MAX_STOP_SECONDS: Final = 5.0
PATIENCE: Final = 900.0
CONFIG: Final = """contact = "t@example.org"
[archive]
database = "{url}"
[service]
tick = "1s"
log = "json"
storm = 0
[web]
listen = ""
[[sources]]
name = "{source}"
every = "{every:g}s"
keep_newest = 1
urls = {urls}
"""


def build(url: str, versions: int) -> None:
    """Store so many versions, five of each article; nobody checks these articles any longer."""
    articles = versions // VERSIONS_PER_ARTICLE
    with open_archive(url, migrate=True) as archive:
        for first in range(0, articles, ARTICLES_PER_TRANSACTION):
            with archive.write():
                for number in range(first, min(first + ARTICLES_PER_TRANSACTION, articles)):
                    tracked = watch(archive, f"https://old.example/{number}", source=SOURCE)
                    for n in range(1, VERSIONS_PER_ARTICLE + 1):
                        commit_check(archive, intent(tracked, n, minutes(n)))
                    set_article_state(archive, tracked.id, ArticleState.PAUSED, NOW)


def deleted_pages(archive: Archive) -> int:
    """Return how many pages were deleted so far."""
    with archive.read() as connection:
        return connection.number("SELECT count(*) FROM tombstone")


def longest_delay(sites: ChangingSites, start: float, end: float) -> float:
    """Return by how many seconds the latest check between two times came after its due time."""
    longest, last = 0.0, dict.fromkeys(sites.urls, start)
    for each in [*sites.served]:
        if start < each.at <= end:
            longest = max(longest, each.at - last[each.url] - CHECK_SECONDS)
            last[each.url] = each.at
    return max(longest, *(end - at - CHECK_SECONDS for at in last.values()))


def run(versions: int, database: str) -> int:
    """Build an archive, run the service on it, and report; return the exit code."""
    expected = versions - versions // VERSIONS_PER_ARTICLE
    with (
        progress(f"retention on {database}") as tell,
        tempfile.TemporaryDirectory(prefix="wt-retention-") as made,
        ChangingSites(HOSTS, PAGES, 10 * CHECK_SECONDS) as sites,
        ExitStack() as stack,
    ):
        folder, port = Path(made), free_port()
        url = f"sqlite:///{folder / 'archive.db'}"
        tell(f"storing {versions} versions")
        build(url, versions)
        if database == "postgresql":
            target = stack.enter_context(running()).create()
            tell("moving them to PostgreSQL")
            moved = run_program(folder, "db", "move", target, env={"WRITETHRU_DB": url}, seconds=PATIENCE)
            assert moved.returncode == 0, moved.stderr
            url = target
        config = CONFIG.format(url=url, source=SOURCE, every=CHECK_SECONDS, urls=sites.urls)
        (folder / "writethru.toml").write_text(config)

        def start() -> RunningService:
            service = stack.enter_context(RunningService(folder, "--listen", f"127.0.0.1:{port}"))
            until("it deletes pages", lambda: metric_at(port, "writethru_retention_running") == 1, PATIENCE, service)
            return service

        service = start()
        time.sleep(3)
        before = time.monotonic()
        code = service.stop()
        stopped = time.monotonic() - before
        with open_archive(url, readonly=True) as archive:
            deleted_first = deleted_pages(archive)
        tell(f"stopped within {stopped:.1f} s after {deleted_first} pages")

        service = start()
        began = time.monotonic()
        until("every page is visited", lambda: sites.are_all_served_since(began), PATIENCE, service)
        until("all is deleted", lambda: metric_at(port, "writethru_retention_running") == 0, PATIENCE, service)
        ended = time.monotonic()
        tell(f"retention ended after {ended - began:.1f} s")
        time.sleep(2 * CHECK_SECONDS)
        calm = longest_delay(sites, ended, time.monotonic())
        code += service.stop()
        with open_archive(url) as archive:
            deleted = deleted_pages(archive)
            tell(f"{deleted} pages are deleted; verifying")
            found = verify(archive)
        checks = sum(began < each.at < ended for each in sites.served)
    figures: dict[str, Figure] = {
        "versions before": (versions, ">=", 1000),
        "pages deleted": (deleted, ">=", expected),
        "pages deleted before the stop": (deleted_first, ">=", 1),
        "pages left at the stop": (expected - deleted_first, ">=", 1),
        "stop during retention, s": (round(stopped, 2), "<=", MAX_STOP_SECONDS),
        "retention, s": (round(ended - began, 1), "<=", PATIENCE),
        "checks during retention": (checks, ">=", len(sites.urls)),
        "latest check, s after its due time": (
            round(longest_delay(sites, began, ended), 2),
            "<=",
            MAX_DELAY_SECONDS,
        ),
        "the same after retention": (round(calm, 2), "<=", MAX_DELAY_SECONDS),
        "versions verified": (found.versions, ">=", versions),
        "damage found by verify": (len(found.damage), "==", 0),
        "crashes in the log": (len(service.errors), "==", 0),
        "exit codes that are not 0": (code, "==", 0),
    }
    return report(f"retention on {database}", figures)


def main() -> int:
    options = read_options(__doc__, versions=100_000, database="")
    return max([run(options.versions, each) for each in options.database.split() or ("sqlite", "postgresql")])


if __name__ == "__main__":
    sys.exit(main())
