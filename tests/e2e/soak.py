"""`make soak`: a day of invented news in ten minutes, and whether the service came through.

    python -m tests.e2e.soak [--hours 24] [--minutes 10] [--seed 0] [--faults] [--twice] [--dir DIR]

Exits 1 where a gate does not hold. With --faults the service is killed with SIGKILL every minute or so, and
between two kills somebody else keeps the archive's lock for a while. --twice runs without and then with faults: both
must have kept the same, but for what stood in an outage alone.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.archive import open_archive
from tracker.newsroom.assessor import Assessment, alike, as_dict, lines
from tracker.newsroom.season import season as made
from tracker.newsroom.soak import Soak

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCKED_SECONDS = 4.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak from the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0, help="hours of the play")
    parser.add_argument("--minutes", type=float, default=10.0, help="real minutes it takes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outlets", type=int, default=8)
    parser.add_argument("--articles", type=int, default=20, help="articles an outlet")
    parser.add_argument("--faults", action="store_true", help="kill the service, and keep the archive locked at times")
    parser.add_argument("--twice", action="store_true", help="without faults, then with them, and compare")
    parser.add_argument("--dir", type=Path, help="where all of it is kept; else nothing is")
    options = parser.parse_args(arguments)
    folder = options.dir or Path(tempfile.mkdtemp(prefix="writethru-soak-"))
    try:
        if not options.twice:
            return _tell(_run(options, folder, faults=options.faults), faults=options.faults)
        calm = _run(options, folder / "calm", faults=False)
        struck = _run(options, folder / "struck", faults=True)
        both = replace(struck, gates=(*struck.gates, alike(calm, struck)))
        return max(_tell(calm, faults=False), _tell(both, faults=True))
    finally:
        if options.dir is None:
            shutil.rmtree(folder, ignore_errors=True)


def _run(options: argparse.Namespace, folder: Path, *, faults: bool) -> Assessment:
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(f"kills:{options.seed}")
    seconds = options.minutes * 60
    kills = sorted(dice.uniform(5, seconds - 20) for _ in range(int(seconds / 60))) if faults else []
    season = made(options.seed, hours=options.hours, outlets=options.outlets, articles=options.articles)
    speed = options.hours * 60 / options.minutes
    return Soak(folder.absolute(), season, speed, _say, partial(open_archive, readonly=True), _lock).run(kills)


def _lock(database: str) -> None:
    """Keep the archive's lock for some seconds, as a backup or an editor with an open transaction does."""
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_SECONDS)
        held.execute("ROLLBACK")


def _tell(found: Assessment, *, faults: bool) -> int:
    print("\n".join(lines(found)))
    print(json.dumps({"soak": {"faults": faults}, **as_dict(found)}))
    return 0 if found.holds else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
