"""Measure the archive: bytes a version, ingest, reads, search, verification; git and gzip beside it in the same run.

    .venv/bin/python benchmarks/archive.py [--data /work/shared/data] [--quick] [--articles N] [--only PART]

Times are CPU (user and system) of this process, and of the server's process on PostgreSQL, unless they say wall.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tracker.archive.articles import add_targets
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.search import search_passages
from tracker.archive.state import count_all, due_articles, due_hosts
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import get_version, iter_versions

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from _archive_bulk import multiply
from _archive_pages import article, change, edit, furniture, generated, html, intent, paragraphs, recaptures

from tracker import compare
from tracker.archive import blobs
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.model.source import Target
from tracker.model.version import VersionQuery

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from tracker.archive.archive import Archive
    from tracker.model.article import Article
    from tracker.model.change import Change
    from tracker.model.watch import Intent

NOW = datetime(2026, 1, 1, tzinfo=UTC)
States = list[tuple["Article", bytes]]
_BATCH = 50


def decisions(
    store: Archive,
    pages: Iterable[States],
    first: int = 0,
    sources: int = 15,
    between: Callable[[Article, Article], Change] = change,
) -> list[Intent]:
    """Put the pages under watch and return what is to be kept, as a crawler would meet it: version by version."""
    pages = list(pages)
    made: list[tuple[int, Intent]] = []
    for place, states in enumerate(pages, first):
        name = f"source {place % sources}"
        (tracked,) = add_targets(store, name, [Target(f"https://s{place % sources}.example/{place}")], NOW)
        before: Article | None = None
        for n, state in enumerate(states, 1):
            at = NOW + timedelta(minutes=n * len(pages) + place)
            made.append((n, intent(tracked, n, state, before, at, between)))
            before = state[0]
    return [each for _, each in sorted(made, key=lambda pair: pair[0])]


def size_of(store: Archive) -> tuple[int, int]:
    """Return the bytes of captures and of the whole database, an empty page of each table and index included."""
    with store.read() as connection:
        connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
        bodies = (
            "SELECT sum(length(data)) FROM blob WHERE id IN (SELECT body_id FROM {0} UNION SELECT head_id FROM {0})"
        )
        captures = sum(connection.number(bodies.format(table)) for table in ("capture", "reference"))
    return captures, count_all(store).bytes


def git_bytes(pages: list[States], folder: Path) -> int:
    """Return what `git repack -adf --window=250` makes of the same pages."""

    def run(*command: str) -> None:
        subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)

    folder.mkdir()
    run("init", "-q")
    for n in range(max(len(states) for states in pages)):
        for place, states in enumerate(pages):
            if n < len(states):
                (folder / f"{place}.html").write_bytes(states[n][1])
        run("add", "-A")
        run("-c", "user.name=b", "-c", "user.email=b@b", "commit", "-q", "--allow-empty", "-m", str(n))
    run("repack", "-adf", "--window=250", "-q")
    return sum(each.stat().st_size for each in (folder / ".git/objects/pack").glob("*.pack"))


def measure_bytes(
    name: str, pages: list[States], folder: Path, between: Callable[[Article, Article], Change] = change
) -> dict[str, Any]:
    with open_archive(f"sqlite:///{folder / name}.db", migrate=True) as store:
        _, empty = size_of(store)
        made = decisions(store, pages, between=between)
        for each in made:
            commit_check(store, each)
        captures, everything = size_of(store)
        count = len(made)
        raw = sum(len(each.version.capture.body) for each in made if each.version)
        zipped = sum(len(gzip.compress(each.version.capture.body, 6)) + 300 for each in made if each.version)
    figures = {
        "versions": count,
        "raw": raw // count,
        "gzip_warc": zipped // count,
        "git": git_bytes(pages, folder / f"{name}-git") // count if shutil.which("git") else None,
        "captures": captures // count,
        # Without an empty archive, which would be a seventh of 121 versions: git's figure is its packs alone, too.
        "all_in": (everything - empty) // count,
    }
    print(f"bytes a version, {name:11}", "  ".join(f"{key} {value}" for key, value in figures.items()))
    return figures


def commit_all(store: Archive, intents: list[Intent], group: int = _BATCH) -> None:
    """Carry out decisions, so many in one transaction."""
    for at in range(0, len(intents), group):
        with store.write():
            for each in intents[at : at + group]:
                commit_check(store, each)


def rate(store: Archive, made: list[Intent], group: int, server: Callable[[], float] = lambda: 0.0) -> dict[str, float]:
    # What was prepared is the benchmark's: no crawler holds thousands of decisions for the collector to walk through.
    gc.collect()
    gc.freeze()
    wall = time.perf_counter()
    spent: dict[int, list[tuple[float, float]]] = {}
    for at in range(0, len(made), _BATCH):
        batch = made[at : at + _BATCH]
        start, other = time.process_time(), server()
        commit_all(store, batch, group)
        costs = (time.process_time() - start, server() - other)
        spent.setdefault(batch[-1].expected_versions, []).append(costs)
    client, behind = (sum(each[side] for costs in spent.values() for each in costs) for side in (0, 1))
    # Other work on the machine makes the same work dearer: the cheapest batch of each version number tells by how much.
    least = statistics.fmean(min(map(sum, costs)) for costs in spent.values()) / _BATCH
    return {
        "per_core": round(len(made) / (client + behind)),
        "client_ms": round(1000 * client / len(made), 3),
        "server_ms": round(1000 * behind / len(made), 3),
        "least_ms": round(1000 * least, 3),
        "wall_ms": round(1000 * (time.perf_counter() - wall) / len(made), 2),
    }


def measure_ingest(count: int, folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, group in (("sqlite_1", 1), ("sqlite_50", 50)):
        with open_archive(f"sqlite:///{folder / name}.db", migrate=True) as store:
            figures[name] = rate(store, decisions(store, generated(count, 5, None)), group)
        print(f"ingest, {name:12}", figures[name])
    figures["coding_ms"] = coding(generated(count, 5, None))
    print(f"ingest, of which hashing and coding the pages alone, without any database: {figures['coding_ms']} ms")
    for name, group in (("postgres_1", 1), ("postgres_50", 50)):
        figures[name] = ingest_postgres(count, group)
        print(f"ingest, {name:12}", figures[name])
    return figures


def measure_rows(folder: Path) -> dict[str, Any]:
    """Return the rows that a new page and a changed one write on SQLite, and the statements they take."""
    counted: dict[str, list[tuple[int, int]]] = {"new": [], "changed": []}
    with open_archive(f"sqlite:///{folder / 'rows'}.db", migrate=True) as store:
        for each in decisions(store, generated(40, 5, None)):
            with store.write() as connection:
                driver = cast("sqlite3.Connection", connection.driver)
                statements: list[str] = []
                before = driver.total_changes
                driver.set_trace_callback(statements.append)
                commit_check(store, each)
                driver.set_trace_callback(None)
                counted["changed" if each.expected_versions else "new"].append(
                    (driver.total_changes - before, len(statements))
                )
    figures: dict[str, Any] = {}
    for name, pairs in counted.items():
        figures[f"{name}_rows"], figures[f"{name}_statements"] = (
            round(statistics.fmean(each), 1) for each in zip(*pairs, strict=True)
        )
    print("written on SQLite", figures)
    return figures


def coding(pages: Iterable[States]) -> float:
    """Return what a version costs before there is a row: its page hashed and coded, against its base read back."""
    spent, count = 0.0, 0
    reference: dict[int, bytes] = {}
    for place, states in enumerate(pages):
        bodies = [body for _, body in states]
        began = time.process_time()
        kept = [blobs.encode(bodies[0], reference.setdefault(place % 15, bodies[0]), first=True)[0]]
        for n, body in enumerate(bodies[1:], 2):
            base = bodies[(blobs.base_of(n) or 1) - 1]
            kept.append(blobs.encode(body, base)[0])
        for body in bodies:
            hashlib.sha256(body)
        for n in range(2, len(bodies) + 1):
            wanted = blobs.base_of(n) or 1
            on = reference[place % 15] if wanted == 1 else bodies[(blobs.base_of(wanted) or 1) - 1]
            blobs.decode(kept[wanted - 1], len(bodies[wanted - 1]), on)
        spent += time.process_time() - began
        count += len(bodies)
    return round(1000 * spent / count, 3)


def ingest_postgres(count: int, group: int) -> dict[str, float]:
    from tests.postgres import running

    with running() as server:
        url = server.create()
        with open_archive(url, migrate=True) as store:
            made = decisions(store, generated(count, 5, None))
            with store.read() as connection:
                backend = connection.number("SELECT pg_backend_pid()")
            return rate(store, made, group, lambda: cpu_of(backend))


def cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def times(work: Callable[[int], object], count: int) -> tuple[float, float]:
    """Return median and 99th percentile of milliseconds of CPU: others may work on the same machine."""
    taken = []
    for n in range(count):
        start = time.process_time()
        work(n)
        taken.append(1000 * (time.process_time() - start))
    taken.sort()
    return round(statistics.median(taken), 2), round(taken[int(len(taken) * 0.99) - 1], 2)


def measure_reads(count: int, folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    url, few = f"sqlite:///{folder / 'reads'}.db", min(500, count)
    with open_archive(url, migrate=True) as store:
        fill(store, count, few)
    with open_archive(url) as store:
        with store.read() as connection:
            idents = [ident for (ident,) in connection.all("SELECT ident FROM article ORDER BY id")]
        late = NOW + timedelta(days=4000)
        host = due_hosts(store, late)[0]

        def pick(n: int) -> str:
            return str(idents[n * 7919 % len(idents)])

        for name, work, repeats in (
            ("version", lambda n: get_version(store, pick(n), 5), 300),
            ("capture", lambda n: get_capture(store, pick(n), 5), 300),
            ("timeline", lambda n: list_summaries(store, VersionQuery(article=pick(n))), 100),
            ("history", lambda n: list(iter_versions(store, VersionQuery(article=pick(n)))), 100),
            ("due", lambda _: due_articles(store, host, late, 25), 100),
            ("due_hosts", lambda _: due_hosts(store, late), 20),
            ("feed_50", lambda _: list_summaries(store, VersionQuery(limit=50)), 60),
            ("read_50", lambda _: list(iter_versions(store, VersionQuery(limit=50))), 30),
            ("search", lambda n: search_passages(store, f"river mayor{n % 400}"), 60),
            ("search_ranked", lambda n: search_passages(store, f"mayor{n % 400}", ranked=True), 30),
        ):
            figures[name] = times(work, repeats)
            print(f"ms median, p99, {count * 5} versions, {name:14}", *figures[name])
        figures["all_in"] = size_of(store)[1] // (len(idents) * 5)
        # What is multiplied has leaves that name other articles: what is verified is kept in the usual way.
        figures |= measure_verify(few, folder)
    print(
        f"verify, full: {figures['verify_ms']} ms a version of {figures['verified_kb']} KB;"
        f" {figures['all_in']} B a version all in"
    )
    return figures


def fill(store: Archive, count: int, few: int) -> None:
    """Keep *few* articles in the usual way, and copy them until there are *count*."""
    commit_all(store, decisions(store, list(generated_from(0, few))))
    multiply(store, count // few - 1)


def measure_verify(count: int, folder: Path) -> dict[str, Any]:
    with open_archive(f"sqlite:///{folder / 'verified'}.db", migrate=True) as store:
        commit_all(store, decisions(store, list(generated_from(0, count))))
        began = time.process_time()
        report = verify(store)
        assert report.ok, report.damage[:3]
        spent = time.process_time() - began
        return {
            "verify_ms": round(1000 * spent / report.versions, 3),
            "verified_kb": report.bytes // report.versions // 1024,
        }


def generated_from(start: int, count: int) -> Iterable[States]:
    for place in range(start, start + count):
        dice = random.Random(place)
        shell, texts = furniture(place % 15, 30_000), paragraphs(dice, 12)
        states: States = []
        for n in range(5):
            texts = edit(texts, dice) if n else texts
            states.append((article(texts, n), html(shell, texts, dice)))
        yield states


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("bytes", "ingest", "reads"), help="measure one part")
    parser.add_argument("--articles", type=int, help="articles of five versions in the archive that is read")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="wt-bench-"))
    try:
        figures: dict[str, Any] = {}
        if given.only in {None, "bytes"}:
            figures["generated"] = measured = measure_bytes("generated", list(generated(60, 5, given.data)), folder)
            if given.data:
                pages = list(recaptures(given.data))
                figures["recaptures"] = measured = measure_bytes("recaptures", pages, folder, compare)
            if measured["git"]:
                times = {name: measured[name] / measured["git"] for name in ("all_in", "captures")}
                print(
                    f"× git, {'real recaptures' if given.data else 'made-up pages, as there is no --data'}:"
                    f" {times['all_in']:.2f} all in, {times['captures']:.2f} pages and headers alone"
                )
        if given.only in {None, "ingest"}:
            figures["rows"] = measure_rows(folder)
            figures["ingest"] = measure_ingest(60 if given.quick else 300, folder)
        if given.only in {None, "reads"}:
            figures["reads"] = measure_reads(given.articles or (1000 if given.quick else 10_000), folder)
        print(json.dumps({"benchmark": "archive", **figures}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
