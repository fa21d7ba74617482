"""C1: the clock steps by hours, a day, years, and summer time comes and goes; visits go on, none in a burst."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive
from tracker.archive.articles import list_articles
from tracker.archive.ledger.verify import verify
from tracker.archive.versions import iter_versions
from tracker.model import VersionQuery

from .press import Press
from .service import Running
from .shim import CLOCK, build

if TYPE_CHECKING:
    from pathlib import Path

EVERY = 2.0
ZERO = 2_000_000_000
HOUR, DAY, YEAR = 3600, 86_400, 31_557_600
SUMMER = 4.0
SLACK = 1.5
"""Seconds until a step is noticed and the tick after it has come."""


def zone(spring: datetime, autumn: datetime) -> str:
    """Return a time zone (POSIX) at UTC whose summer begins and ends then."""

    def rule(at: datetime) -> str:
        return f"{at.timetuple().tm_yday - 1}/{at:%H:%M:%S}"

    return f"WIN0SUM,{rule(spring)},{rule(autumn + timedelta(hours=1))}"


def stepped(clock: Path, seconds: int) -> None:
    os.utime(clock, (ZERO + seconds, ZERO + seconds))


def run_through(folder: Path, press: Press, steps: dict[str, int]) -> dict[str, float]:
    """Step the clock of a running service again and again; return the longest wait for a visit by step."""
    clock, now, waits = folder / "clock", datetime.now(UTC), {}
    clock.touch()
    stepped(clock, 0)
    summer = [now + timedelta(seconds=SUMMER), now + timedelta(seconds=2 * SUMMER)]
    env = {"LD_PRELOAD": str(build(folder, "clock", CLOCK)), "CLOCK_STEP": str(clock), "TZ": zone(*summer)}
    pages = {f"/news/{n}" for n in range(press.articles)}
    with Running(folder, "--migrate", env=env) as service:
        service.until("every page is visited", lambda: {path for _, path in press.asked} >= pages)
        began, before = time.monotonic(), service.resident
        time.sleep(max(0.0, (summer[1] - datetime.now(UTC)).total_seconds() + EVERY))
        waits["summer time"] = longest_wait(press, pages, began)
        for edition, (name, seconds) in enumerate(steps.items(), 2):
            at = time.monotonic()
            stepped(clock, seconds)
            press.edition = edition
            waits[name] = service.until(
                f"every page is visited after {name}",
                partial(press.visited, pages, at),
                seconds=10 * EVERY,
            )
            time.sleep(EVERY)
            seen = Counter(path for asked, path in press.asked if at < asked <= at + waits[name] + EVERY)
            assert max(seen[page] for page in pages) <= (waits[name] + EVERY) / EVERY + 2, f"a burst after {name}"
            service.until(f"the edition is kept after {name}", partial(service.stored, 2 * edition))
        assert service.resident - before < 30
        assert service.stop() == 0
        assert (service.said("crash"), service.output) == ([], [])
    return waits


def longest_wait(press: Press, pages: set[str], began: float) -> float:
    """Return the longest time since *began* in which a page was not visited."""
    waits = []
    for page in pages:
        visits = [began, *(asked for asked, path in press.asked if path == page and asked > began), time.monotonic()]
        waits += [later - earlier for earlier, later in itertools.pairwise(visits)]
    return max(waits)


def check(folder: Path, editions: int) -> None:
    with open_archive(f"sqlite:///{folder}/archive.db") as store:
        assert verify(store).damage == []
        for tracked in list_articles(store):
            assert [each.n for each in iter_versions(store, VersionQuery(article=tracked.id, reverse=True))] == list(
                range(1, editions + 1)
            )


@pytest.mark.slow
def test_the_clock_steps_and_visits_go_on(tmp_path: Path) -> None:
    steps = {"-1 h": -HOUR, "+1 d": DAY, "-1 y": -YEAR, "right again": 0, "+170 y": 170 * YEAR, "and right again": 0}
    with Press() as press:
        every = f'every = "{EVERY:g}s"\npoll = "{EVERY:g}s"'
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service='tick = "200ms"', source=every)
        waits = run_through(tmp_path, press, steps)
        check(tmp_path, len(steps) + 1)
        assert {each.version for each in press.told} >= set(range(2, len(steps) + 2)), "alerts went on, too"
    assert len(waits) == len(steps) + 1
    assert max(waits.values()) <= EVERY + SLACK, waits
