"""The service is killed with SIGKILL at twenty moments of the play, and started again each time.

With $WRITETHRU_KILLS the play is played again with other moments until there are so many: in one play only some twenty
alerts are told, and there must be one for each death between sending and answer.

Whatever its log had called stored is stored; whatever was due is told; nothing is told under two names. The
newspaper's clock stands still until a service that was started has looked at every page once, so that no edition
lives and dies unseen and the versions kept must be all that were printed.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
import urllib.request
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive
from tracker.archive.captures import get_capture
from tracker.archive.versions import get_version
from tracker.newsroom import play
from tracker.newsroom.performance import Performance
from tracker.newsroom.scorer import alert_of
from tracker.newsroom.setting import prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.newsroom.logbook import Entry

WANTED = int(os.environ.get("WRITETHRU_KILLS", "20"))
KILLS = min(WANTED, 20)
PLAYS = max(WANTED // 20, 1)
IN_START = AT_WORK = KILLS * 3 // 10
AT_SINK = KILLS * 3 // 20
SPEED = 3.0
PATIENCE = 120.0
"""Seconds, for a machine on which a start takes half a minute."""


@dataclass(frozen=True, order=True)
class Death:
    """When to kill: at *moment* of the play, or then as soon as something happens, and *late* seconds later.

    What happens is that the edition *served* goes out for the first time, or (*told*) that an alert has arrived and is
    not answered yet. A moment before the play means: *late* seconds after the start, whatever the process is doing.
    """

    moment: float
    late: float = 0.0
    served: tuple[str, int] | None = None
    told: bool = False


@dataclass
class Witness:
    """What the service said before each of its deaths."""

    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    wrong: list[Entry] = field(default_factory=list)
    _trace: list[Entry] = field(default_factory=list)

    def hear(self, entry: Entry | None) -> None:
        if entry is None:
            return
        if entry["event"] == "version":
            self.acknowledged.append((entry["article"], entry["version"], entry["sha256"]))
        elif entry["event"] == "output":
            self._put_out(entry)
        elif entry.get("level") in {"error", "critical"} or entry["event"] == "stale":
            self.wrong.append(entry)

    def _put_out(self, entry: Entry) -> None:
        """Judge a line that is no log entry: helpers of a killed process say what they tidied up or never learnt."""
        text = entry["text"]
        if not self._trace and not text.startswith("Traceback"):
            self.wrong += [] if "resource_tracker" in text else [entry]
            return
        self._trace.append(entry)
        if text.startswith((" ", "Traceback")):
            return
        is_orphan = text.startswith("EOFError") and any("multiprocessing/spawn.py" in e["text"] for e in self._trace)
        self.wrong += [] if is_orphan else self._trace
        self._trace = []


def plan(made: play.Play, dice: random.Random) -> list[Death]:
    """Choose the deaths: in the start, at work on a new edition, between sending and answer, and anywhere."""
    births = [(edition.at, (piece.key, n)) for piece in made.pieces for n, edition in enumerate(piece.editions, 1)]
    later = [birth for birth in births if birth[0] > 1]
    anywhere = KILLS - IN_START - AT_WORK - AT_SINK
    deaths = [Death(-1.0, dice.uniform(0.3, 4.0)) for _ in range(IN_START)]
    some = dice.sample(later, min(AT_WORK, len(later))) + dice.choices(later, k=max(AT_WORK - len(later), 0))
    deaths += [Death(at, dice.uniform(0, 0.06), served) for at, served in some]
    deaths += [Death(dice.uniform(5, made.duration - 15), told=True) for _ in range(AT_SINK)]
    deaths += [Death(dice.uniform(0.1, made.duration - 3)) for _ in range(anywhere)]
    return sorted(deaths, key=lambda death: death.moment)


def wait_for(performance: Performance, witness: Witness, death: Death) -> None:
    """Let the service run until it is to die."""
    if death.moment < 0:
        time.sleep(death.late)
        return
    at_work(performance, witness)
    told = len(performance.sink.log.entries())
    _until(performance, witness, lambda: _has_come(performance, death, told))
    time.sleep(death.late)


def at_work(performance: Performance, witness: Witness) -> None:
    """Wait until the service that was just started has committed one look at every page; then let time pass."""
    newspaper, before = performance.newspaper, len(performance.newspaper.access.entries())
    standing = {p.key: p.outlet for p in performance.play.pieces if p.edition_at(performance.clock.now()) is not None}

    def has_looked() -> bool:
        # A host is asked one thing at a time, so the next request to it shows that the page before was dealt with.
        seen = newspaper.access.entries()[before:]
        first = {entry["piece"]: n for n, entry in reversed(list(enumerate(seen)))}
        last = {entry["outlet"]: n for n, entry in enumerate(seen)}
        return all(first.get(key, len(seen)) < last.get(outlet, -1) for key, outlet in standing.items())

    _until(performance, witness, has_looked)
    performance.clock.start()


def _until(performance: Performance, witness: Witness, come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not come():
        assert witness.wrong == []
        assert time.monotonic() < deadline
        for entry in performance.rest():
            witness.hear(entry)
        assert performance.service.exit_code is None
        time.sleep(0.002)


def _has_come(performance: Performance, death: Death, told: int) -> bool:
    if death.told:
        return performance.clock.now() >= death.moment and len(performance.sink.log.entries()) > told
    if death.served is None:
        return performance.clock.now() >= death.moment
    entries = performance.newspaper.access.entries()
    return any(entry["status"] == 200 and (entry["piece"], entry["edition"]) == death.served for entry in entries)


def integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@pytest.mark.slow
@pytest.mark.xdist_group("newsroom")
@pytest.mark.parametrize("seed", range(20, 20 + PLAYS))
def test_many_deaths_lose_nothing_and_tell_nothing_twice(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    setting = prepare(tmp_path / "play", 3.0)
    witness = Witness()
    with Performance(play.demo(20), setting, SPEED, sink_delay=0.15) as performance:
        # The first request of all, which starts the clock, is ours: a service must have looked before time passes.
        with urllib.request.urlopen(performance.newspaper.bases["ledger"], timeout=5):
            performance.clock.stop()
        for death in plan(performance.play, dice):
            performance.service.start()
            wait_for(performance, witness, death)
            performance.service.kill()
            performance.clock.stop()
            for entry in performance.rest():
                witness.hear(entry)
            _all_is_stored(performance, witness)
        performance.service.start()
        at_work(performance, witness)
        for heard in performance.events():
            witness.hear(heard)
        deadline = time.monotonic() + PATIENCE
        while not performance.told_all() and time.monotonic() < deadline:
            for heard in performance.events(0.2):
                witness.hear(heard)
        assert performance.service.stop() == 0
        _all_is_told(performance)
    assert witness.wrong == []
    assert len(witness.acknowledged) > 10


def _all_is_stored(performance: Performance, witness: Witness) -> None:
    if not witness.acknowledged:
        return
    assert integrity(performance.setting.directory / "writethru.db") == "ok"
    with closing(open_archive(performance.setting.database, readonly=True)) as store:
        for article, number, sha256 in witness.acknowledged:
            assert get_version(store, article, number).content.sha256 == sha256
            get_capture(store, article, number)


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
    assert verdict.score.alerts_repeated >= 1
