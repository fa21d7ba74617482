"""The versions of a large archive are verified by several processes, which find what one finds."""

import os
import signal
from dataclasses import replace

import pytest

from tests.archive_samples import URL, grow, minutes, watch
from tracker.addresses.urls import article_id
from tracker.archive.archive import Archive
from tracker.archive.ledger import verify as module
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.notes import Signer
from tracker.archive.ledger.verify import Report, verify

SIGNER = Signer.new("herald.example/archive")
TAMPERED = (
    "UPDATE article SET title = 'Forged' WHERE id = (SELECT min(id) FROM article)",
    "UPDATE blob SET crc = crc + 1 WHERE id = (SELECT max(body_id) FROM capture)",
    "DELETE FROM change WHERE version_id = (SELECT min(version_id) FROM change)",
)


@pytest.fixture
def damaged(store: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of seven articles with damage in three of them, which is large enough for two processes."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(module, "MIN_VERSIONS", 6)
    monkeypatch.setattr(module, "SHARE_VERSIONS", 3)
    for place, count in enumerate((3, 3, 3, 3, 3, 3, 2)):
        grow(store, watch(store, f"{URL}/{place}"), count)
    seal_log(store, SIGNER, minutes(100))
    with store.write() as connection:
        for statement in TAMPERED:
            connection.run(statement)
    return store


def in_order(report: Report) -> Report:
    return replace(report, damage=sorted(report.damage, key=str))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_several_processes_find_what_one_finds(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    together = verify(damaged, own=SIGNER.public, progress=lambda *seen: told.append(seen))
    assert told[-1] == (20, 20)
    assert len(told) == 7, "a share for each of six articles, and one for the rest"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    told.clear()
    alone = verify(damaged, own=SIGNER.public, progress=lambda *seen: told.append(seen))
    assert told == [(20, 20)]
    assert in_order(together) == in_order(alone)
    assert len({each.what for each in alone.damage}) >= 3


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_where_a_process_is_killed_nothing_is_left_unchecked(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = verify(damaged)
    monkeypatch.setattr(module, "_check_share", die)
    assert in_order(verify(damaged)) == in_order(expected)


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_a_small_archive_is_verified_by_one_process(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_VERSIONS", 4_000)
    monkeypatch.setattr(module, "SHARE_VERSIONS", 1_000)
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    assert verify(damaged).versions == 20


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_one_article_of_a_large_archive_is_verified_alone(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    told: list[tuple[int, int]] = []
    ident = article_id(f"{URL}/6")
    report = verify(damaged, article=ident, progress=lambda *seen: told.append(seen))
    assert (report.versions, [each.what for each in report.damage], told) == (2, [f"{ident}@2"], [(2, 0)])


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_a_quick_run_is_not_worth_several_processes(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    report = verify(damaged, sample=0)
    assert (report.versions, report.decoded) == (20, 0)
