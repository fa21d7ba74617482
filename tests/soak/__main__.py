"""Watch a day of invented news in ten minutes and check that the service missed and invented nothing.

    python -m tests.soak [--hours 24] [--minutes 10] [--seed 0] [--faults] [--twice] [--dir DIR]

Exits with 1 if a gate does not hold. With --faults the service is killed with SIGKILL about once a minute, and between
some of the kills another program locks the archive. --twice runs without faults and then with them: both runs must have
stored the same, except what was online only during an outage.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .assessment import Assessment, as_dict, format_lines, same_versions_gate
from .runner import SoakRun
from .scenario import make_scenario


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak test from the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0, help="simulated hours [default: 24]")
    parser.add_argument("--minutes", type=float, default=10.0, help="real minutes that they take [default: 10]")
    parser.add_argument("--seed", type=int, default=0, help="seed of the scenario [default: 0]")
    parser.add_argument("--outlets", type=int, default=8, help="number of news sites [default: 8]")
    parser.add_argument("--articles", type=int, default=20, help="articles for each site [default: 20]")
    parser.add_argument("--faults", action="store_true", help="kill the service and lock the archive now and then")
    parser.add_argument("--twice", action="store_true", help="run without faults, then with them, and compare")
    parser.add_argument("--dir", type=Path, help="keep all files in this directory [default: delete them]")
    options = parser.parse_args(arguments)
    folder = options.dir or Path(tempfile.mkdtemp(prefix="writethru-soak-"))
    try:
        if not options.twice:
            return _print(_run(options, folder, faults=options.faults), options, faults=options.faults)
        calm = _run(options, folder / "calm", faults=False)
        with_faults = _run(options, folder / "faults", faults=True)
        with_faults = replace(with_faults, gates=(*with_faults.gates, same_versions_gate(calm, with_faults)))
        return max(_print(calm, options, faults=False), _print(with_faults, options, faults=True))
    finally:
        if options.dir is None:
            shutil.rmtree(folder, ignore_errors=True)


def _run(options: argparse.Namespace, folder: Path, *, faults: bool) -> Assessment:
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"kills:{options.seed}")
    seconds = options.minutes * 60
    kills = sorted(rng.uniform(5, seconds - 20) for _ in range(int(seconds / 60))) if faults else []
    scenario = make_scenario(options.seed, hours=options.hours, outlets=options.outlets, articles=options.articles)
    speed = options.hours * 60 / options.minutes
    return SoakRun(folder.absolute(), scenario, speed, _report).run(kills)


def _print(assessment: Assessment, options: argparse.Namespace, *, faults: bool) -> int:
    print("\n".join(format_lines(assessment)))
    name = f"soak_{options.hours:g}_hours"
    print(json.dumps({"benchmark": name, "with_faults" if faults else "without_faults": as_dict(assessment)}))
    return 0 if assessment.holds else 1


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
