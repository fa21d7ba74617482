"""`make soak`: a day of invented news in ten minutes, and whether the service came through.

    python -m tests.e2e.soak [--hours 24] [--minutes 10] [--seed 0] [--faults] [--dir DIR]

Exits 1 where a gate does not hold. With --faults the service is killed with SIGKILL every half minute or so.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.archive import open_archive
from tracker.newsroom.assessor import as_dict, lines
from tracker.newsroom.season import season as made
from tracker.newsroom.soak import Soak

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak from the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0, help="hours of the play")
    parser.add_argument("--minutes", type=float, default=10.0, help="real minutes it takes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outlets", type=int, default=8)
    parser.add_argument("--articles", type=int, default=20, help="articles an outlet")
    parser.add_argument("--faults", action="store_true", help="kill the service every half minute or so")
    parser.add_argument("--dir", type=Path, help="where all of it is kept; else nothing is")
    options = parser.parse_args(arguments)
    folder = options.dir or Path(tempfile.mkdtemp(prefix="writethru-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(f"kills:{options.seed}")
    seconds = options.minutes * 60
    kills = sorted(dice.uniform(5, seconds - 20) for _ in range(int(seconds / 30))) if options.faults else []
    season = made(options.seed, hours=options.hours, outlets=options.outlets, articles=options.articles)
    try:
        soak = Soak(
            folder.absolute(),
            season,
            options.hours * 60 / options.minutes,
            _say,
            lambda url: open_archive(url, readonly=True),
        )
        found = soak.run(kills)
    finally:
        if options.dir is None:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(lines(found)))
    print(json.dumps({"soak": {"hours": options.hours, "kills": len(kills)}, **as_dict(found)}))
    return 0 if found.holds else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
