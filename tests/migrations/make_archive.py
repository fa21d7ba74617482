"""Write an archive of this release, which the tests of later releases upgrade. Run it at each release.

python -m tests.migrations.make_archive

It writes `fixtures/RELEASE-SCHEMA.db.gz` and `.postgres.jsonl.gz`, the rows of a PostgreSQL archive with a line of JSON
for each table. The docstring of `test_earlier_releases` lists their contents.
"""

import gzip
import json
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

from tests.archive_samples import NOW, URL, alert, capture, content, grow, look, minutes, watch
from tests.integration.archive.tampering import SIGNER
from tests.postgres import running
from tracker import __version__
from tracker.archive.archive import Archive
from tracker.archive.citations import add_citation
from tracker.archive.commits import commit_check
from tracker.archive.handins import save_handin
from tracker.archive.ledger.log import seal_log
from tracker.archive.opening import SCHEMA, open_archive
from tracker.archive.outbox import enqueue_alerts, hold_delivery, list_deliveries
from tracker.archive.readings import save_readings
from tracker.archive.schema.core import METADATA
from tracker.archive.state import save_read_mark
from tracker.archive.stories import save_readings as save_story_readings
from tracker.archive.takedowns import prune_pages, take_down
from tracker.model.alert import Batch
from tracker.model.citation import Citation
from tracker.model.source import Habit, HabitKind
from tracker.model.story import Home, StoryReading
from tracker.model.version import Handin, Reread, Rereading, Version
from tracker.model.watch import CheckOutcome

FOLDER = Path(__file__).parent / "fixtures"


def fill(archive: Archive) -> None:
    """Store what the tests of an upgrade expect."""
    pruned = watch(archive, stories=("Floods",))
    told, taken, read = (watch(archive, f"{URL}/{n}", source="Post") for n in (2, 3, 4))
    grow(archive, pruned, 5)
    grow(archive, told, 3)
    commit_check(archive, look(pruned, 5, minutes(8), CheckOutcome.UNCHANGED))
    seal_log(archive, SIGNER, NOW)
    grow(archive, taken, 3)
    prune_pages(archive, "Herald", minutes(9), keep=2)
    take_down(archive, taken.id, "court", NOW, 2)
    enqueue_alerts(archive, [alert(f"k{n}", article=told.id, version=n) for n in (1, 2, 3)], minutes(9))
    last = next(each for each in list_deliveries(archive) if each.key == "k3")
    hold_delivery(archive, last.id, Batch("daily"), minutes(90))
    grow(archive, read, 2)
    house = Habit(HabitKind.HOUSE, "00000000000000aa", "Do you know more?", 4, NOW)
    seen = capture(7, minutes(11), read.url)
    commit_check(archive, look(read, 2, minutes(11), CheckOutcome.UNCHANGED, recapture=seen, habits=(house,)))
    ebbs = replace(content(2), title="River ebbs")
    rereads = [Reread(1, "8", Rereading.SAME), Reread(2, "8", Rereading.CODE, ebbs, "article.body")]
    save_readings(archive, read.id, rereads, [], minutes(10))
    homes = (Home(read.id, told.id, 0.5, ("names: Aurelia",)), Home(told.id, told.id))
    save_story_readings(
        archive,
        [StoryReading(told.id, 3, minutes(12)), StoryReading(read.id, 2, minutes(12), homes=homes)],
    )
    passage = content(5).blocks[0].text
    add_citation(archive, Citation(0, pruned.id, 5, URL, "over 5 streets", passage, 0, "page 3", minutes(20)))
    page = Version("", 0, told.url, minutes(21), content(1), "8", sha256(b"<html>").hexdigest())
    save_handin(archive, Handin(page, "ada", minutes(21)), b"<html>")
    save_read_mark(archive, "ada", pruned.id, 4, minutes(22))


def lines_of(url: str) -> str:
    """Return the rows of every table of an archive on a server, those that others refer to first."""
    lines = []
    with psycopg.connect(url.replace("+psycopg", "")) as server:
        for table in [*(each.name for each in METADATA.sorted_tables), "fts_passage"]:
            found = server.execute(sql.SQL("SELECT * FROM {0} ORDER BY {0}").format(sql.Identifier(table)))
            columns = [each.name for each in found.description or ()]
            rows = [[{"hex": each.hex()} if isinstance(each, bytes) else each for each in row] for row in found]
            lines.append(json.dumps({"table": table, "columns": columns, "rows": rows}))
    return "\n".join(lines)


def main() -> None:
    """Write both files."""
    name = FOLDER / f"{__version__}-{SCHEMA}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with open_archive(f"sqlite:///{path}", migrate=True) as archive:
            fill(archive)
        with closing(sqlite3.connect(path)) as made:
            made.execute("VACUUM")
        Path(f"{name}.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    with running() as server:
        url = server.create()
        with open_archive(url, migrate=True) as archive:
            fill(archive)
        Path(f"{name}.postgres.jsonl.gz").write_bytes(gzip.compress(lines_of(url).encode(), mtime=0))


if __name__ == "__main__":
    main()
