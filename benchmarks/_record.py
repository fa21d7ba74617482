"""Run a benchmark or a long test and keep its figures in benchmarks/results, with commit, date and machine.

    python benchmarks/_record.py benchmarks/NAME.py [OPTIONS]
    python benchmarks/_record.py tests/nightly/NAME.py [OPTIONS]

The figures are the last line of its output that is JSON; "benchmark" in it names the file. A run with --quick or of a
sample of pages, or one that measured nothing, keeps none. A run with --only PART replaces the figures of that part, and
"parts" keeps its commit, date and machine beside those of the others.

A long test prints a line of JSON for each database or run, and all are kept in benchmarks/results/nightly, also where a
requirement is missed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
_PARTIAL = frozenset({"--quick", "--pages"})


def main(script: Path, options: list[str]) -> int:
    """Run the benchmark, pass its output on, and keep its figures; return its exit code."""
    run = {"commit": commit(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine()}
    is_test = script.parts[0] == "tests"
    module = ["-m", ".".join(script.with_suffix("").parts)] if is_test else [str(script)]
    figures: dict[str, Any] = {}
    with subprocess.Popen([sys.executable, *module, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if line.startswith("{"):
                figures = (figures if is_test else {}) | json.loads(line)
    complete = is_test or process.returncode == 0
    if complete and figures and "skipped" not in figures and _PARTIAL.isdisjoint(options):
        folder = RESULTS / "nightly" if is_test else RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{figures.get('benchmark', script.stem)}.json"
        kept: dict[str, Any] = run | {"figures": without_texts(figures)}
        if "--only" in options:
            before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            parts = before.get("parts", {}) | {options[options.index("--only") + 1]: run}
            kept = before | {"parts": parts, "figures": merged(before.get("figures", {}), kept["figures"])}
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return process.returncode


def merged(before: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of all parts: what *figures* measured in place of what *before* has of it."""
    tables = {
        name: before[name] | table for name, table in figures.items() if isinstance(table, dict) and name in before
    }
    return before | figures | tables


def commit() -> str:
    """Return the commit, with a plus sign where files other than results differ from it."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
    status = [*git, "status", "--porcelain", "--", ".", ":(exclude)benchmarks/results"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    return head.strip() + ("+" if changed else "")


def machine() -> str:
    """Return the processor, the number of its cores, how many programs waited for them, and the Python."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(": ")[2] for line in info.splitlines() if line.startswith("model name")]
    model = models[0] if models else platform.processor() or platform.machine()
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {python}"


def without_texts(figures: Any) -> Any:
    """Leave out examples: sentences of pages that belong to others."""
    if isinstance(figures, dict):
        return {key: without_texts(value) for key, value in figures.items() if key != "texts"}
    return figures


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
