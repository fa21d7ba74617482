"""Whoever controls the database: every alteration of a sealed archive is named, or listed as not covered."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.archives import new_archive_at
from tests.integration.archive.alterations import NAMED, NOT_COVERED
from tests.integration.archive.sealed_archive import SIGNER, build
from tests.integration.archive.tampering import Alter, view_of_lies
from tests.postgres import Server
from tracker.archive import open_archive
from tracker.archive.database.connecting import connect
from tracker.archive.database.connection import Connection
from tracker.archive.database.url import archive_url
from tracker.archive.ledger.verify import Report, verify


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
        assert sealed.verified(url).damage


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
