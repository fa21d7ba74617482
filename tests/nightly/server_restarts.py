"""D4: PostgreSQL dies and comes back 20 times under load, and is down for a minute once.

python -m tests.nightly.server_restarts [--restarts 20] [--down 60]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.postgres import Server, running
from tests.programme.news_site import NUMBERS, NewsSite
from tests.service import RunningService
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.model.version import VersionQuery

from .report import progress, read_options, report

MAX_RECOVERY_SECONDS = 10.0


def restart(server: Server, service: RunningService, site: NewsSite, down: float, edition: int) -> float:
    """Stop the server for `down` seconds; return how long after its start the next version was stored."""
    server.stop()
    time.sleep(down)
    site.edition = edition
    server.start()
    before = len(service.versions)
    return service.until("a version is stored again", lambda: service.has_stored(before + 1), 120)


def main() -> int:
    options = read_options(__doc__, restarts=20, down=60.0)
    rng, waits = random.Random(4), []
    with (
        progress("server_restarts") as tell,
        running() as server,
        NewsSite(articles=6) as site,
        tempfile.TemporaryDirectory(prefix="wt-pg-down-") as made,
    ):
        url = server.create()
        open_archive(url, migrate=True).close()
        site.write_config(Path(made), url, every="500ms", poll="1s")
        with RunningService(Path(made)) as service:
            service.until("it works", lambda: service.has_stored(site.articles), 60)
            for number in range(options.restarts + 1):
                time.sleep(rng.uniform(0.5, 2.0))
                down = options.down if number == options.restarts // 2 else rng.uniform(0.0, 1.0)
                waits.append(restart(server, service, site, down, (number + 1) % len(NUMBERS) + 1))
                tell(f"restart {number + 1} after {down:.1f} s: a version {waits[-1]:.1f} s later")
            code = service.stop(60)
            reported = service.versions
            crashes = service.logged("crash")
        with open_archive(url) as archive:
            stored = {(each.article, each.n): each.content.sha256 for each in iter_versions(archive, VersionQuery())}
            damage = verify(archive).damage
    lost = [each for each in reported if stored.get((each[0], each[1])) != each[2]]
    twice = sum(stored.get((article, n + 1)) == sha for (article, n), sha in stored.items())
    figures = {
        "restarts": (len(waits), ">=", options.restarts),
        "versions acknowledged": (len(reported), ">=", 2 * options.restarts),
        "acknowledged and lost": (len(lost), "==", 0),
        "versions stored twice": (twice, "==", 0),
        "longest until work goes on, seconds": (round(max(waits), 2), "<=", MAX_RECOVERY_SECONDS),
        "damage found by verify": (len(damage), "==", 0),
        "crashes in the log": (len(crashes), "==", 0),
        "exit code": (code, "==", 0),
    }
    return report("server_restarts", figures)


if __name__ == "__main__":
    sys.exit(main())
