"""Measure what commands that read cost to start: CPU beside bare Python, the least of several runs each.

.venv/bin/python benchmarks/startup.py [--runs N] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tracker.archive.articles import list_articles
from tracker.archive.checks import commit_checks

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from _archive_pages import generated
from archive import decisions

from tracker.archive import open_archive

TARGET = 12


def cpu_ms(command: list[str], runs: int) -> float:
    """Return the least user and system milliseconds of *runs* runs: the machine has other things to do."""
    taken = []
    # As installed: with bytecode.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        process = subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            raise SystemExit(f"{command}: {said.decode()}")
        taken.append(1000 * (used.ru_utime + used.ru_stime))
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--data", help="not used: so that `make bench` may name it")
    parser.add_argument("--quick", action="store_true", help="five runs of each")
    given = parser.parse_args()
    runs = min(given.runs, 5) if given.quick else given.runs
    folder = Path(tempfile.mkdtemp(prefix="wt-bench-"))
    try:
        url = f"sqlite:///{folder / 'archive.db'}"
        with open_archive(url, migrate=True) as store:
            commit_checks(store, decisions(store, generated(20, 5, None)))
            ident = list_articles(store)[0].id
        program = [sys.executable, "-c", "from tracker.cli.main import main; main()"]
        bare = cpu_ms([sys.executable, "-c", "pass"], runs)
        figures: dict[str, float] = {"bare_ms": round(bare, 1)}
        for name, words in (
            ("help", ["--help"]),
            ("log", ["--db", url, "log", ident]),
            ("show", ["--db", url, "show", ident]),
            ("diff", ["--db", url, "diff", ident]),
            ("blame", ["--db", url, "blame", ident]),
            ("search", ["--db", url, "search", "river", "mayor"]),
        ):
            figures[name] = round(cpu_ms([*program, *words], runs) / bare, 1)
            print(f"{name:6} {figures[name]:5} x bare Python (target <= {TARGET})")
        print(json.dumps({"benchmark": "startup", **figures}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
