import base64
import json
import re
import sqlite3
import zlib
from collections.abc import Callable

import alembic.command
import psycopg
import pytest
from alembic.util import CommandError

from tests.archive_samples import NOW, URL, content, grow, minutes
from tests.archives import ARTICLE, check_schema, make_at
from tracker.archive import migrations
from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.database.drivers import archive_url
from tracker.archive.migrations import make_engine
from tracker.archive.opening import SCHEMA, TABLES, current, open_archive
from tracker.archive.outbox import claim_batch, claim_deliveries, list_deliveries, reschedule_storm
from tracker.archive.quarantine import get_quarantined
from tracker.archive.recaptures import Unsaved, get_outside_job
from tracker.archive.schema import METADATA
from tracker.archive.sources import get_layout, get_storm
from tracker.archive.state import NamedBefore, get_named, get_reader_mark, get_state, get_thresholds
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.files import shipped_folder
from tracker.model.alert import Batch
from tracker.model.capture import Capture
from tracker.model.source import Layout, Storm
from tracker.model.watch import CheckOutcome, Remark

_CATALOGUE = (
    # By rank: the places of columns that were dropped stay empty.
    """SELECT table_name, column_name, rank() OVER (PARTITION BY table_name ORDER BY ordinal_position), column_default,
    is_nullable, data_type, character_maximum_length FROM information_schema.columns WHERE table_schema = 'public'""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace""",
)


@pytest.fixture
def urls(new_database: Callable[[], str]) -> tuple[str, str]:
    return new_database(), new_database()


def schema(url: str) -> list[tuple[object, ...]]:
    """Return all that the database itself says of its schema, Alembic's own table left out."""
    where = archive_url(url)
    if where.path is not None:
        with sqlite3.connect(where.path) as file:
            found = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        file.close()
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as server:
            found = [row for query in _CATALOGUE for row in server.execute(query.encode())]
    return sorted((_in_order(row) for row in found if "alembic_version" not in str(row)), key=str)


def _in_order(row: tuple[object, ...]) -> tuple[object, ...]:
    """Sort the parts of a CREATE TABLE: the order of constraints and columns added later differs and means nothing."""
    return tuple(sorted(_parts(str(each))) if "\n" in str(each) else each for each in row)


def _parts(statement: str) -> list[str]:
    _, _, inside = statement.strip().removesuffix(")").partition("(")
    return [part.strip() for part in re.split(r",\s+(?![^()]*\))", inside)]


def test_upgrading_makes_what_the_tables_describe(urls: tuple[str, str]) -> None:
    migrated, created = urls
    migrations.upgrade(migrated)
    with make_engine(created).begin() as connection:
        METADATA.create_all(connection)
    found = schema(migrated)
    by_hand = [each for each in found if "fts_passage" in str(each) or "_readable" in str(each)]
    assert [each for each in found if each not in by_hand] == schema(created) != []
    assert by_hand


@pytest.mark.postgres
def test_the_server_does_not_compress_frames_again(postgres_url: str) -> None:
    migrations.upgrade(postgres_url)
    question = "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'data' AND attstorage = 'e'"
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as server:
        assert sorted(server.execute(question)) == [("blob",), ("change",)]


def test_drift_is_seen(urls: tuple[str, str]) -> None:
    migrations.upgrade(urls[0])
    database = Archive(archive_url(urls[0]))
    with database.write() as connection:
        connection.run("ALTER TABLE host ADD COLUMN mood TEXT")
    database.close()
    with pytest.raises(CommandError, match="mood"):
        check_schema(urls[0])


@pytest.mark.parametrize("revision", ["base", "0001", "-1"])
def test_a_schema_is_not_downgraded_but_a_backup_restored(urls: tuple[str, str], revision: str) -> None:
    migrations.upgrade(urls[0])
    before = schema(urls[0])
    with pytest.raises(CommandError, match="cannot be downgraded; with the older release, restore a backup"):
        alembic.command.downgrade(migrations.config(urls[0]), revision)
    assert (schema(urls[0]), current(urls[0])) == (before, SCHEMA)


def test_every_older_schema_is_upgraded_to_the_same_with_what_is_in_it(urls: tuple[str, str]) -> None:
    made, url = urls
    migrations.upgrade(made)
    make_at(url, "0001")
    for revision in range(2, int(SCHEMA) + 1):
        with pytest.raises(SchemaMismatch):
            open_archive(url).close()
        migrations.upgrade(url, f"{revision:04}")
    assert schema(url) == schema(made)
    with open_archive(url) as archive:
        (article,) = list_articles(archive)
        assert (article.id, article.url, article.source) == (ARTICLE, URL, "Herald")
        grow(archive, article, 3)
        assert get_version(archive, article.id, 3).content == content(3)


def test_a_broken_step_leaves_the_archive_as_it_was(urls: tuple[str, str]) -> None:
    url = urls[0]
    database = Archive(archive_url(url))
    with database.write() as connection:
        connection.run("CREATE TABLE host (name TEXT)")
    database.close()
    before = schema(url)
    with pytest.raises(ArchiveError, match="rolled back"):
        migrations.upgrade(url)
    assert schema(url) == before
    with pytest.raises(ArchiveError, match="cannot be run"):
        migrations.upgrade(url, "9999")


def test_what_the_program_knows_without_alembic_is_what_the_scripts_and_tables_say() -> None:
    folder = shipped_folder("_migrations", "migrations", "env.py") / "versions"
    scripts = sorted(path.name for path in folder.glob("[0-9]*.py"))
    assert scripts[-1].partition("_")[0] == SCHEMA
    assert set(METADATA.tables) == TABLES


LANES = {
    "now": None,
    "digest": "R|2026-11-26T07:00:00Z",
    "cap": "R|cap|2026-11-26T07:00:00Z",
    "edition": "R|edition|wt_1",
    "storm": "R|storm|50 %_|storm|",
    "named like a storm": "of the |storm||2026-11-26T07:00:00Z",
}
"""Key of a delivery, and its lane in release 0.1."""


def test_alerts_that_waited_in_lanes_go_out_once_in_their_batches(urls: tuple[str, str]) -> None:
    migrations.upgrade(urls[0], "0014")
    insert = """INSERT INTO delivery
  (key, rule, target, article, version, payload, state, created_at, due_at, attempts, last_error, lane)
VALUES (:key, :rule, 'desk', :key, 1, '{"type":"x"}', 'pending', :now, :now, 0, '', :lane)"""
    database = Archive(archive_url(urls[0]))
    with database.write() as connection:
        for key, lane in LANES.items():
            rule = "R" if lane is None or lane.startswith("R|") else "of the |storm|"
            connection.run(insert, key=key, rule=rule, now=NOW, lane=lane)
    database.close()
    with open_archive(urls[0], migrate=True) as store:
        assert {each.key: each.batch for each in list_deliveries(store)} == {
            "now": None,
            "digest": Batch("R|2026-11-26T07:00:00Z"),
            "cap": Batch("R|cap|2026-11-26T07:00:00Z"),
            "edition": Batch("R|edition|wt_1", alone=True),
            "storm": Batch("R|storm|50 %_|storm|", storm="50 %_|storm|"),
            "named like a storm": Batch("of the |storm||2026-11-26T07:00:00Z"),
        }
        sent = [[each.key for each in claim_deliveries(store, NOW, 60)]]
        while batch := claim_batch(store, NOW, 60):
            sent.append([each.key for each in batch])
        assert sorted(sent) == sorted([key] for key in LANES)
        assert reschedule_storm(store, "50 %_|storm|", NOW) == 1


ISO = NOW.isoformat()
PAGE = {"url": URL, "status": 200, "fetched": ISO, "sha256": "ab" * 32, "reason": "hung", "headers": [["a", "b"]]}
SCHEDULE = {
    "curve": {"alpha": 0.5, "scale": 1.3, "threshold": 0.3, "sources": {"s": 2.0}},
    "sources": {"s": 0.2},
    "hosts": {"slow.test": 0.9},
    "fitted_at": ISO,
}
DETAILS = {
    "clock: nothing changed, and the page says it was modified 2026-11-25": (Remark.CLOCK, "2026-11-25"),
    "byline: in one place of the page only, and for the first time: Ada Lark": (Remark.BYLINE, "Ada Lark"),
    "layout: same text, different markup": (Remark.LAYOUT, ""),
    "internal error again, postponed for a day: KeyError: 'x'": (Remark.INTERNAL_ERROR, ""),
    "layout: same text, different paragraphs": (None, ""),
}


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


def memos(article: str) -> dict[str, str]:
    """Return memos as release 0.1 wrote them."""
    named = {"urls": [URL], "intervals": {"Herald": 60.0}, "filters": {"Herald": "ab"}, "left": {article: "urls"}}
    event = {"at": "2026-11-25T09:00:00Z", "url": URL, "event": "dropped"}
    return {
        "storm|Herald": json.dumps({"began": ISO, "until": ISO, "changed": 7, "seen": 9, "spared": None}),
        "storm|Herald that is gone": json.dumps({"began": ISO, "until": ISO, "changed": 7, "seen": 9}),
        "layout|Herald": json.dumps({"began": ISO, "last": ISO, "articles": ["a", "b"]}),
        f"quarantine|{URL}": f"{json.dumps(PAGE)}\n{base64.b64encode(zlib.compress(b'<html>')).decode()}",
        f"addresses|{article}": f"{json.dumps(event)}\n{json.dumps(event)}",
        f"wayback|{article}@1": "spn2-1 2",
        "wayback|after": "17",
        "cadence": json.dumps(SCHEDULE),
        "idle": "1 2",
        "reader:0123": "9.1795597200",
        "watchlist": json.dumps(named),
    }


def require_all(url: str, article: str) -> None:
    """Require that an archive of today tells all that the memos and the details told."""
    with open_archive(url) as archive:
        assert get_storm(archive, "Herald") == Storm("Herald", NOW, NOW, 7, 9)
        assert get_layout(archive, "Herald") == Layout("Herald", NOW, NOW, ("a", "b"))
        page = Capture(URL, URL, 200, (("a", "b"),), b"<html>", NOW, "ab" * 32)
        assert get_quarantined(archive, URL) == (page, "hung")
        assert len(list_addresses(archive, article)[1]) == 2
        with archive.read() as connection:
            key = connection.number("SELECT id FROM article")
        assert get_outside_job(archive, Unsaved(key, article, URL, 1)) == ("spn2-1", 2)
        assert get_state(archive, "wayback-after") == "17"
        assert get_thresholds(archive) == {"all": {"": 0.3}, "source": {"s": 0.2}, "host": {"slow.test": 0.9}}
        assert (get_state(archive, "fitted-rates"), get_state(archive, "idle")) == ("", "")
        assert get_reader_mark(archive, "0123") == (9, NOW)
        assert get_named(archive) == NamedBefore((URL,), {"Herald": 60.0}, {"Herald": "ab"}, {article: "urls"})
        assert {each.detail: (each.remark, each.subject) for each in list_checks(archive, article)} == DETAILS


def test_memos_become_rows_and_sentences_remarks(url: str) -> None:
    make_at(url, "0016")
    visit = {"article_id": 1, "outcome": list(CheckOutcome).index(CheckOutcome.UNCHANGED), "elapsed": 0.0}
    memo = [{"name": name, "at": NOW, "text": text} for name, text in memos(ARTICLE).items()]
    with Archive(archive_url(url)) as old, old.write() as connection:
        connection.insert_many("visit", [visit | {"at": minutes(n), "detail": each} for n, each in enumerate(DETAILS)])
        connection.insert_many("memo", memo)
    migrations.upgrade(url)
    require_all(url, ARTICLE)
