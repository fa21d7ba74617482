"""Whoever controls the database: every alteration of a sealed archive is named, or listed as not covered."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.archives import new_archive_at
from tests.integration.archive.alterations import NAMED, NOT_COVERED, OF_VERSION, READ
from tests.integration.archive.tampering import (
    Alter,
    Sealed,
    event_of_other_types,
    field,
    sql,
    version_of_no_article,
    view_of_lies,
    without_version,
)
from tests.postgres import Server
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import NOT_COVERED as NAMED_AS_NOT_COVERED


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return Sealed(new_archive_at(tmp_path_factory.mktemp("sealed") / "archive.db"), None)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def sealed(request: pytest.FixtureRequest) -> Sealed:
    if request.param == "sqlite":
        found: Sealed = request.getfixturevalue("on_sqlite")
        return found
    server: Server = request.getfixturevalue("postgres")
    return Sealed(server.create(request.getfixturevalue("postgres_template")), server)


def test_untouched(sealed: Sealed, tmp_path: Path) -> None:
    report = sealed.altered(tmp_path, sql())
    assert report.damage == []
    assert report.unsealed == 1


@pytest.mark.parametrize(
    ("how", "alter"),
    [pytest.param(how, alter, id=name) for how, alike in NAMED.items() for name, alter in alike.items()],
)
def test_named(sealed: Sealed, tmp_path: Path, how: str, alter: Alter) -> None:
    assert how in [each.how for each in sealed.altered(tmp_path, alter).damage]


@pytest.mark.parametrize("name", NOT_COVERED)
def test_not_covered(sealed: Sealed, tmp_path: Path, name: str) -> None:
    alter, listed = NOT_COVERED[name]
    report = sealed.altered(tmp_path, alter)
    assert report.damage == []
    assert listed in NAMED_AS_NOT_COVERED
    if name == "reading made up with its event":
        assert report.after == {"version": 1, "reading": 1}


def test_an_event_of_other_types_and_a_view_are_named(on_sqlite: Sealed, tmp_path: Path) -> None:
    found = on_sqlite.altered(tmp_path, view_of_lies).damage
    assert found == [Damage("view verdicts_readable", "its definition is not the one that writethru makes")]
    found = on_sqlite.altered(tmp_path, event_of_other_types).damage
    assert [each.how for each in found] == ["an event and its record differ"]


def test_an_index_that_has_other_rows_than_its_table_is_named(on_sqlite: Sealed, tmp_path: Path) -> None:
    """Take an index out of the schema, delete rows, and put the schema back as it was."""
    index = "name = 'ix_event_article_id'"
    with on_sqlite.copy(tmp_path) as url:
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as file:
            (row,) = file.execute(f"SELECT * FROM sqlite_master WHERE {index}")
            file.execute("PRAGMA writable_schema = ON")
            file.execute(f"DELETE FROM sqlite_master WHERE {index}")
            file.commit()
        with closing(sqlite3.connect(path)) as file:
            file.execute("UPDATE event SET article_id = 1 WHERE id = (SELECT max(id) FROM event)")
            file.execute("PRAGMA writable_schema = ON")
            file.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
            file.commit()
        found = [each.how for each in on_sqlite.verified(url).damage if each.what == "table event"]
    assert len(found) == 1
    assert "missing from index ix_event_article_id" in found[0]


def test_an_index_of_bases_without_some_frames_is_named(on_sqlite: Sealed, tmp_path: Path) -> None:
    """Build the index for some rows only, and put its definition back: pruning would delete what others need."""
    with on_sqlite.copy(tmp_path) as url:
        for definition in ("base_id) WHERE base_id < 0", "base_id)"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
                file.execute("PRAGMA writable_schema = ON")
                statement = f"CREATE INDEX ix_blob_base_id ON blob ({definition}"
                file.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'ix_blob_base_id'", (statement,))
                file.commit()
            if definition != "base_id)":
                with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
                    file.execute("REINDEX ix_blob_base_id")
        (found,) = on_sqlite.verified(url).damage
    assert (found.what, found.how[-39:]) == ("table blob", "rows missing from index ix_blob_base_id")


WRONG_TYPES = {
    "blob": "raw_len", "article": "url", "version": "n", "capture": "head_id", "leaf": "position", "checkpoint": "root",
    "reading": "sha256", "recapture": "fetched_at", "event": "record", "address": "key",
}  # fmt: skip
"""Columns whose values nothing can be compared with, if they are of another type: SQLite stores any."""


@pytest.mark.parametrize("table", WRONG_TYPES)
def test_values_of_another_type_are_named(on_sqlite: Sealed, tmp_path: Path, table: str) -> None:
    column = WRONG_TYPES[table]
    value = "'x'" if column in {"sha256", "root", "key"} else "x'ff'"
    alter = sql(f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})")
    found = on_sqlite.altered(tmp_path, alter).damage
    assert Damage(f"table {table}", "rows with values that are not of their column's type: 1") in found
    assert [each for each in found if each.what.startswith("table ")] == [found[-1]]


@pytest.mark.parametrize(
    "column",
    "address.key blob.sha256 capture.sha256 change.data checkpoint.root event.leaf leaf.hash leaf.change_sha256"
    " reading.sha256 recapture.leaf recapture.sha256 version.sha256".split(),
)
def test_a_number_in_a_column_of_bytes_is_damage_and_takes_no_memory(
    on_sqlite: Sealed, tmp_path: Path, column: str
) -> None:
    table, name = column.split(".")
    alter = sql(f"UPDATE {table} SET {name} = 99999999999999 WHERE rowid = (SELECT max(rowid) FROM {table})")
    assert on_sqlite.altered(tmp_path, alter).damage


@pytest.mark.parametrize(
    ("alter", "how"),
    [
        (field("change", "announced", "'no'", OF_VERSION), "the change that led to it is damaged"),
        (field("reading", "no_edit", "'no'", READ), "its re-extracted text differs from the log"),
    ],
)
def test_a_text_that_python_takes_for_true_is_named(on_sqlite: Sealed, tmp_path: Path, alter: Alter, how: str) -> None:
    assert [each.how for each in on_sqlite.altered(tmp_path, alter).damage] == [how]


@pytest.mark.parametrize("number", ["text", b"bytes", 1e99])
def test_a_version_of_no_number_is_named(on_sqlite: Sealed, tmp_path: Path, number: object) -> None:
    found = on_sqlite.altered(tmp_path, version_of_no_article(number)).damage
    assert found == [Damage("None@4", "a row that belongs to it is missing")]


@pytest.mark.parametrize(
    ("name", "n", "entry"), [("gone", 4, "entry 23 of the log"), ("plain", 5, "an entry of the log")]
)
def test_an_entry_is_named_by_its_position_if_it_has_one(on_sqlite: Sealed, tmp_path, name, n: int, entry: str) -> None:
    found = on_sqlite.altered(tmp_path, without_version(name, n, leaf=False)).damage
    assert Damage(entry, "the version that it belongs to is missing") in found
