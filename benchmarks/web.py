"""Measure the web page: CPU and bytes of every page over 100,000 articles and 500,000 versions on SQLite.

The diff page of two texts of 1,500 words stands beside that of changedetection.io for the same two texts. CPU is that
of the whole process while it answers one request after another, the packing of the answer included.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _archive_pages import intent, paragraphs
from _processes import peer, spent
from _web_archive import NOW, build

from tracker import compare
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.cli.main import MAX_NEW_OBJECTS_BEFORE_COLLECTION
from tracker.model.article import Article, Block, BlockKind
from tracker.model.source import Target
from tracker.web.app import build as build_app
from tracker.web.data import CachedArchive
from tracker.web.guard import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.applications import Starlette

PAGE_MS: Final = 50
PAGE_KB: Final = 100
DIFF_MS: Final = 40
PEER: Final = "changedetection.io"


def main() -> None:
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)  # as in the program
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the archive is made up")
    parser.add_argument("--quick", action="store_true", help="4,000 articles instead of 100,000")
    parser.add_argument("--articles", type=int, help="so many articles of five versions")
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    count = given.articles or (4_000 if given.quick else 100_000)
    folder = Path(tempfile.mkdtemp(prefix="wt-web-"))
    try:
        began = time.process_time()
        url = build(folder / "w.db", count)
        old, new = two_texts()
        ident = kept(url, old, new)
        megabytes = (folder / "w.db").stat().st_size // 1_000_000
        print(
            f"{count:,} articles, {count * 5:,} versions, {megabytes:,} MB, made in {time.process_time() - began:.0f} s"
        )
        figures = {"articles": count, "pages": pages(url, 8 if given.quick else 24), "diff": diffs(url, ident)}
        if not given.no_peers:
            figures["peer"] = peers(folder, old, new)
        print(json.dumps({"benchmark": "web", **figures}))
    finally:
        shutil.rmtree(folder)


def two_texts() -> tuple[Article, Article]:
    """Return two versions of 1,500 words: a tenth of the sentences edited, one paragraph new, one moved."""
    dice = random.Random(7)
    lines = paragraphs(dice, 36)
    old = Article(title="Storm hits the coast", blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines))
    edited = list(lines)
    for at in range(0, 36, 4):
        edited[at] = edited[at].replace(" ", f" {dice.randrange(2, 99)} ", 2)
    edited.insert(5, " ".join(paragraphs(dice, 1)))
    edited.append(edited.pop(9))
    new = replace(
        old, title="Storm hits the coast again", blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in edited)
    )
    return old, new


def kept(url: str, old: Article, new: Article) -> str:
    """Keep both texts, and one between them, as versions of one article; return its id."""
    between = replace(new, title="Storm nears the coast")
    with open_archive(url) as store:
        (tracked,) = add_targets(store, "Source 01", [Target("https://s1.example/long")], NOW)
        before: Article | None = None
        for n, state in enumerate((old, between, new), 1):
            made = intent(tracked, n, (state, b"<html></html>"), None, NOW - timedelta(hours=5 - n))
            assert made.version is not None
            led = compare(before, state) if before else None
            commit_check(store, replace(made, version=replace(made.version, change=led)))
            before = state
        return tracked.id


@contextmanager
def application(url: str) -> Iterator[Starlette]:
    archive = CachedArchive(open_archive(url, readonly=True))
    try:
        app = build_app(archive, Site(), lambda: NOW)
        gc.freeze()  # as `serve` does when it is ready
        yield app
    finally:
        archive.archive.close()


async def ask(app: Starlette, path: str) -> tuple[int, float, bytes]:
    """Return status, CPU in milliseconds until the answer was sent, and the answer as it was packed."""
    target, _, query = path.partition("?")
    sent: list[Any] = []
    took = 0.0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal took
        sent.append(message)
        if not message.get("more_body"):
            took = (time.process_time() - began) * 1000

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": target.replace("%20", " "),
        "raw_path": target.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip"), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8766),
        "state": {},
    }
    began = time.process_time()
    await app(scope, receive, send)
    return sent[0]["status"], took, b"".join(message.get("body", b"") for message in sent[1:])


def pages(url: str, repeats: int) -> dict[str, Any]:
    with open_archive(url, readonly=True) as store:
        row = "SELECT ident FROM article WHERE versions = 5 AND id % 9973 % 7 = 3 ORDER BY id * 7919 % 99991 LIMIT 40"
        with store.read() as connection:
            idents = [each[0] for each in connection.all(row)]
    asked: dict[str, Sequence[str]] = {
        "start": ["/"],
        "changes": ["/changes", "/changes?source=Source%2003", "/changes?kind=correction"],
        "article": [f"/articles/{each}" for each in idents],
        "diff": [f"/articles/{each}/{n}..{n + 1}" for each in idents for n in (1, 3)],
        "diff, any two": [f"/articles/{each}/1..5" for each in idents],
        "diff, side by side": [f"/articles/{each}/2..3?view=side" for each in idents],
        "version": [f"/articles/{each}/4" for each in idents],
        "sources": ["/sources"],
        "source": [f"/sources/Source%20{n:02}" for n in range(2, 12)],
        "stories": ["/stories"],
        "story": [f"/stories/Story%20{n}" for n in range(8)],
        "search": [f"/search?q=river+mayor{n}" for n in range(30)],
        "search, removed": [f"/search?q=bridge{n}&in=removed" for n in range(30)],
        "alerts": ["/alerts"],
        "feed": ["/changes.atom"],
        "api: changes": ["/api/v1/changes"],
        "api: diff": [f"/api/v1/articles/{each}/diff?from=1&to=2" for each in idents],
    }
    print(f"\n{'page':20} {'median':>8} {'p95':>8} {'first':>8} {'anew':>8}  ms CPU   {'gzip':>7} KB")
    figures = {}
    began = time.process_time()
    with application(url) as app:
        ready = (time.process_time() - began) * 1000
        for name, paths in asked.items():
            figures[name] = asyncio.run(measured(app, name, paths, repeats))
    worst = max(each["ms"] for each in figures.values())
    largest = max(each["kb"] for each in figures.values())
    print(f"worst median {worst} ms (at most {PAGE_MS}), largest page {largest} KB (at most {PAGE_KB})")
    print(f"{ready:.0f} ms CPU before the first page: the archive opened, and what every first page needs loaded")
    return figures | {"ready_ms": round(ready, 1)}


async def measured(app: Starlette, name: str, paths: Sequence[str], repeats: int) -> dict[str, float]:
    times, sizes = [], []
    app.state.web.limiter = None
    for place in range(repeats):
        path = paths[place % len(paths)]
        status, took, body = await ask(app, path)
        assert status == 200, (path, status, gzip.decompress(body)[:500] if body[:2] == b"\x1f\x8b" else body[:500])
        times.append(took)
        sizes.append(len(body) / 1000)
    # The first answer of its kind compiles its template and makes its sums; anew what a user's change clears.
    app.state.web.cache.forget()
    anew = (await ask(app, paths[0]))[1]
    first, rest = times[0], sorted(times[1:])
    median, late = statistics.median(rest), rest[int(len(rest) * 0.95)]
    print(f"{name:20} {median:8.1f} {late:8.1f} {first:8.1f} {anew:8.1f}          {max(sizes):7.1f}")
    times_ms = {"ms": median, "p95_ms": late, "first_ms": first, "anew_ms": anew}
    return {each: round(value, 1) for each, value in times_ms.items()} | {"kb": round(max(sizes), 1)}


def diffs(url: str, ident: str) -> dict[str, float]:
    """Return the CPU of the diff page of two texts of 1,500 words: one that was kept, and one compared anew."""
    found = {}
    with application(url) as app:
        for name, path in (("kept", f"/articles/{ident}/1..2"), ("anew", f"/articles/{ident}/1..3")):
            times = [asyncio.run(ask_fresh(app, path)) for _ in range(22)][2:]
            found[name] = round(statistics.median(times), 1)
    print(f"\ndiff of 1,500 words: {found['kept']} ms as kept, {found['anew']} ms compared anew (at most {DIFF_MS})")
    return found


async def ask_fresh(app: Starlette, path: str) -> float:
    app.state.web.limiter = None
    status, took, _ = await ask(app, path)
    assert status == 200
    return took


def peers(folder: Path, old: Article, new: Article) -> dict[str, float] | None:
    """Return what the diff page of changedetection.io costs for the same two texts, None where it cannot be had."""
    programs = peer(PEER)
    if programs is None:
        print(f"{PEER} could not be installed: no figures of it")
        return None
    watch = str(uuid.UUID(int=7))
    store = folder / "peer"
    texts = [f"{each.title}\n\n{each.text}\n" for each in (old, new)]
    _datastore(store, watch, texts)
    port = 8798
    process = subprocess.Popen(
        [programs / PEER, "-h", "127.0.0.1", "-p", str(port), "-d", str(store)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "DISABLE_VERSION_CHECK": "true", "LOGGER_LEVEL": "ERROR"},
    )
    page = f"http://127.0.0.1:{port}/diff/{watch}"
    try:
        body = _first(page, process)
        if body is None:
            print(f"{PEER} did not serve: no figures of it")
            return None
        idle = _idle(process.pid)
        began, clock = spent(process.pid), time.monotonic()
        count = 15
        for _ in range(count):
            urllib.request.urlopen(page, timeout=60).read()
        own = spent(process.pid) - began - idle * (time.monotonic() - clock)
        milliseconds = round(1000 * own / count, 1)
    finally:
        process.terminate()
        process.wait(30)
    packed = round(len(gzip.compress(body, 5)) / 1000, 1)
    print(f"{PEER}: {milliseconds} ms a diff page of the same two texts, {packed} KB packed")
    return {"ms": milliseconds, "kb": packed}


def _datastore(store: Path, watch: str, texts: Sequence[str]) -> None:
    """Write the files of an installation that watches one page, paused, with two snapshots."""
    place = store / watch
    place.mkdir(parents=True)
    (store / "changedetection.json").write_text(json.dumps({"app_guid": str(uuid.UUID(int=8)), "settings": {}}))
    described = {"uuid": watch, "url": "http://127.0.0.1:9/", "paused": True, "processor": "text_json_diff"}
    (place / "watch.json").write_text(json.dumps(described))
    lines = []
    for at, text in enumerate(texts, 1_764_000_000):
        (place / f"{at}.txt").write_text(text)
        lines.append(f"{at},{at}.txt\n")
    for name in ("history.txt", "history-text_json_diff.txt"):
        (place / name).write_text("".join(lines))


def _first(page: str, process: subprocess.Popen[bytes]) -> bytes | None:
    """Wait for the first diff page that shows both texts."""
    for _ in range(120):
        if process.poll() is not None:
            return None
        try:
            body: bytes = urllib.request.urlopen(page, timeout=60).read()
        except OSError:
            time.sleep(0.5)
            continue
        return body if b"again" in body else None
    return None


def _idle(pid: int) -> float:
    """Return the CPU seconds a second that the process takes while nobody asks."""
    time.sleep(2)
    began, clock = spent(pid), time.monotonic()
    time.sleep(3)
    return (spent(pid) - began) / (time.monotonic() - clock)


if __name__ == "__main__":
    main()
