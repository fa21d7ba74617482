"""Archives of earlier releases open, with all that is in them, once they are upgraded.

`fixtures/RELEASE-SCHEMA.*` were written by those releases: an article of five versions whose oldest
pages were pruned, one of three with alerts, one of which a version was taken down; the log was sealed after the first
two. From schema 0007 on there is a fourth article too, which a later extractor has read again.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.archive_samples import NOW, URL, capture, content, intent, minutes
from tests.archives import check_schema, counted_anew
from tests.postgres import Server
from tracker.archive import migrations
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.readings import list_outdated
from tracker.archive.recaptures import get_recapture, list_recaptures
from tracker.archive.schema_revision import SCHEMA, examine
from tracker.archive.search import search_passages
from tracker.archive.sources import list_habits
from tracker.archive.stories import list_homes
from tracker.archive.takedowns import list_tombstones, take_down
from tracker.archive.versions import count_changes, get_version, list_history
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.model.alert import Batch
from tracker.model.source import Habit, HabitKind
from tracker.model.story import Home

FIXTURES = Path(__file__).parent / "fixtures"
RELEASES = sorted(path.name.removesuffix(".db.gz") for path in FIXTURES.glob("*.db.gz"))
LATER = [name for name in RELEASES if name.rpartition("-")[2] >= "0007"]


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, release: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of an archive as the release left it."""
    if request.param == "sqlite":
        path = tmp_path / "archive.db"
        path.write_bytes(gzip.decompress((FIXTURES / f"{release}.db.gz").read_bytes()))
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    made = server.create()
    migrations.upgrade(made, release.rpartition("-")[2])
    fill(made, gzip.decompress((FIXTURES / f"{release}.postgres.jsonl.gz").read_bytes()).decode())
    yield made
    server.drop(made)


def fill(url: str, lines: str) -> None:
    """Enter the rows of every table as they were."""
    with psycopg.connect(url.replace("+psycopg", "")) as server:
        for line in lines.splitlines():
            given = json.loads(line)
            if given["table"] == "alembic_version":
                continue
            table, columns = sql.Identifier(given["table"]), [sql.Identifier(name) for name in given["columns"]]
            kind = sql.SQL("%s::tsvector") if given["table"] == "fts_passage" else sql.SQL("%s")
            values = [kind if name == "words" else sql.SQL("%s") for name in given["columns"]]
            insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                table, sql.SQL(", ").join(columns), sql.SQL(", ").join(values)
            )
            for row in given["rows"]:
                server.execute(insert, [bytes.fromhex(each["hex"]) if isinstance(each, dict) else each for each in row])
            if "id" in given["columns"] and given["rows"]:
                server.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                        sql.Literal(given["table"]), table
                    )
                )


def test_there_is_one_for_each_release() -> None:
    assert RELEASES
    assert all((FIXTURES / f"{name}.postgres.jsonl.gz").is_file() for name in RELEASES)
    assert sum(path.stat().st_size for path in FIXTURES.iterdir()) < 200_000


def test_it_opens_with_all_that_is_in_it(url: str, release: str) -> None:
    if release.rpartition("-")[2] != SCHEMA:
        with pytest.raises(SchemaMismatch, match="this release needs"):
            open_archive(url)
    with open_archive(url, migrate=True) as store:
        pruned, told, taken = (get_article(store, each) for each in (URL, URL + "/2", URL + "/3"))
        for tracked, count in ((pruned, 5), (told, 3)):
            assert [each.content for each in list_history(store, tracked.id)] == [
                content(n) for n in range(1, count + 1)
            ]
        assert pruned.stories == ("Floods",)
        assert pruned.checks == 6
        for n in (4, 5):
            assert get_capture(store, pruned.id, n) == capture(n, minutes(n), URL)
        with pytest.raises(ArchiveError, match="deleted: retention"):
            get_capture(store, pruned.id, 3)
        assert list_tombstones(store, taken.id) == {2: "court"}
        assert get_version(store, taken.id, 2).removed == "court"
        assert [each.key for each in list_deliveries(store)] == ["k3", "k2", "k1"]
        assert {hit.article for hit in search_passages(store, '"over 3 streets"')} == {pruned.id, told.id, taken.id}
        for source in ("Herald", "Post"):
            assert count_changes(store, source) == counted_anew(store, source)
            assert count_changes(store, source).changes > 0
        (note,) = list_checkpoints(store)
        assert verify(store, against=note).damage == []


@pytest.mark.parametrize("release", LATER, indirect=True)
def test_what_the_first_schemas_had_no_place_for_is_there(url: str) -> None:
    with open_archive(url, migrate=True) as store:
        told, read = get_article(store, URL + "/2"), get_article(store, URL + "/4")
        assert [each.extractor for each in list_history(store, read.id)] == ["8", "8"]
        assert get_version(store, read.id, 2).content == replace(content(2), title="River ebbs")
        (again,) = list_recaptures(store, read.id)
        assert get_recapture(store, again.key) == capture(7, minutes(11), read.url)
        assert list_habits(store, "Post") == [Habit(HabitKind.HOUSE, "00000000000000aa", "Do you know more?", 4, NOW)]
        joined = Home(read.id, told.id, 0.5, ("names: Aurelia",))
        assert set(list_homes(store, [told.id, read.id])) == {joined, Home(told.id, told.id)}
        assert {each.key: each.batch for each in list_deliveries(store)} == {
            "k1": None,
            "k2": None,
            "k3": Batch("daily"),
        }
        assert verify(store).damage == []


def test_it_can_be_worked_with(url: str) -> None:
    with open_archive(url, migrate=True) as store:
        tracked = get_article(store, URL)
        assert commit_check(store, intent(tracked, 6, minutes(60))).version == 6
        assert get_capture(store, tracked.id, 6) == capture(6, minutes(60), URL)
        assert tracked.id in list_outdated(store, "99")
        take_down(store, tracked.id, "court", NOW, 6)
        assert verify(store).damage == []
    check_schema(url)
    examine(url)
