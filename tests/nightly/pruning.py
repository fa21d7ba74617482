"""R1: retention deletes pages in a loop while four processes store versions on one PostgreSQL archive.

python -m tests.nightly.pruning [--versions 20000]
"""

import random
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from tests.archive_samples import NOW, capture, intent, minutes, watch
from tests.postgres import running
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.takedowns import prune_pages, take_down

from .report import progress, read_options, report

WRITERS = 4
SOURCE = "Herald"
VERSIONS_PER_ARTICLE = 40


def write(url: str, writer: int, versions: int) -> int:
    """Store so many versions of articles of one source, several articles at a time, and see the last page again."""
    dice, stored, first = random.Random(writer), 0, 0
    with open_archive(url) as archive:
        while stored < versions:
            articles = [watch(archive, f"https://herald.example/{writer}/{first + n}", source=SOURCE) for n in range(3)]
            first += len(articles)
            for n in range(1, VERSIONS_PER_ARTICLE + 1):
                for tracked in articles:
                    again = capture(n, minutes(n), tracked.url) if dice.random() < 0.2 else None
                    done = commit_check(archive, replace(intent(tracked, n, minutes(n)), recapture=again))
                    stored += done.version == n
            if dice.random() < 0.2:
                take_down(archive, dice.choice(articles).id, "court order", NOW, dice.randint(1, VERSIONS_PER_ARTICLE))
    return stored


def prune(archive: Archive, writers: list[Future[int]]) -> tuple[int, int]:
    """Delete pages until all writers have ended; return how often, and how many pages."""
    turns = pages = 0
    while not all(each.done() for each in writers):
        pages += prune_pages(archive, SOURCE, NOW, keep=1)
        turns += 1
    return turns, pages


def stress(url: str, versions: int) -> dict[str, int]:
    """Write and prune at the same time; return what was done, and how much damage `verify` finds."""
    with open_archive(url) as archive, ProcessPoolExecutor(WRITERS, mp_context=get_context("spawn")) as pool:
        writers = [pool.submit(write, url, number, versions // WRITERS) for number in range(WRITERS)]
        turns, pages = prune(archive, writers)
        stored = sum(each.result() for each in writers)
        found = verify(archive)
        return {
            "versions": stored,
            "verified": found.versions,
            "turns": turns,
            "pages": pages,
            "damage": len(found.damage),
        }


def main() -> int:
    options = read_options(__doc__, versions=20_000)
    with progress("pruning") as tell, running() as server:
        url = server.create()
        open_archive(url, migrate=True).close()
        tell(f"{WRITERS} processes store {options.versions} versions")
        began = time.monotonic()
        done = stress(url, options.versions)
        tell(f"done in {time.monotonic() - began:.0f} s")
    figures = {
        "versions stored": (done["versions"], ">=", options.versions),
        "versions verified": (done["verified"], ">=", options.versions),
        "turns of retention": (done["turns"], ">=", options.versions / 400),
        "pages deleted": (done["pages"], ">=", options.versions / 2),
        "damage found by verify": (done["damage"], "==", 0),
    }
    return report("pruning", figures)


if __name__ == "__main__":
    sys.exit(main())
