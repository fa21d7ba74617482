"""Old checks are counted by day, old alerts are slimmed and deleted, and unused space is given back."""

import os
import random
import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.archive_samples import NOW, URL, alert, grow, look, minutes, watch
from tracker.addresses.urls import article_id
from tracker.archive.archive import Archive, compact, free_bytes, shrink
from tracker.archive.checks import count_old_checks, counted_checks, list_checks
from tracker.archive.commits import commit_check
from tracker.archive.ledger import verify as module
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import Report, verify
from tracker.archive.outbox import drop_deliveries, enqueue_alerts, forget_delivered, list_deliveries, mark_delivered
from tracker.model.alert import DeliveryState
from tracker.model.watch import CheckOutcome
from tracker.service.scorecard import visit_gaps

QUIET = (CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED)
OTHER = (CheckOutcome.FAILED, CheckOutcome.REFUSED, CheckOutcome.GONE)


def visit(archive: Archive, name: str, seed: int, count: int = 300) -> str:
    """Check an article every ten minutes: long quiet runs, and runs of failures. Return its id."""
    dice = random.Random(seed)
    tracked = watch(archive, f"https://herald.example/{name}")
    grow(archive, tracked, 1)
    outcome = CheckOutcome.UNCHANGED
    for n in range(count):
        if dice.random() < 0.1:
            outcome = dice.choice((*QUIET, *QUIET, *OTHER))
        status = 200 if outcome is CheckOutcome.UNCHANGED else 304 if outcome in QUIET else dice.choice((404, 503))
        detail = "" if outcome in QUIET else f"HTTP {status}"
        done = look(tracked, 1, minutes(10 * (n + 1)), outcome)
        commit_check(archive, replace(done, check=replace(done.check, status=status, detail=detail, elapsed=0.5)))
    return tracked.id


def test_what_is_measured_from_checks_stays_the_same(archive: Archive) -> None:
    articles = [visit(archive, str(seed), seed) for seed in range(4)]
    before = [list_checks(archive, each, 1000) for each in articles]
    assert count_old_checks(archive, NOW + timedelta(days=30)) > 400
    after = [list_checks(archive, each, 1000) for each in articles]
    counted = counted_checks(archive, "Herald")
    was, now = visit_gaps(before), visit_gaps(after)
    assert (now.time_unseen, now.longest) == (was.time_unseen, was.longest)
    assert now.of + sum(counted.values()) == was.of
    assert now.count + sum(n for outcome, n in counted.items() if outcome.saw_nothing) == was.count
    for old, new in zip(before, after, strict=True):
        changed = [[check for check in checks if check.outcome is CheckOutcome.CHANGED] for checks in (old, new)]
        assert changed[0] == changed[1]
        assert (new[0], new[-1]) == (old[0], old[-1])
    assert count_old_checks(archive, NOW + timedelta(days=30)) == 0


def test_young_checks_are_kept_one_by_one(archive: Archive) -> None:
    article = visit(archive, "a", 1, 50)
    assert count_old_checks(archive, NOW) == 0
    assert len(list_checks(archive, article, 1000)) == 51


def test_delivered_alerts_lose_their_text_and_go(archive: Archive) -> None:
    enqueue_alerts(archive, [alert(name) for name in "abcd"], NOW)
    for number, days in ((1, 0), (2, 40)):
        mark_delivered(archive, [number], NOW + timedelta(days=days))
    done = forget_delivered(archive, slim_before=NOW + timedelta(days=41), drop_before=NOW + timedelta(days=1))
    assert done == (2, 1)
    assert [(each.key, each.payload) for each in list_deliveries(archive)] == [
        ("d", {"schema": 1}),
        ("c", {"schema": 1}),
        ("b", {}),
    ]
    assert drop_deliveries(archive, "desk", [DeliveryState.PENDING]) == 2
    assert [each.key for each in list_deliveries(archive)] == ["b"]


def test_unused_space_is_given_back(archive: Archive) -> None:
    def fill() -> None:
        with archive.write() as connection:
            rows = [{"name": str(n), "at": NOW, "value": "x" * 5000} for n in range(200)]
            connection.run_many("INSERT INTO state (name, at, value) VALUES (:name, :at, :value)", rows)
            connection.run("DELETE FROM state")

    fill()
    if archive.is_sqlite:
        assert free_bytes(archive) > 500_000
    compact(archive)
    assert free_bytes(archive) == 0
    fill()
    shrink(archive)
    assert free_bytes(archive) == 0


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
