"""Who leads, and who may work alongside whom, on a real server."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres import Server
from tests.waiting import PATIENCE
from tracker.archive.database.locking import Leadership, lock
from tracker.errors import ArchiveLocked


def test_on_sqlite_the_one_process_leads(tmp_path: Path) -> None:
    with closing(Leadership(f"sqlite:///{tmp_path / 'a.db'}")) as lead:
        assert lead.check()


@pytest.mark.postgres
def test_one_leads_and_another_takes_over(postgres_url: str) -> None:
    with closing(Leadership(postgres_url)) as first, closing(Leadership(postgres_url)) as second:
        assert first.check()
        assert first.check(), "it stays ours"
        assert not second.check()
        first.close()
        assert _takes(second)


def _takes(lead: Leadership) -> bool:
    """Try for a while: the server ends a session, and its lock, only after the client has gone."""
    until = time.monotonic() + PATIENCE
    while not lead.check():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.postgres
def test_a_session_that_the_server_ended_leads_no_more(postgres: Server, postgres_url: str) -> None:
    with closing(Leadership(postgres_url)) as first, closing(Leadership(postgres_url)) as second:
        assert first.check()
        name = postgres_url.partition("?")[0].rpartition("/")[2]
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert _takes(second)
        assert not first.check()
        assert not first.check(), "and it does not take it from the other"


@pytest.mark.postgres
def test_services_work_beside_each_other_and_never_beside_one_that_works_alone(postgres_url: str) -> None:
    with (
        lock(postgres_url, shared=True),
        lock(postgres_url, shared=True),
        pytest.raises(ArchiveLocked),
        lock(postgres_url),
    ):
        pass
    with lock(postgres_url), pytest.raises(ArchiveLocked), lock(postgres_url, shared=True):
        pass
