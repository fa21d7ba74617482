"""What a fetch costs: our whole door beside bare httpx, aiohttp and Scrapy, on loopback, in one run.

    benchmarks/fetch.py [--quick] [--only NAME,…]

The page is 50 KB of HTML sent as gzip by a light server in a process of its own, whose CPU does not count; ours checks
addresses, bounds the decoding, hashes the body and keeps the headers, the peers read and decode. Every measurement runs
in a fresh process, peers take turns, the best of the rounds is shown. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from _fetch_server import served

HERE = Path(__file__).resolve().parent
CLIENTS = ("writethru", "httpx", "aiohttp", "scrapy")
ORIGINS = 200
MANY = 10_000


def measure(client: str, port: int, origins: int, pages: int, *, fresh: bool) -> dict[str, Any]:
    """Run one client in a process of its own; return its figures, or why there are none."""
    told = [client, str(port), str(origins), str(pages), "200" if fresh else "304"]
    done = subprocess.run(
        [sys.executable, str(HERE / "_fetch_clients.py"), *told],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no word"])[-1][:120]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the round that cost least, with what became of those that failed."""
    whole = [each for each in rounds if "cpu" in each]
    failed = [each["error"] for each in rounds if "error" in each]
    least = min(whole, key=lambda each: each["cpu"]) if whole else rounds[0]
    return {**least, "failed": len(failed), "rounds": len(rounds), "why": failed[0]} if failed else least


def shown(figures: dict[str, Any], peer: dict[str, Any] | None) -> str:
    failed = f"failed {figures['failed']} of {figures['rounds']} times: {figures['why']}" if "failed" in figures else ""
    if "cpu" not in figures:
        return failed or f"failed: {figures['error']}"
    each = figures["cpu"] / figures["pages"]
    text = f"{each * 1000:7.3f} ms  {1 / each:7.0f} pages/CPU s  {figures['mb']:5.0f} MB"
    if peer and "cpu" in peer and peer is not figures:
        text += f"  {each / (peer['cpu'] / peer['pages']):5.2f} x ours"
    return f"{text}  {failed}".rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer pages, one round, no 10,000 origins")
    parser.add_argument("--data", type=Path, help="not used; every benchmark takes it")
    parser.add_argument("--only", default="", help="clients, comma-separated")
    options = parser.parse_args()
    chosen = [name for name in CLIENTS if not options.only or name in options.only.split(",")]
    pages, rounds = (400, 1) if options.quick else (2_000, 3)
    addresses = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(ORIGINS)]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    with served(addresses) as port:
        for case, origins, fresh in (
            ("1 origin, 200", 1, True),
            ("1 origin, 304", 1, False),
            (f"{ORIGINS} origins, 200", ORIGINS, True),
            (f"{ORIGINS} origins, 304", ORIGINS, False),
        ):
            taken: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen}
            for turn in range(rounds):
                for name in chosen[turn % len(chosen) :] + chosen[: turn % len(chosen)]:
                    taken[name].append(measure(name, port, origins, pages, fresh=fresh))
            found[case] = {name: best(each) for name, each in taken.items()}
            print(case)
            for name in chosen:
                print(f"  {name:10} {shown(found[case][name], found[case].get('writethru'))}")
    if not options.quick and "writethru" in chosen:
        with served(["127.0.0.1"]) as port:
            case = f"{MANY} origins, 200"
            found[case] = {"writethru": measure("writethru", port, MANY, MANY, fresh=True)}
            print(f"{case}\n  {'writethru':10} {shown(found[case]['writethru'], None)}")
    print(json.dumps({"benchmark": "fetch", "figures": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
