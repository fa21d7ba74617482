"""Whoever controls the database: every alteration of a sealed archive is named, or listed as not covered."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.archives import new_archive_at
from tests.integration.archive.alterations import NAMED, NOT_COVERED, OF_VERSION, READ
from tests.integration.archive.tampering import (
    SIGNER,
    Alter,
    build,
    event_of_other_types,
    field,
    sql,
    version_of_no_article,
    view_of_lies,
    without_version,
)
from tests.postgres import Server
from tracker.archive.database.connection import Connection
from tracker.archive.database.drivers import archive_url, connect
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import NOT_COVERED as NAMED_AS_NOT_COVERED
from tracker.archive.ledger.verify import Report, verify
from tracker.archive.opening import open_archive


class Sealed:
    """A sealed archive to copy, and the note that is kept elsewhere."""

    def __init__(self, url: str, server: Server | None) -> None:
        self.url = url
        self._server = server
        with open_archive(url) as store:
            self.note = build(store)
        self._shape, self._rows = (server.shape(url), server.rows(url)) if server else ("", {})

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """Give a copy of the archive; on a server itself, to which its rows are given back."""
        if self._server is None:
            path = archive_url(self.url).path
            assert path is not None
            yield f"sqlite:///{shutil.copyfile(path, folder / 'copy.db')}"
            return
        try:
            yield self.url
        finally:
            assert self._server.empty(self.url, self._shape)
            self._server.fill(self.url, self._rows)

    def verified(self, url: str) -> Report:
        """Verify a copy as its owner would, with the note."""
        with open_archive(url) as store:
            return verify(store, against=self.note, public=SIGNER.public, own=SIGNER.public)


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


def altered(sealed: Sealed, folder: Path, alter: Alter) -> Report:
    """Alter a copy of an archive and verify it."""
    with sealed.copy(folder) as url:
        where = archive_url(url)
        with closing(connect(where)) as driver:
            driver_cursor: Any = driver.cursor()
            is_sqlite = where.path is not None
            driver_cursor.execute("PRAGMA foreign_keys=OFF" if is_sqlite else "SET session_replication_role = replica")
            alter(Connection(driver, is_sqlite=is_sqlite))
            driver.commit()
        return sealed.verified(url)


def test_untouched(sealed: Sealed, tmp_path: Path) -> None:
    report = altered(sealed, tmp_path, sql())
    assert report.damage == []
    assert report.unsealed == 1


@pytest.mark.parametrize(
    ("how", "alter"),
    [pytest.param(how, alter, id=name) for how, alike in NAMED.items() for name, alter in alike.items()],
)
def test_named(sealed: Sealed, tmp_path: Path, how: str, alter: Alter) -> None:
    assert how in [each.how for each in altered(sealed, tmp_path, alter).damage]


@pytest.mark.parametrize("name", NOT_COVERED)
def test_not_covered(sealed: Sealed, tmp_path: Path, name: str) -> None:
    alter, listed = NOT_COVERED[name]
    report = altered(sealed, tmp_path, alter)
    assert report.damage == []
    assert listed in NAMED_AS_NOT_COVERED
    if name == "reading made up with its event":
        assert report.after == {"version": 1, "reading": 1}


def test_an_event_of_other_types_is_named_and_a_view_is_not_covered(on_sqlite: Sealed, tmp_path: Path) -> None:
    report = altered(on_sqlite, tmp_path, view_of_lies)
    assert report.damage == []
    assert "views, triggers and other code in the database" in NAMED_AS_NOT_COVERED
    found = altered(on_sqlite, tmp_path, event_of_other_types).damage
    assert [each.how for each in found] == ["an event and its record differ"]


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
    found = altered(on_sqlite, tmp_path, alter).damage
    assert Damage(f"table {table}", "rows with values that are not of their column's type: 1") in found
    assert [each for each in found if each.what.startswith("table ")] == [found[-1]]


@pytest.mark.parametrize(
    ("alter", "how"),
    [
        (field("change", "announced", "'no'", OF_VERSION), "the change that led to it is damaged"),
        (field("reading", "no_edit", "'no'", READ), "its re-extracted text differs from the log"),
    ],
)
def test_a_text_that_python_takes_for_true_is_named(on_sqlite: Sealed, tmp_path: Path, alter: Alter, how: str) -> None:
    assert [each.how for each in altered(on_sqlite, tmp_path, alter).damage] == [how]


@pytest.mark.parametrize("number", ["text", b"bytes", 1e99])
def test_a_version_of_no_number_is_named(on_sqlite: Sealed, tmp_path: Path, number: object) -> None:
    found = altered(on_sqlite, tmp_path, version_of_no_article(number)).damage
    assert found == [Damage("None@4", "a row that belongs to it is missing")]


@pytest.mark.parametrize(
    ("name", "n", "entry"), [("gone", 4, "entry 23 of the log"), ("plain", 5, "an entry of the log")]
)
def test_an_entry_is_named_by_its_position_if_it_has_one(on_sqlite: Sealed, tmp_path, name, n: int, entry: str) -> None:
    found = altered(on_sqlite, tmp_path, without_version(name, n, leaf=False)).damage
    assert Damage(entry, "the version that it belongs to is missing") in found
