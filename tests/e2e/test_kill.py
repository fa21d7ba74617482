"""The service is killed with SIGKILL at twenty moments of the play, and started again each time.

Whatever its log had called stored is stored; whatever was due is told; nothing is told under two names. The
newspaper's clock stands still while no service runs, so that no edition lives and dies unseen.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive
from tracker.newsroom import play
from tracker.newsroom.performance import Performance
from tracker.newsroom.scorer import alert_of
from tracker.newsroom.setting import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.newsroom.logbook import Entry

KILLS = 20
SPEED = 1.6
PATIENCE = 25.0


@dataclass
class Witness:
    """What the service said before each of its deaths."""

    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    wrong: list[Entry] = field(default_factory=list)

    def hear(self, entry: Entry | None) -> None:
        if entry is None:
            return
        if entry["event"] == "version":
            self.acknowledged.append((entry["article"], entry["version"], entry["sha256"]))
        elif entry.get("level") in {"error", "critical"} or entry["event"] in {"output", "crash", "stale"}:
            self.wrong.append(entry)


def wait_for_a_request(performance: Performance, witness: Witness) -> None:
    before = len(performance.newspaper.access.entries())
    for entry in performance.events(30):
        witness.hear(entry)
        if len(performance.newspaper.access.entries()) > before:
            return
    raise AssertionError("the service did not come back")


def integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@pytest.mark.slow
@pytest.mark.xdist_group("newsroom")
def test_twenty_deaths_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    dice = random.Random(20)
    setting = prepare(tmp_path / "play", 2.0)
    witness = Witness()
    with Performance(play.demo(20), setting, SPEED) as performance:
        # Twenty moments of the play, the first while the archive is still empty or nearly so.
        moments = sorted(dice.uniform(0.0, performance.play.duration - 2) for _ in range(KILLS))
        for moment in moments:
            performance.service.start()
            wait_for_a_request(performance, witness)
            while performance.clock.now() < moment:
                for entry in performance.events(0.02):
                    witness.hear(entry)
            performance.service.kill()
            time.sleep(0.05)  # A request that was on its way when its sender died still starts the clock.
            performance.clock.stop()
            for entry in performance.rest():
                witness.hear(entry)
            assert integrity(setting.directory / "writethru.db") == "ok"
            _all_is_stored(performance, witness)
        performance.service.start()
        for entry in performance.events():
            witness.hear(entry)
        deadline = time.monotonic() + PATIENCE
        while not performance.told_all() and time.monotonic() < deadline:
            for entry in performance.events(0.2):
                witness.hear(entry)
        assert performance.service.stop() == 0
        _all_is_told(performance)
    assert witness.wrong == []
    assert len(witness.acknowledged) > 10


def _all_is_stored(performance: Performance, witness: Witness) -> None:
    with closing(open_archive(performance.setting.database, readonly=True)) as store:
        for article, number, sha256 in witness.acknowledged:
            assert store.version(article, number).content.sha256 == sha256
            store.capture(article, number)


def _all_is_told(performance: Performance) -> None:
    assert integrity(performance.setting.directory / "writethru.db") == "ok"
    with closing(open_archive(performance.setting.database, readonly=True)) as store:
        verdict = performance.judge(store)
    assert verdict.faults == ()
    assert verdict.score.perfect, verdict.score
    assert verdict.score.lived == verdict.score.captured == 21
    ids = defaultdict(set)
    for entry in performance.sink.accepted():
        ids[alert_of(entry["payload"])].add(entry["id"])
    assert all(len(each) == 1 for each in ids.values())
