"""CPU cost of a fetch: writethru's client beside bare httpx, aiohttp and Scrapy, on loopback, in one run.

    benchmarks/fetch.py [--quick] [--only NAME,…] [--before CHECKOUT]

The page is 50 KB of HTML, sent as gzip by a light server in a process of its own whose CPU does not count. writethru
checks addresses, limits decompression, hashes the body and keeps the headers; the others read and decode. Each
measurement runs in a fresh process, clients take turns, and the best round is shown. `--before` measures another
checkout of writethru as well. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from _fetch_server import served

HERE = Path(__file__).resolve().parent
CLIENTS = ("writethru", "httpx", "aiohttp", "scrapy")
BEFORE = "before"
ORIGINS = 200
MANY_ORIGINS = 10_000


def measure(client: str, port: int, origins: int, pages: int, *, fresh: bool, before: Path | None) -> dict[str, Any]:
    """Run one client in a process of its own; return its figures, or an error.

    Args: fresh: whether the server sends the page (200) or says that it has not changed (304).
    before: the checkout of the client called "before".
    """
    name, environment = client, dict(os.environ)
    if client == BEFORE:
        name, environment["PYTHONPATH"] = "writethru", str(before)
    arguments = [name, str(port), str(origins), str(pages), "200" if fresh else "304"]
    done = subprocess.run(
        [sys.executable, str(HERE / "_fetch_clients.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1][:120]}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the round with the least CPU, and how many rounds failed."""
    complete = [each for each in rounds if "cpu" in each]
    failed = [each["error"] for each in rounds if "error" in each]
    least = min(complete, key=lambda each: each["cpu"]) if complete else rounds[0]
    return {**least, "failed": len(failed), "rounds": len(rounds), "why": failed[0]} if failed else least


def row(figures: dict[str, Any], writethru: dict[str, Any] | None) -> str:
    """Return the figures of a client as one line, compared with those of writethru."""
    failed = f"failed {figures['failed']} of {figures['rounds']} times: {figures['why']}" if "failed" in figures else ""
    if "cpu" not in figures:
        return failed or f"failed: {figures['error']}"
    each = figures["cpu"] / figures["pages"]
    text = f"{each * 1000:7.3f} ms  {1 / each:7.0f} pages/CPU s  {figures['mb']:5.0f} MB"
    if writethru and "cpu" in writethru and writethru is not figures:
        text += f"  {each / (writethru['cpu'] / writethru['pages']):5.2f} x writethru"
    return f"{text}  {failed}".rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer pages, one round, no 10,000 origins")
    parser.add_argument("--data", type=Path, help="not used; every benchmark accepts it")
    parser.add_argument("--only", default="", help="clients to measure, separated by commas")
    parser.add_argument("--before", type=Path, help="another checkout of writethru to compare with")
    options = parser.parse_args()
    clients = [name for name in CLIENTS if not options.only or name in options.only.split(",")]
    if options.before:
        clients.append(BEFORE)
    pages, rounds = (400, 1) if options.quick else (2_000, 3)
    addresses = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(ORIGINS)]
    found: dict[str, dict[str, dict[str, Any]]] = {}

    def compare(case: str, port: int, names: list[str], rounds: int, **case_options: Any) -> None:
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                taken[name].append(measure(name, port, before=options.before, **case_options))
        found[case] = {name: best(each) for name, each in taken.items()}
        print(case)
        for name in names:
            print(f"  {name:10} {row(found[case][name], found[case].get('writethru'))}", flush=True)

    with served(addresses) as port:
        for case, origins, fresh in (
            ("1 origin, 200", 1, True),
            ("1 origin, 304", 1, False),
            (f"{ORIGINS} origins, 200", ORIGINS, True),
            (f"{ORIGINS} origins, 304", ORIGINS, False),
        ):
            compare(case, port, clients, rounds, origins=origins, pages=pages, fresh=fresh)
    ours = [name for name in clients if name in {"writethru", BEFORE}]
    if not options.quick and ours:
        with served(["127.0.0.1"]) as port:
            compare(f"{MANY_ORIGINS} origins, 200", port, ours, 1, origins=MANY_ORIGINS, pages=MANY_ORIGINS, fresh=True)
    print(json.dumps({"benchmark": "fetch", "figures": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
