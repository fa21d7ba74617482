"""Prepared statements: what they read and write, and what is told when the database refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, column, insert, literal_column, select, table
from tracker.archive.database.prepared import Prepared, together

from tests.postgres import Server, postgres
from tracker.archive import open_archive
from tracker.archive.hosts import save_host
from tracker.archive.schema.core import host, source
from tracker.archive.sources import list_sources
from tracker.errors import ArchiveError
from tracker.model import HostState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive

__all__ = ["postgres"]

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ENTER = Prepared(insert(source).inline(), ("name", "paused", "created_at"))
NAMED = Prepared(
    select(source.c.name, source.c.paused, source.c.created_at)
    .where(source.c.name == bindparam("wanted"))
    .limit(literal_column("1"))
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    if request.param == "sqlite":
        url, server = f"sqlite:///{tmp_path / 'archive.db'}", None
    else:
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Server)
        url = server.create()
    with open_archive(url, migrate=True) as opened:
        yield opened
    if server is not None:
        server.drop(url)


def test_what_is_written_reads_back_through_the_columns(store: Archive) -> None:
    with store.database.write() as connection:
        ENTER.run(connection, {"name": "Her\0ald", "paused": True, "created_at": NOW})
        ENTER.run_many(connection, [])
    with store.database.read() as connection:
        row = NAMED.first(connection, {"wanted": "Her\ufffdald"})
        assert (row.name, row.paused, row.created_at) == ("Her\ufffdald", True, NOW)
        assert NAMED.first(connection, {"wanted": "Post"}) is None


def test_numbers_with_fractions_read_on_every_database(store: Archive) -> None:
    wanted = Prepared(select(host.c.latency, host.c.not_before).where(host.c.name == bindparam("wanted")))
    save_host(store, HostState("herald.example", latency=0.25, not_before=NOW))
    with store.database.read() as connection:
        assert tuple(wanted.first(connection, {"wanted": "herald.example"})) == (0.25, NOW)
        assert wanted.ask_plain(connection, {"wanted": "post.example"})() == []


def test_a_refusal_is_an_archive_error_and_nothing_is_kept(store: Archive) -> None:
    row = {"name": "Herald", "paused": False, "created_at": NOW}
    with (
        pytest.raises(ArchiveError, match="the database cannot do this"),
        store.database.write() as connection,
        together(connection),
    ):
        ENTER.run_many(connection, [row, row])
    assert list_sources(store) == []
    with store.database.write() as connection, together(connection):
        ENTER.run(connection, row)
    assert list_sources(store) == ["Herald"]


def test_what_is_not_there(store: Archive) -> None:
    nowhere = Prepared(select(column("x")).select_from(table("nowhere")))
    with pytest.raises(ArchiveError), store.database.read() as connection:
        nowhere.all(connection, {})
