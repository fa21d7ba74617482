"""Let an archive grow to a million versions, and measure what grows with it.

    benchmarks/growth.py [--articles N] [--quick]

Every version is stored in the usual way, fifty a transaction, as an import does; pages are made up (30 KB, twelve
paragraphs, five versions an article, fifteen sources). At 10,000, 100,000 and a million versions it measures what
storing the next ones costs, what commands of a whole process cost, what the first page of the web server costs, and
how large the file is. Times are CPU, those of verification and backup also wall. It takes most of an hour and 4 GB of
disk. Prints a table and, last, one line of JSON.
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
from pathlib import Path
from typing import Any

from archive import commit_all, decisions, generated_from
from web import application, ask

from tracker.archive.opening import open_archive
from tracker.cli.main import MAX_NEW_OBJECTS_BEFORE_COLLECTION

BATCH_ARTICLES = 500
_VERSIONS = 5


def main() -> int:
    """Grow the archive, and print what each step measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="not needed: the pages are made up")
    parser.add_argument("--articles", type=int, default=200_000, help="articles of five versions [default: 200,000]")
    parser.add_argument("--quick", action="store_true", help="2,000 articles")
    options = parser.parse_args()
    most = 2_000 if options.quick else options.articles
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)  # as in the program
    folder = Path(tempfile.mkdtemp(prefix="wt-growth-"))
    try:
        steps = [each for each in (most // 100, most // 10, most) if each >= BATCH_ARTICLES or each == most]
        figures = grown(folder, steps)
    finally:
        shutil.rmtree(folder)
    print(json.dumps({"benchmark": "growth", "steps": figures}))
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


def measured(folder: Path, url: str, ident: str) -> dict[str, float]:
    """Measure commands, the first page and the size of the archive at *url*, of which *ident* is an article."""
    figures: dict[str, float] = {}
    for name, arguments in {
        "log_article_ms": ["log", ident],
        "log_newest_ms": ["log", "--limit", "50"],
        "search_ms": ["search", "river harbour"],
        "search_ranked_ms": ["search", "river harbour", "--ranked"],
    }.items():
        figures[name] = round(1000 * min(command(url, arguments)[0] for _ in range(3)))
    for name, arguments in {"verify": ["verify"], "backup": ["backup", str(folder / "copy.db")]}.items():
        cpu, wall = command(url, arguments)
        figures |= {f"{name}_cpu_s": round(cpu, 1), f"{name}_wall_s": round(wall, 1)}
    (folder / "copy.db").unlink()
    with application(url) as app:
        figures["start_page_first_ms"] = round(asyncio.run(ask(app, "/"))[1], 1)
        figures["start_page_ms"] = round(min(asyncio.run(ask(app, "/"))[1] for _ in range(5)), 1)
    figures["megabytes"] = round((folder / "g.db").stat().st_size / 1e6)
    return figures


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
