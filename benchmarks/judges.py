"""Run the independent judges of this project, which are kept outside it, and collect their figures.

    benchmarks/judges.py [--data DIR] [--tools DIR] [--only NAME]

A judge is a program that knows nothing of how Writethru works: `labels` compares what is said of 433 real edits with
reference labels, `real` reads feeds, dates, lists, robots.txt files, pages, WARC files and page histories that other
projects collected, `stories` groups articles about known events. Each prints one line of JSON. --only runs one of them.
Prints a table and, last, one line of JSON.

`cadence_real.py`, which replays check times, is run by itself. For --dev it needs CADENCE_NAMES='{"next_check":
["benchmarks._cadence_fit", "next_check"], "Look": ["benchmarks._cadence_fit", "Look"], "fit":
["benchmarks._cadence_fit", "fit"]}' in its environment.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DEFAULT = Path("/work/shared/data")


def commands(data: Path, tools: Path) -> dict[str, list[str]]:
    """Return how each judge is run, by name."""
    return {
        "labels": [f"{tools}/labels.py", str(ROOT), f"{data}/labels/edits.jsonl", f"{data}/labels/labels.jsonl"],
        "stories": [f"{tools}/stories.py", str(ROOT), f"{data}/stories/dev.jsonl"],
        "real": [f"{tools}/real/run.py", str(ROOT), f"{data}/real/dev"],
    }


def verdict(command: list[str]) -> dict[str, Any]:
    """Run a judge and return the figures of its last line."""
    ran = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return figures


def leaves(figures: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every figure with its name, those of one group after another."""
    if isinstance(figures, dict):
        for key, inner in figures.items():
            yield from leaves(inner, f"{name} {key}")
    elif not isinstance(figures, list) or all(isinstance(each, int | float) for each in figures):
        yield name, figures


def main() -> int:
    """Run the judges that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT, help="the folder with the sets")
    parser.add_argument("--tools", type=Path, help="the folder with the judges [default: DIR/../tools]")
    parser.add_argument("--only", choices=["labels", "stories", "real"], help="run this judge alone")
    options = parser.parse_args()
    tools = options.tools or options.data.parent / "tools"
    if not (tools / "labels.py").is_file():
        print(json.dumps({"benchmark": "judges", "skipped": f"no judges in {tools}"}))
        return 0
    found = {
        name: verdict(command)
        for name, command in commands(options.data, tools).items()
        if options.only in (None, name)
    }
    for name, figure in leaves(found, ""):
        print(f"{name.strip():<60}{figure}")
    print(json.dumps({"benchmark": "judges"} | found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
