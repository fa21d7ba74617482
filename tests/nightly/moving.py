"""R3: a large archive moves from SQLite to PostgreSQL and back; every table is compared.

python -m tests.nightly.moving [--versions 3000]
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.archive_samples import grow, watch
from tests.archives import new_archive_at
from tests.integration.archive.test_move import fill, move, tables
from tests.postgres import running
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive

from .report import progress, read_options, report

VERSIONS_PER_ARTICLE = 30


def main() -> int:
    options = read_options(__doc__, versions=3000)
    with progress("moving") as tell, running() as server, tempfile.TemporaryDirectory(prefix="wt-move-") as made:
        first, last = new_archive_at(Path(made) / "first.db"), f"sqlite:///{made}/last.db"
        with open_archive(first) as archive:
            for number in range(options.versions // VERSIONS_PER_ARTICLE):
                grow(archive, watch(archive, f"https://herald.example/long/{number}"), VERSIONS_PER_ARTICLE)
            note = fill(archive)
        server_url = server.create()
        seconds = []
        for source, target in ((first, server_url), (server_url, last)):
            began = time.monotonic()
            move(source, target, lambda table, done, total: None)
            seconds.append(time.monotonic() - began)
            tell(f"moved in {seconds[-1]:.0f} s")
        there, back, begun = tables(server_url), tables(last), tables(first)
        with open_archive(last) as archive:
            found = verify(archive, against=note)
    figures = {
        "versions moved": (found.versions, ">=", options.versions),
        "tables that differ on the server": (sum(there[name] != begun[name] for name in begun), "==", 0),
        "tables that differ when back": (sum(back[name] != begun[name] for name in begun), "==", 0),
        "damage found by verify": (len(found.damage), "==", 0),
        "seconds for a thousand versions": (round(max(seconds) / options.versions * 1000, 2), "<=", 60.0),
    }
    return report("moving", figures)


if __name__ == "__main__":
    sys.exit(main())
