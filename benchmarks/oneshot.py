"""What one run from cron costs, the whole process: ours beside urlwatch and webchanges.

    benchmarks/oneshot.py [--quick] [--runs N] [--only NAME,…]

Four runs, each of a process that starts, checks every page and ends: one page that answers 304, a hundred that do, a
hundred that are new, and a hundred whose death toll was edited. The pages are those of pipeline.py: 32 to 150 KB, on
50 loopback hosts. Ours is `check --all --no-pace` on the empty archive that `init` makes; the peers run as they do in
pipeline.py, installed from PyPI into .cache/peers. Figures are user and system time of the process and all below it,
the least of several runs, in which the programs take turns. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from _pipeline_pages import url as url_of
from _processes import peer
from pipeline import changes_told, configure, peer_command, site

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("writethru", "urlwatch", "webchanges")
CASES = ("one_304", "many_304", "many_new", "many_changed")
PAGES = 100
OURS: list[str | Path] = [sys.executable, "-c", "from tracker.cli.main import main; main()"]
# Installed programs run from bytecode, and no WRITETHRU_* variable may name another archive or configuration.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("WRITETHRU_")
} | {"PYTHONPATH": str(ROOT)}
_SET_CHILD_SUBREAPER: Final = 36  # prctl(2)


def command_of(name: str, folder: Path, urls: list[str]) -> list[str | Path]:
    """Return the command with which a program checks every page once. Raises SystemExit if it cannot be installed."""
    folder.mkdir()
    if name == "writethru":
        configure(folder, urls)
        subprocess.run([*OURS, "db", "upgrade"], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
        return [*OURS, "check", "--all", "--no-pace", "--json"]
    programs = peer(name)
    if programs is None:
        raise SystemExit(f"{name} cannot be installed here")
    return peer_command(name, programs, folder, urls)


def run(command: list[str | Path], folder: Path) -> tuple[float, str]:
    """Return CPU seconds of a process with all that it started, and what it printed."""
    before = children()
    with (folder / "out").open("wb") as out, (folder / "err").open("ab") as errors:
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=out, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent = used.ru_utime + used.ru_stime
        # What outlives its parent becomes a child of this process.
        while left := children() - before:
            for pid in left:
                used = os.wait4(pid, 0)[2]
                spent += used.ru_utime + used.ru_stime
    if process.returncode:
        raise SystemExit(f"{command}: exit code {process.returncode}: {(folder / 'err').read_text()[-500:]}")
    return spent, (folder / "out").read_text()


def children() -> set[int]:
    """Return the children of this process."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def changed(name: str, output: str) -> int:
    """Count the changes that a program reported."""
    return int(json.loads(output.splitlines()[-1])["changed"]) if name == "writethru" else changes_told(output)


def measure(name: str, folder: Path) -> dict[str, float]:
    """Return CPU seconds of each case, once."""
    figures: dict[str, float] = {}
    with site(PAGES) as pages:
        urls = [url_of(pages.port, number) for number in range(PAGES)]
        for case, count in (("one", 1), ("many", PAGES)):
            command = command_of(name, folder / case, urls[:count])
            for phase in ("new", "304", "changed") if count > 1 else ("new", "304"):
                pages.turn(phase)
                figures[f"{case}_{phase}"], output = run(command, folder / case)
                expected = count if phase == "changed" else 0
                if changed(name, output) != expected:
                    raise SystemExit(f"{name}, {case} {phase}: {changed(name, output)} changes, not {expected}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--data", type=Path, help="not used; `make bench` passes it to every benchmark")
    parser.add_argument("--only", default=",".join(PROGRAMS), help="programs, comma-separated")
    options = parser.parse_args()
    ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    names = options.only.split(",")
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(1 if options.quick else options.runs):
        for name in names:
            with tempfile.TemporaryDirectory(prefix="wt-bench-") as folder:
                runs[name].append(measure(name, Path(folder)))
    least = {name: {case: round(min(each[case] for each in runs[name]), 3) for case in CASES} for name in names}
    print(f"{'CPU s, whole process':22}{'1 page 304':>12}{'100 × 304':>12}{'100 new':>12}{'100 changed':>12}")
    for name in names:
        print(f"{name:22}" + "".join(f"{least[name][case]:12.2f}" for case in CASES))
    for name in names[1:] if "writethru" in names else ():
        shares = [least["writethru"][case] / least[name][case] for case in CASES]
        print(f"{'× ' + name:22}" + "".join(f"{share:12.2f}" for share in shares))
    print(json.dumps({"benchmark": "oneshot", "pages": PAGES, "figures": least}))


if __name__ == "__main__":
    main()
