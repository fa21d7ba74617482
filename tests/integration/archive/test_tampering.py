"""Whoever controls the database: every alteration of a sealed archive is named, or listed as not covered."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.archives import new_archive_at
from tests.integration.archive.alterations import NAMED, NOT_COVERED
from tests.integration.archive.findings import expected_findings
from tests.integration.archive.sealed_archive import SIGNER, build
from tests.integration.archive.tampering import Alter, event_of_other_types, sql, view_of_lies
from tests.postgres import Server
from tracker.archive.database.connecting import connect
from tracker.archive.database.connection import Connection
from tracker.archive.database.url import archive_url
from tracker.archive.ledger.logcheck import Damage
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


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def sealed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    if request.param == "sqlite":
        return Sealed(new_archive_at(tmp_path_factory.mktemp("sealed") / "archive.db"), None)
    server: Server = request.getfixturevalue("postgres")
    return Sealed(server.create(request.getfixturevalue("postgres_template")), server)


def tamper(url: str, alter: Alter) -> None:
    """Alter an archive without its foreign keys."""
    where = archive_url(url)
    with closing(connect(where)) as driver:
        driver_cursor: Any = driver.cursor()
        is_sqlite = where.path is not None
        driver_cursor.execute("PRAGMA foreign_keys=OFF" if is_sqlite else "SET session_replication_role = replica")
        alter(Connection(driver, is_sqlite=is_sqlite))
        driver.commit()


def test_untouched(sealed: Sealed, tmp_path: Path) -> None:
    with sealed.copy(tmp_path) as url:
        report = sealed.verified(url)
    assert report.damage == []
    assert (report.earlier, report.unsealed) == (0, 1)


@pytest.mark.parametrize("name", NAMED)
def test_named(sealed: Sealed, tmp_path: Path, name: str) -> None:
    with sealed.copy(tmp_path) as url:
        tamper(url, NAMED[name])
        found = sealed.verified(url).damage
    assert expected_findings()[name] in [each.how for each in found]


@pytest.mark.parametrize("name", NOT_COVERED)
def test_not_covered(sealed: Sealed, tmp_path: Path, name: str) -> None:
    alter, listed = NOT_COVERED[name]
    with sealed.copy(tmp_path) as url:
        tamper(url, alter)
        report = sealed.verified(url)
    assert report.damage == []
    assert listed in report.not_covered


def test_a_view_is_not_covered(tmp_path: Path) -> None:
    url = new_archive_at(tmp_path / "archive.db")
    with open_archive(url) as store:
        build(store)
    tamper(url, view_of_lies)
    with open_archive(url) as store:
        report = verify(store, own=SIGNER.public)
    assert report.damage == []
    assert "views, triggers and other code in the database" in report.not_covered


WRONG_TYPES = {
    "blob": "raw_len", "article": "url", "version": "n", "capture": "head_id", "leaf": "position", "checkpoint": "root",
    "reading": "sha256", "recapture": "fetched_at", "event": "record", "address": "key",
}  # fmt: skip
"""Columns whose values nothing can be compared with, if they are of another type: SQLite stores any."""


@pytest.mark.parametrize("table", WRONG_TYPES)
def test_values_of_another_type_are_named(tmp_path: Path, table: str) -> None:
    url = new_archive_at(tmp_path / "archive.db")
    with open_archive(url) as store:
        build(store)
    column = WRONG_TYPES[table]
    value = "'x'" if column in {"sha256", "root", "key"} else "x'ff'"
    tamper(url, sql(f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})"))
    with open_archive(url) as store:
        found = verify(store, own=SIGNER.public).damage
    assert Damage(f"table {table}", "rows with values that are not of their column's type: 1") in found
    assert [each for each in found if each.what.startswith("table ")] == [found[-1]]


def test_an_event_of_other_types_is_named(tmp_path: Path) -> None:
    url = new_archive_at(tmp_path / "archive.db")
    with open_archive(url) as store:
        build(store)
    tamper(url, event_of_other_types)
    with open_archive(url) as store:
        named = [each.how for each in verify(store, own=SIGNER.public).damage]
    assert named == ["an event and its record differ"]
