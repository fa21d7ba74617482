"""D4: PostgreSQL dies and comes back 20 times under load, and is away for a minute once.

python -m tests.nightly.server_restarts [--restarts 20] [--away 60]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres import running
from tests.programme.press import STREETS, Press
from tests.programme.service import Running
from tracker.archive import open_archive
from tracker.archive.ledger.verify import verify
from tracker.archive.versions import iter_versions
from tracker.model import VersionQuery

from .verdict import heard, told

if TYPE_CHECKING:
    from tests.postgres import Server

RESUMED = 10.0
QUICK = 'every = "500ms"\npoll = "1s"'


def down_and_up(server: Server, service: Running, press: Press, away: float, edition: int) -> float:
    """Stop the server for *away* seconds; return how long after its start the next version was stored."""
    server.stop()
    time.sleep(away)
    press.edition = edition
    server.start()
    before = len(service.versions)
    return service.until("a version is stored again", lambda: len(service.versions) > before, 120)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--away", type=float, default=60.0)
    options = parser.parse_args()
    dice, waits = random.Random(4), []
    with (
        heard("server_restarts") as tell,
        running() as server,
        Press(articles=6) as press,
        tempfile.TemporaryDirectory(prefix="wt-pg-away-") as made,
    ):
        url = server.create()
        open_archive(url, migrate=True).close()
        press.write(Path(made), url, service='tick = "200ms"', source=QUICK)
        with Running(Path(made)) as service:
            service.until("it works", lambda: service.stored(press.articles), 60)
            for number in range(options.restarts + 1):
                time.sleep(dice.uniform(0.5, 2.0))
                away = options.away if number == options.restarts // 2 else dice.uniform(0.0, 1.0)
                waits.append(down_and_up(server, service, press, away, (number + 1) % len(STREETS) + 1))
                tell(f"restart {number + 1}, away {away:.1f} s: a version {waits[-1]:.1f} s after it was back")
            code = service.stop(60)
            said = service.versions
            crashes = service.said("crash")
        with open_archive(url) as store:
            kept = {(each.article, each.n): each.content.sha256 for each in iter_versions(store, VersionQuery())}
            damage = verify(store).damage
    lost = [each for each in said if kept.get((each[0], each[1])) != each[2]]
    twice = sum(kept.get((article, n + 1)) == sha for (article, n), sha in kept.items())
    figures = {
        "restarts": (len(waits), ">=", options.restarts),
        "versions acknowledged": (len(said), ">=", 2 * options.restarts),
        "acknowledged and lost": (len(lost), "==", 0),
        "versions kept twice": (twice, "==", 0),
        "longest until work goes on, seconds": (round(max(waits), 2), "<=", RESUMED),
        "damage found by verify": (len(damage), "==", 0),
        "crashes in the log": (len(crashes), "==", 0),
        "exit code": (code, "==", 0),
    }
    return told("server_restarts", {name: (float(a), sign, float(b)) for name, (a, sign, b) in figures.items()})


if __name__ == "__main__":
    sys.exit(main())
