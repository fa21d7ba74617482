"""Measure the CPU of one command of each family, from start to end, as multiples of bare Python's.

Commands that read the archive run in a folder without a configuration and in one with the shipped writethru.toml, and
should take at most as long as `urlwatch --list`, from PyPI, which lists one page. The others run in a folder whose
configuration watches nothing, so that nothing is fetched. The figure is the least user and system time of several runs.

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
# Commands that import the service, a format or the rules of labels, which takes longer.
OTHERS = {
    "check": ["check", "--due"],
    "doctor": ["doctor", "--offline"],
    "verify_deep": ["verify", "--deep"],
    "import_help": ["import", "--help"],
    "add_help": ["add", "--help"],
    "run_help": ["run", "--help"],
    "config_check": ["config", "check"],
    "sources_test": ["sources", "test", "--help"],
    "alerts_replay": ["alerts", "replay"],
}
# Without one, these say only that it is missing.
NEED_CONFIGURATION = {"sources_list"}
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
    """Return three folders with an archive, and an article in it.

    The first has no configuration, the second the shipped one, the third one that watches nothing.
    """
    folders = {"": folder / "plain", "_config": folder / "configured", "_idle": folder / "idle"}
    for each in folders.values():
        each.mkdir()
    archive = folders[""] / "writethru.db"
    with open_archive(f"sqlite:///{archive}", migrate=True) as store:
        for decision in decisions(store, generated(20, 5, None)):
            commit_check(store, decision)
        article = list_articles(store)[0].id
    cpu_ms([*PROGRAM, "story", "add", "flood", article], folders[""], 1)
    for suffix in ("_config", "_idle"):
        shutil.copy(archive, folders[suffix])
    shutil.copy(ROOT / "config" / "writethru.toml", folders["_config"])
    (folders["_idle"] / "writethru.toml").write_text('contact = "desk@herald.example"\n')
    return folders, article


def reading(article: str) -> dict[str, list[str]]:
    """Return the commands that read the archive or nothing, and that a person waits for."""
    return {
        "help": ["--help"],
        "log": ["log", article],
        "show": ["show", article],
        "diff": ["diff", article],
        "blame": ["blame", article],
        "search": ["search", "river", "mayor"],
        "watch": ["watch"],
        "stories": ["stories"],
        "story": ["story", "flood"],
        "sources_list": ["sources", "list"],
        "alerts_list": ["alerts", "list"],
        "stats": ["stats"],
        "note": ["note"],
        "sql": ["sql", "SELECT 1"],
        "export": ["export", "--format", "jsonl"],
        "export_help": ["export", "--help"],
        "verify": ["verify", "--quick"],
        "db": ["db", "upgrade"],
        "config_path": ["config", "path"],
        "config_schema": ["config", "schema"],
        "completion": ["completion", "zsh"],
    }


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
        if urlwatch:
            print(f"urlwatch --list, which reads no archive: {figures['urlwatch']} x bare")
        print(f"{'x bare':18} {'no configuration':>17} {'with writethru.toml':>20} {'at most urlwatch':>17}")
        for name, words in reading(article).items():
            for suffix in ("", "_config"):
                if name not in NEED_CONFIGURATION or suffix:
                    figures[name + suffix] = round(cpu_ms([*PROGRAM, *words], folders[suffix], runs) / bare, 1)
            most = max(figures.get(name, 0), figures[name + "_config"])
            verdict = "" if not urlwatch else "yes" if most <= figures["urlwatch"] else "no"
            shown = figures.get(name, "")
            print(f"{' '.join(words[:2]):18.18} {shown:>17} {figures[name + '_config']:20} {verdict:>17}")
        print(f"{'x bare':18} {'watching nothing':>17}")
        for name, words in OTHERS.items():
            figures[name] = round(cpu_ms([*PROGRAM, *words], folders["_idle"], runs) / bare, 1)
            print(f"{' '.join(words[:2]):18.18} {figures[name]:17}")
        print(json.dumps({"benchmark": "startup", **figures}))


if __name__ == "__main__":
    main()
