"""What every transaction does, on SQLite and PostgreSQL: values in and out, and errors that leave nothing behind."""

import pytest

from tests.archive_samples import NOW, minutes
from tests.archives import saved_states
from tracker.archive.archive import Archive
from tracker.archive.database.connection import Statement
from tracker.archive.encoding import from_ms
from tracker.archive.sources import list_sources
from tracker.archive.state import get_state, save_state
from tracker.errors import ArchiveError
from tracker.model.alert import DeliveryState

ADD_SOURCE = "INSERT INTO source (name, paused, created_at) VALUES (:name, :paused, :created_at)"
HERALD = {"name": "Herald", "paused": False, "created_at": NOW}


def test_values_are_bound_by_their_type_and_rows_are_read_by_name(archive: Archive) -> None:
    with archive.write() as connection:
        assert connection.run(ADD_SOURCE, **HERALD | {"name": "Her\0a\ud800ld", "paused": True}) == 1
        connection.run_many(ADD_SOURCE, [])
    with archive.read() as connection:
        row = connection.first("SELECT name, paused, created_at FROM source WHERE paused = :paused", paused=True)
        assert row is not None
        assert (row.name, bool(row.paused), from_ms(row.created_at)) == ("Her\ufffda\ufffdld", True, NOW)
        assert connection.first("SELECT name FROM source WHERE name = :name", name="Post") is None
        assert connection.value(str, "SELECT :a || '%' || :b", a=DeliveryState.DEAD, b="x") == "dead%x"


def test_a_list_is_asked_for_in_one_question(archive: Archive) -> None:
    with archive.write() as connection:
        connection.run_many(ADD_SOURCE, [HERALD | {"name": name} for name in "abc"])
        wanted = "SELECT name FROM source WHERE name IN (:names) ORDER BY name"
        assert connection.column(str, wanted, names=["c", "a", "x"]) == ["a", "c"]
        assert connection.column(str, wanted, names=[]) == []
        assert [row.name for row in connection.stream("SELECT name FROM source ORDER BY name")] == ["a", "b", "c"]
        with connection.pipeline():
            one, other = (connection.ask(wanted, names=[name]) for name in "ab")
        assert [row.name for row in (*one(), *other())] == ["a", "b"]


def test_each_database_may_be_asked_in_its_own_words(archive: Archive) -> None:
    with archive.read() as connection:
        kind = connection.value(str, Statement(sqlite="SELECT 'sqlite'", postgresql="SELECT 'postgresql'"))
    assert kind == ("sqlite" if archive.is_sqlite else "postgresql")


def test_writes_inside_a_write_are_one_transaction(archive: Archive) -> None:
    def both() -> None:
        with archive.write():
            save_state(archive, "a", "1", NOW)
            assert get_state(archive, "a") == "1"
            save_state(archive, "b", "2", minutes(1))
            raise LookupError

    with pytest.raises(LookupError):
        both()
    assert saved_states(archive) == {}


def test_a_refusal_is_an_archive_error_and_nothing_is_kept(archive: Archive) -> None:
    with (
        pytest.raises(ArchiveError, match="the database reported an error"),
        archive.write() as connection,
        connection.pipeline(),
    ):
        connection.run_many(ADD_SOURCE, [HERALD, HERALD])
    assert list_sources(archive) == []
    with archive.write() as connection, connection.pipeline():
        connection.run(ADD_SOURCE, **HERALD)
    assert list_sources(archive) == ["Herald"]


def test_a_failed_maintenance_leaves_transactions_whole(archive: Archive) -> None:
    with pytest.raises(ArchiveError):
        archive.maintain("VACUUM nowhere")

    def add_and_fail() -> None:
        with archive.write() as connection:
            connection.run(ADD_SOURCE, **HERALD)
            raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()
    assert list_sources(archive) == []


def test_a_table_that_is_not_there(archive: Archive) -> None:
    with pytest.raises(ArchiveError), archive.read() as connection:
        connection.all("SELECT x FROM nowhere")
