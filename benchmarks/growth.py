"""Let an archive grow to a million versions, and measure what grows with it.

    benchmarks/growth.py [--articles N] [--quick]
    benchmarks/growth.py --year [--data /work/shared/data] [--articles N]

Every version is stored in the usual way, fifty a transaction, as an import does; pages are made up (30 KB, twelve
paragraphs, five versions an article, fifteen sources). At 10,000, 100,000 and a million versions it measures what
storing the next ones costs, what commands of a whole process cost, what the first page of the web server costs, and
how large the file is. Times are CPU, those of verification and backup also wall. It takes most of an hour and 4 GB of
disk. Prints a table and, last, one line of JSON.

With `--year` it measures the bytes of each table instead, of made-up pages and, with `--data`, of real ones, and scales
them up to a year of 1,000 articles that get four versions a day and are checked every half hour. It takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from _archive_pages import change, generated, intent, recaptures
from archive import NOW, States, commit_all, decisions, generated_from
from web import application, ask

from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets
from tracker.archive.checks import count_old_checks
from tracker.archive.opening import open_archive
from tracker.cli.main import MAX_NEW_OBJECTS_BEFORE_COLLECTION
from tracker.model.article import Article
from tracker.model.change import Change
from tracker.model.source import Target
from tracker.model.watch import Check, CheckOutcome, Intent

BATCH_ARTICLES = 500
_VERSIONS = 5
VERSIONS_A_YEAR = 1_000 * 4 * 365
CHECKS_A_VERSION = 12
RECAPTURED = "real, captured again"
_TABLES = """
SELECT CASE WHEN m.tbl_name LIKE 'fts_%' THEN 'fts_passage' ELSE m.tbl_name END AS name, sum(d.pgsize) AS bytes
FROM dbstat d JOIN sqlite_master m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY 1
"""
"""Bytes of each table with its indexes."""


def main() -> int:
    """Grow the archive, and print what each step measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="real pages for --year; all others are made up")
    parser.add_argument("--articles", type=int, default=200_000, help="articles of five versions [default: 200,000]")
    parser.add_argument("--quick", action="store_true", help="2,000 articles")
    parser.add_argument("--year", action="store_true", help="bytes of each table in a year [articles: 400]")
    options = parser.parse_args()
    if options.year:
        articles = 400 if options.articles == parser.get_default("articles") else options.articles
        print(json.dumps({"benchmark": "growth-year", "megabytes": year(articles, options.data)}))
        return 0
    most = 2_000 if options.quick else options.articles
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)  # as in the program
    folder = Path(tempfile.mkdtemp(prefix="wt-growth-"))
    try:
        steps = [each for each in (most // 100, most // 10, most) if each >= BATCH_ARTICLES or each == most]
        figures = {"steps": grown(folder, steps)}
    finally:
        shutil.rmtree(folder)
    print(json.dumps({"benchmark": "growth", **figures}))
    return 0


def grown(folder: Path, steps: list[int]) -> dict[str, Any]:
    """Store articles up to each step, and measure there."""
    url, found = f"sqlite:///{folder / 'g.db'}", {}
    print(f"{'versions':>10}  {'figure':<24}{'':>10}")
    stored = 0
    for articles in steps:
        spent = 0.0
        with open_archive(url, migrate=True) as archive:
            while stored < articles:
                some = min(BATCH_ARTICLES, articles - stored)
                made = decisions(archive, generated_from(stored, some), stored)
                began = time.process_time()
                commit_all(archive, made)
                spent, stored = time.process_time() - began, stored + some
            ident = made[0].article
        versions = articles * _VERSIONS
        found[str(versions)] = {"ingest_ms": round(1000 * spent / some / _VERSIONS, 3)} | measured(folder, url, ident)
        for name, value in found[str(versions)].items():
            print(f"{versions:>10,}  {name:<24}{value:>10,}", flush=True)
    return found


def year(articles: int, data: Path | None) -> dict[str, dict[str, float]]:
    """Print the megabytes that each table gets in a year, and return them."""
    kinds = {"made-up pages": list(generated_from(0, articles))}
    if data:
        kinds["real, edits made up"] = list(generated(150, _VERSIONS, data))
        kinds[RECAPTURED] = list(recaptures(data))
    found: dict[str, dict[str, float]] = {}
    for name, pages in kinds.items():
        sizes, versions = tables(pages, compare if name == RECAPTURED else change), sum(len(states) for states in pages)
        found[name] = {table: round(size * VERSIONS_A_YEAR / versions / 1e6, 1) for table, size in sizes.items()}
        found[name]["all"] = round(sum(found[name].values()), 1)
        print(f"{name}: measured with {versions:,} versions of {len(pages):,} articles")
    first = next(iter(found.values()))
    print(f"\n{'MB a year':<16}" + "".join(f"{name:>24}" for name in found))
    for table in sorted(first, key=lambda table: -first[table]):
        print(f"{table:<16}" + "".join(f"{sizes.get(table, 0):>24,}" for sizes in found.values()))
    return found


def tables(pages: list[States], between: Callable[[Article, Article], Change]) -> Counter[str]:
    """Store the pages, six hours between two versions, with the checks between; return the bytes of each table."""
    with (
        tempfile.TemporaryDirectory(prefix="wt-year-") as folder,
        open_archive(f"sqlite:///{folder}/y.db", migrate=True) as archive,
    ):
        before = used(archive)
        for place, states in enumerate(pages):
            source = f"source {place % 15}"
            (tracked,) = add_targets(archive, source, [Target(f"https://s{place % 15}.example/{place}")], NOW)
            made: list[Intent] = []
            for n, state in enumerate(states, 1):
                at = NOW + timedelta(hours=6 * n)
                made.append(intent(tracked, n, state, states[n - 2][0] if n > 1 else None, at, between))
                for k in range(1, CHECKS_A_VERSION):
                    again = at + timedelta(minutes=30 * k)
                    check = Check(tracked.id, again, CheckOutcome.NOT_MODIFIED, status=304)
                    made.append(Intent(tracked.id, check, expected_versions=n, next_check_at=again))
            commit_all(archive, made)
        for _ in count_old_checks(archive, NOW + timedelta(days=400)):
            pass
        return used(archive) - before


def used(archive: Archive) -> Counter[str]:
    """Return the bytes of each table with its indexes, free pages left out."""
    with archive.read() as connection:
        return Counter({row.name: row.bytes for row in connection.all(_TABLES)})


def measured(folder: Path, url: str, ident: str) -> dict[str, float]:
    """Measure commands, the first page and the size of the archive at *url*, of which *ident* is an article."""
    figures = commands(url, ident)
    for name, arguments in {"verify": ["verify"], "backup": ["backup", str(folder / "copy.db")]}.items():
        cpu, wall = command(url, arguments)
        figures |= {f"{name}_cpu_s": round(cpu, 1), f"{name}_wall_s": round(wall, 1)}
    (folder / "copy.db").unlink()
    with application(url) as app:
        figures["start_page_first_ms"] = round(asyncio.run(ask(app, "/"))[1], 1)
        figures["start_page_ms"] = round(min(asyncio.run(ask(app, "/"))[1] for _ in range(5)), 1)
    figures["megabytes"] = round((folder / "g.db").stat().st_size / 1e6)
    return figures


def commands(url: str, ident: str) -> dict[str, float]:
    """Return milliseconds of CPU of commands that read a page of an archive, the least of three each."""
    asked = {
        "log_article_ms": ["log", ident],
        "log_newest_ms": ["log", "--limit", "50"],
        "search_ms": ["search", "river harbour"],
        "search_ranked_ms": ["search", "river harbour", "--ranked"],
    }
    return {name: round(1000 * min(command(url, each)[0] for _ in range(3))) for name, each in asked.items()}


def command(url: str, arguments: list[str]) -> tuple[float, float]:
    """Run a command of the program and return its seconds of CPU and its seconds of wall time."""
    program = Path(sys.executable).with_name("writethru")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([program, *arguments], env=os.environ | {"WRITETHRU_DB": url}, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
