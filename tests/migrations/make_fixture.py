"""Write the fixture archives of this release, once, when it is made.

``.venv/bin/python -m tests.migrations.make_fixture 0.1.0`` writes ``fixtures/0.1.0-SCHEMA.*``, and never again.
"""

import contextlib
import gzip
import json
import sqlite3
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tests.archive_samples import NOW, URL, alert, capture, change, content, grow, intent, look, minutes, watch
from tests.postgres import running
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.notes import Signer
from tracker.archive.opening import open_archive
from tracker.archive.readings import save_readings
from tracker.archive.schema import METADATA
from tracker.archive.schema_revision import SCHEMA
from tracker.archive.stories import save_readings as save_story_readings
from tracker.archive.takedowns import prune_pages, take_down
from tracker.model.alert import Batch
from tracker.model.check import CheckOutcome, Tracked
from tracker.model.habits import Habit, HabitKind
from tracker.model.labels import LabelKind
from tracker.model.recapture import Raw
from tracker.model.rereading import Reread, Rereading, UpdatedChange
from tracker.model.story import Home, StoryReading

FIXTURES = Path(__file__).parent / "fixtures"


def fill(store: Archive) -> None:
    """Keep what `test_fixtures` looks for."""
    pruned, told = watch(store, stories=("Floods",)), watch(store, URL + "/2", source="Post")
    grow(store, pruned, 5)
    for n in (1, 2, 3):
        made = alert(f"k{n}", article=told.id, version=n)
        made = replace(made, batch=Batch("daily"), due_at=minutes(60)) if n == 3 else made
        commit_check(store, intent(told, n, minutes(n), alerts=(made,)))
    seal_log(store, Signer.new("desk"), NOW)
    taken = watch(store, URL + "/3", source="Post")
    grow(store, taken, 3)
    take_down(store, taken.id, "court", NOW, 2)
    prune_pages(store, "Herald", NOW, keep=2)
    commit_check(store, look(pruned, 5, minutes(9), CheckOutcome.UNCHANGED))
    _fill_later(store, told)


def _fill_later(store: Archive, told: Tracked) -> None:
    """Keep what the first schemas had no place for: a later reading, a page of no version, a story, a learned line."""
    read = watch(store, URL + "/4", source="Post")
    grow(store, read, 2)
    better = replace(content(2), title="River ebbs")
    rereads = [Reread(1, "8", Rereading.SAME), Reread(2, "8", Rereading.CODE, better, "main")]
    save_readings(store, read.id, rereads, [UpdatedChange(2, change(2, LabelKind.HEADLINE))], minutes(10))
    again = capture(7, minutes(11), read.url)
    habit = Habit(HabitKind.HOUSE, "00000000000000aa", "Do you know more?", 4, NOW)
    seen = look(read, 2, minutes(11), CheckOutcome.UNCHANGED, recapture=again, raw=Raw.ALL, habits=(habit,))
    commit_check(store, seen)
    save_story_readings(store, [StoryReading(told.id, 1, minutes(12))])
    save_story_readings(
        store, [StoryReading(read.id, 1, minutes(12), homes=(Home(read.id, told.id, 0.5, ("names: Aurelia",)),))]
    )


def on_sqlite() -> bytes:
    """Return the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with open_archive(f"sqlite:///{path}", migrate=True) as store:
            fill(store)
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode=DELETE")
            file.execute("VACUUM")
        return path.read_bytes()


def on_postgres() -> bytes:
    """Return the rows of every table, one line of JSON a table."""
    lines = []
    with running() as server:
        url = server.create()
        with open_archive(url, migrate=True) as store:
            fill(store)
        queries = {table.name: f"SELECT * FROM {table.name}" for table in METADATA.sorted_tables}
        queries["fts_passage"] = "SELECT rowid, words::text AS words FROM fts_passage"
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            for name, query in queries.items():
                cursor = connection.execute(query.encode())
                columns = [column.name for column in cursor.description or ()]
                rows = [[_plain(each) for each in row] for row in cursor]
                lines.append(json.dumps({"table": name, "columns": columns, "rows": rows}, separators=(",", ":")))
    return "\n".join(lines).encode()


def _plain(value: Any) -> Any:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


if __name__ == "__main__":
    name = f"{sys.argv[1]}-{SCHEMA}"
    (FIXTURES / f"{name}.db.gz").write_bytes(gzip.compress(on_sqlite(), mtime=0))
    (FIXTURES / f"{name}.postgres.jsonl.gz").write_bytes(gzip.compress(on_postgres(), mtime=0))
