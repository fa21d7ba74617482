"""What reading stored versions for their stories costs in archives of different sizes, for benchmarks/stories.py.

The archive holds articles that were read long ago: rows with marks of texts that nobody else prints. Then 3,000
articles are stored as checks store them, half of them copies and follow-ups, and read by the service's own worker. The
last 1,000 are measured: by then as many recent articles are in memory as ever will be.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from _stories_harder import harder
from _stories_text import START, copies

from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.stories import save_readings
from tracker.archive.thread import ArchiveThread
from tracker.cli.main import MAX_NEW_OBJECTS_BEFORE_COLLECTION
from tracker.config.root import Config
from tracker.model.article import Article
from tracker.model.capture import Capture
from tracker.model.source import Target
from tracker.model.story import StoryReading
from tracker.model.version import NewVersion
from tracker.model.watch import Check, CheckOutcome, Intent
from tracker.service.story_worker import StoryWorker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.archive import Archive

MEASURED, BEFORE = 1_000, 2_000
MARKS = 46
YEAR_MS = 365 * 86_400_000
MAX_SECONDS = 3600.0
_OTHER = {
    ("article", "id"): "serial",
    ("article", "ident"): "printf('%012x', serial)",
    ("article", "url"): "url || serial",
    ("version", "id"): "serial",
    ("version", "article_id"): "serial",
    ("capture", "version_id"): "serial",
    ("story_home", "article_id"): "serial",
    ("story_home", "story"): "printf('%012x', serial)",
    ("story_reading", "version_id"): "serial",
}
"""What the rows of another article hold instead, by table and column."""


def cost_table(sizes: Sequence[int]) -> dict[str, float]:
    """Print and return CPU ms a version by the number of articles in the archive."""
    # As the command runs: Python's default costs a fifth more.
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)
    items = [each.article for each in copies(BEFORE + MEASURED, random.Random(5), [], harder)]
    print(f"Cost of reading {MEASURED:,} versions, in archives of so many articles (CPU ms a version)")
    figures = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/archive.db"
            stored = items[: max(MEASURED, min(size, len(items)))]
            with closing(open_archive(url, migrate=True)) as store:
                _fill(store, size - len(stored))
            figures[str(size)] = round(asyncio.run(_read(url, stored)), 3)
        print(f"  {size:7,}: {figures[str(size)]:.2f}", flush=True)
    return figures


async def _read(url: str, articles: Sequence[Article]) -> float:
    """Store and read articles; return the CPU ms that reading each of the last ones took."""
    at = START + timedelta(days=1)
    async with ArchiveThread(lambda: open_archive(url)) as archive:
        worker = StoryWorker(archive)
        await archive.run(_store_all, articles[:-MEASURED], 0)
        await worker.catch_up(Config(), at, MAX_SECONDS)
        await archive.run(_store_all, articles[-MEASURED:], len(articles))
        began = time.process_time()
        count = await worker.catch_up(Config(), at, MAX_SECONDS)
        return (time.process_time() - began) * 1000 / count


def _store_all(store: Archive, articles: Sequence[Article], first: int) -> None:
    for number, content in enumerate(articles, start=first):
        _store(store, number, content)


def _store(store: Archive, number: int, content: Article) -> str:
    url = f"https://o{number % 40}.example/news/{number}"
    (tracked,) = add_targets(store, f"Outlet {number % 40}", [Target(url)], START)
    page = content.text.encode()
    capture = Capture(url, url, 200, (), page, START, hashlib.sha256(page).hexdigest())
    new = NewVersion(content, capture, "1", "main", None)
    due = START + timedelta(hours=1)
    commit_check(store, Intent(tracked.id, Check(tracked.id, START, CheckOutcome.NEW), 0, due, version=new))
    return tracked.id


def _fill(store: Archive, count: int) -> None:
    """Add articles that were read a year ago: the rows of one, and marks of their own."""
    if count <= 0:
        return
    ident = _store(store, -1, Article(title="Old news"))
    save_readings(store, [StoryReading(ident, 1, START, size=MARKS)])
    assert store.url.path is not None
    rng = random.Random(3)
    with closing(sqlite3.connect(store.url.path, isolation_level=None)) as file:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            file.execute(f"PRAGMA {pragma}")
        file.execute("BEGIN IMMEDIATE")
        file.execute(f"UPDATE article SET first_seen_at = first_seen_at - {YEAR_MS}")
        for table in ("article", "version", "capture", "story_home", "story_reading"):
            names = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(_OTHER.get((table, name), name) for name in names)
            file.execute(
                f"WITH RECURSIVE number(serial) AS"
                f" (SELECT 2 UNION ALL SELECT serial + 1 FROM number WHERE serial < :count)"
                f" INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM number, {table} WHERE {names[0]} = 1",
                {"count": count},
            )
        # In the order of the table, which takes a tenth of the time.
        marks = sorted((rng.getrandbits(64) - (1 << 63), n) for n in range(1, count + 1) for _ in range(MARKS))
        file.executemany("INSERT INTO story_mark (mark, article_id) VALUES (?, ?)", marks)
        file.execute("COMMIT")
