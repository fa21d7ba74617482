"""Measure the CPU of commands that start, read the archive and end, as multiples of bare Python's.

Each command runs in a folder without a configuration and in one with the shipped writethru.toml; `urlwatch --list`,
from PyPI, lists one page. The figure is the least user and system time of several runs.

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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from _archive_pages import generated
from _processes import peer
from archive import decisions

from tracker.archive.articles import list_articles
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive

ROOT = Path(__file__).resolve().parents[1]
MAX_TIMES_BARE_PYTHON = 12
QUICK_RUNS = 5
PROGRAM: list[str | Path] = [sys.executable, "-c", "from tracker.cli.main import main; main()"]
# Installed programs run from bytecode, and no WRITETHRU_* variable may name another archive or configuration.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("WRITETHRU_")
} | {"PYTHONPATH": str(ROOT)}


def cpu_ms(command: list[str | Path], folder: Path, runs: int) -> float:
    """Return the least user and system time of `runs` runs in `folder`, in milliseconds."""
    times = []
    for _ in range(runs):
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        errors = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command}: {errors.decode()}")
        times.append(1000 * (used.ru_utime + used.ru_stime))
    return min(times)


def prepare(folder: Path) -> tuple[dict[str, Path], str]:
    """Return a folder without a configuration and one with it, each with an archive, and an article to name."""
    folders = {"": folder / "plain", "_config": folder / "configured"}
    for each in folders.values():
        each.mkdir()
    archive = folders[""] / "writethru.db"
    with open_archive(f"sqlite:///{archive}", migrate=True) as store:
        for decision in decisions(store, generated(20, 5, None)):
            commit_check(store, decision)
        article = list_articles(store)[0].id
    shutil.copy(archive, folders["_config"])
    shutil.copy(ROOT / "config" / "writethru.toml", folders["_config"])
    return folders, article


def urlwatch_list(folder: Path) -> list[str | Path]:
    """Write a list of one page and return the command that shows it; [] if urlwatch cannot be installed."""
    programs = peer("urlwatch")
    if programs is None:
        return []
    (folder / "urls.yaml").write_text("url: https://herald.example/news\n")
    (folder / "c.yaml").write_text("report: {}\n")
    return [programs / "urlwatch", "--list", "--urls", "urls.yaml", "--config", "c.yaml", "--cache", "kept.db"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--data", help="not used; `make bench` passes it to every benchmark")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RUNS} runs of each")
    given = parser.parse_args()
    runs = min(given.runs, QUICK_RUNS) if given.quick else given.runs
    with tempfile.TemporaryDirectory(prefix="wt-bench-") as temporary:
        folders, article = prepare(Path(temporary))
        bare = cpu_ms([sys.executable, "-c", "pass"], Path(temporary), runs)
        figures: dict[str, float] = {"bare_ms": round(bare, 1)}
        urlwatch = urlwatch_list(Path(temporary))
        if urlwatch:
            figures["urlwatch"] = round(cpu_ms(urlwatch, Path(temporary), runs) / bare, 1)
        print(
            f"bare Python: {bare:.1f} ms. PYTHONDONTWRITEBYTECODE is unset: commands run from bytecode, as installed."
        )
        print(f"{'x bare':8} {'no configuration':>17} {'with writethru.toml':>20}   (at most {MAX_TIMES_BARE_PYTHON})")
        if urlwatch:
            print(f"{'urlwatch':8} {figures['urlwatch']:17}   (urlwatch --list, which reads no archive)")
        commands = {
            "help": ["--help"],
            "log": ["log", article],
            "show": ["show", article],
            "diff": ["diff", article],
            "blame": ["blame", article],
            "search": ["search", "river", "mayor"],
            "db": ["db", "upgrade"],
        }
        for name, words in commands.items():
            for suffix, folder in folders.items():
                figures[name + suffix] = round(cpu_ms([*PROGRAM, *words], folder, runs) / bare, 1)
            print(f"{name:8} {figures[name]:17} {figures[name + '_config']:20}")
        print(json.dumps({"benchmark": "startup", **figures}))


if __name__ == "__main__":
    main()
