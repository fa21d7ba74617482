"""What reading a page costs: instructions against the parser alone, and the regular expressions of a reader's start.

    benchmarks/reader.py --data DIR [--pages N] [--quick]

Instructions are counted by cachegrind (valgrind must be installed), each count in a process of its own: nothing but
the imports, parsing N pages, reading them, and reading them twice. Compiling is the least of five starts, ms of CPU.
Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SETS = {"fundus": "pages/fundus/dev/pages", "fresh": "fresh/pages"}
_RUNS = {"imports": 0, "parse": 0, "read": 1, "read twice": 2}
_URL = "https://outlet.example/article"


def main() -> int:
    """Measure in child processes, and print what they found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="the folder with the sets of pages")
    parser.add_argument("--pages", type=int, default=40, help="pages of each set [default: 40]")
    parser.add_argument("--quick", action="store_true", help="five pages")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    count = 5 if options.quick else options.pages
    if options.alone:
        run, name = options.alone
        return alone(run, name, options.data, count)
    figures: dict[str, Any] = {"compile_ms": round(min(compile_ms() for _ in range(5)), 1)}
    print(f"regular expressions of a reader's start: {figures['compile_ms']} ms")
    for name, folder in SETS.items():
        if options.data is None or not (options.data / folder).is_dir() or shutil.which("valgrind") is None:
            print(f"{name}: left out, it needs --data and valgrind", file=sys.stderr)
            continue
        base, parse, once, twice = (instructions(run, name, options.data, count) for run in _RUNS)
        figures[name] = {
            "read": round((once - base) / (parse - base), 2),
            "again": round((twice - once) / (parse - base), 2),
        }
        print(
            f"{name}: read {figures[name]['read']} × the parser alone, read again {figures[name]['again']} ×",
            flush=True,
        )
    print(json.dumps({"benchmark": "reader", "pages": count, "figures": figures}))
    return 0


def instructions(run: str, name: str, data: Path, count: int) -> int:
    """Return how many instructions one run takes."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", sys.executable]
    command += [__file__, "--data", str(data), "--pages", str(count), "--alone", run, name]
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1].replace(",", ""))


def alone(run: str, name: str, data: Path, count: int) -> int:
    """Parse or read the pages of a set, in this process alone."""
    from selectolax.lexbor import LexborHTMLParser

    from tracker.extraction.extractor import read

    files = sorted((data / SETS[name]).iterdir())
    random.Random(4).shuffle(files)
    pages = [gzip.decompress(each.read_bytes()) for each in files[:count]]
    read(pages[0], _URL)
    if run == "parse":
        for page in pages:
            LexborHTMLParser(page)
    for _ in range(_RUNS[run]):
        for page in pages:
            read(page, _URL)
    return 0


def compile_ms() -> float:
    """Return the CPU milliseconds that a new process takes to compile the patterns that a reader imports."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import reader; reader.print_compiling()"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def print_compiling() -> None:
    """Import what a reader does, and print how long regular expressions took."""
    from re import _compiler  # type: ignore[attr-defined]  # nothing public tells when a pattern is compiled

    compiled, spent = _compiler.compile, 0.0

    def timed(*given: Any) -> Any:
        nonlocal spent
        began = time.process_time()
        result = compiled(*given)
        spent += time.process_time() - began
        return result

    _compiler.compile = timed
    import tracker.extraction.extractor
    import tracker.extraction.reader  # noqa: F401 - imported for what it compiles

    print(1000 * spent)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
