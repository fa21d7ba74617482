"""Two schedulers and three workers on one PostgreSQL: a worker, the leader and the server die; nothing is lost.

The pages change every few seconds. What the workers' logs report as stored must be stored, once; every page must be
checked again in time after each death; no host is ever visited by two processes at once.
"""

import itertools
import json
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.nightly.changing_sites import ChangingSites
from tests.postgres import running
from tests.service import RunningService, until
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.model.version import VersionQuery

HOSTS = 12
PAGES_A_HOST = 2
EDITION_SECONDS = 4.0
MAX_RECHECK_SECONDS = 120.0
MAX_TAKEOVER_SECONDS = 120.0
CONFIG = """contact = "t@example.org"
[service]
tick = "1s"
listen = ""
log = "json"
[[sources]]
name = "Paper"
every = "1s"
urls = {urls}
"""


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(420)
def test_workers_leader_and_server_die_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    with running() as server, ChangingSites(HOSTS, PAGES_A_HOST, EDITION_SECONDS) as sites, ExitStack() as stack:
        if server.is_foreign:
            pytest.skip("the server that WRITETHRU_TEST_POSTGRES names is not ours to kill")
        url = server.create()
        open_archive(url, migrate=True).close()
        (tmp_path / "writethru.toml").write_text(CONFIG.format(urls=json.dumps(sites.urls)))
        processes: list[RunningService] = []

        def start(role: str) -> RunningService:
            service = RunningService(tmp_path, "--role", role, env={"WRITETHRU_DB": url})
            processes.append(stack.enter_context(service))
            return service

        schedulers, workers = [start("scheduler") for _ in range(2)], [start("worker") for _ in range(3)]
        until("every page is visited", lambda: sites.are_all_served_since(0), 120)
        until("every worker stores", lambda: all(worker.versions for worker in workers), 120)
        assert [each.leads for each in schedulers].count(True) == 1

        moment = time.monotonic()
        workers[0].kill()
        _until_visited("after a worker died", sites, moment)
        workers.append(start("worker"))
        until("a worker that came later stores", lambda: workers[-1].versions, 120)

        leader, standby = sorted(schedulers, key=lambda each: not each.leads)
        leader.kill()
        until("the other scheduler takes over", lambda: standby.leads, MAX_TAKEOVER_SECONDS)

        # The server dies while three workers are at work.
        server.stop()
        time.sleep(2)
        server.start()
        _until_visited("after the restart", sites, time.monotonic())
        before = [len(worker.versions) for worker in workers]
        until("every worker stores again", _more_versions(workers[1:], before[1:]), MAX_RECHECK_SECONDS)

        living = [standby, *workers[1:]]
        for each in living:
            each.process.send_signal(signal.SIGTERM)
        assert [each.wait(90) for each in living] == [0, 0, 0, 0]
        check(url, [version for each in processes for version in each.versions])
        assert sites.max_parallel == 1, "two processes visited a host at once"


def _until_visited(when: str, sites: ChangingSites, moment: float) -> None:
    until(f"every page is visited {when}", lambda: sites.are_all_served_since(moment), MAX_RECHECK_SECONDS)


def _more_versions(workers: list[RunningService], before: list[int]) -> Callable[[], bool]:
    return lambda: all(len(worker.versions) > count for worker, count in zip(workers, before, strict=True))


def check(url: str, reported: list[tuple[str, int, str]]) -> None:
    """Compare what the logs reported as stored with what is stored."""
    with open_archive(url) as archive:
        stored = {(v.article, v.n): v.content.sha256 for v in iter_versions(archive, VersionQuery(limit=100_000))}
    assert len(reported) > HOSTS * PAGES_A_HOST * 2
    assert {(article, number): sha for article, number, sha in reported}.items() <= stored.items()
    assert len({(article, number) for article, number, _ in reported}) == len(reported), "a version was stored twice"
    for article in {article for article, _ in stored}:
        hashes = [sha for (owner, _), sha in sorted(stored.items()) if owner == article]
        numbers = sorted(number for owner, number in stored if owner == article)
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(one != other for one, other in itertools.pairwise(hashes)), "the same text was stored twice"
