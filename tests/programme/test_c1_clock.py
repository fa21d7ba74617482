"""C1: the clock steps by hours, a day, years, and summer time comes and goes; checks go on, without a burst."""

import itertools
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.service import RunningService
from tracker.archive.articles import list_articles
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.model.version import VersionQuery

from .c_shims import build
from .news_site import NewsSite

CHECK_SECONDS = 2.0
SHIM_ZERO = 2_000_000_000
"""The mtime of the clock's file at which the clock is right."""
HOUR, DAY, YEAR = 3600, 86_400, 31_557_600
SUMMER_SECONDS = 4.0
MAX_DELAY_SECONDS = 20.0
"""Until a step is noticed and the next tick has come, on a busy machine; every step is an hour or more."""


def time_zone(spring: datetime, autumn: datetime) -> str:
    """Return a POSIX time zone at UTC whose summer time begins and ends at those times."""

    def rule(at: datetime) -> str:
        return f"{at.timetuple().tm_yday - 1}/{at:%H:%M:%S}"

    return f"WIN0SUM,{rule(spring)},{rule(autumn + timedelta(hours=1))}"


def set_clock(clock: Path, seconds: int) -> None:
    os.utime(clock, (SHIM_ZERO + seconds, SHIM_ZERO + seconds))


def run_through(folder: Path, site: NewsSite, steps: dict[str, int]) -> dict[str, float]:
    """Step the clock of a running service again and again; return the longest wait for a check after each step."""
    clock, now, waits = folder / "clock", datetime.now(UTC), {}
    clock.touch()
    set_clock(clock, 0)
    summer = [now + timedelta(seconds=SUMMER_SECONDS), now + timedelta(seconds=2 * SUMMER_SECONDS)]
    env = {"LD_PRELOAD": str(build(folder, "clock")), "CLOCK_STEP": str(clock), "TZ": time_zone(*summer)}
    pages = {f"/news/{n}" for n in range(site.articles)}
    with RunningService(folder, "--migrate", env=env) as service:
        service.until("every page is visited", partial(site.has_visits, pages, 0.0))
        began, memory = time.monotonic(), service.memory_mb
        time.sleep(max(0.0, (summer[1] - datetime.now(UTC)).total_seconds() + CHECK_SECONDS))
        waits["summer time"] = longest_wait(site, pages, began)
        for edition, (name, seconds) in enumerate(steps.items(), 2):
            at = time.monotonic()
            set_clock(clock, seconds)
            site.edition = edition
            visited = partial(site.has_visits, pages, at)
            waits[name] = service.until(f"every page is visited after {name}", visited)
            time.sleep(CHECK_SECONDS)
            end = at + waits[name] + CHECK_SECONDS
            visits = Counter(path for requested, path in site.requests if at < requested <= end)
            assert max(visits[page] for page in pages) <= (end - at) / CHECK_SECONDS + 2, f"a burst after {name}"
            service.until(f"the edition is stored after {name}", partial(service.has_stored, 2 * edition))
        assert service.memory_mb - memory < 30
        assert service.stop() == 0
        assert service.errors == []
    return waits


def longest_wait(site: NewsSite, pages: set[str], began: float) -> float:
    """Return the longest time since `began` in which a page was not visited."""
    waits = []
    for page in pages:
        visits = [at for at, path in site.requests if path == page and at > began]
        waits += [later - earlier for earlier, later in itertools.pairwise([began, *visits, time.monotonic()])]
    return max(waits)


def check(folder: Path, editions: int) -> None:
    with open_archive(f"sqlite:///{folder}/archive.db") as archive:
        assert verify(archive).damage == []
        for tracked in list_articles(archive):
            versions = iter_versions(archive, VersionQuery(article=tracked.id, reverse=True))
            assert [each.n for each in versions] == list(range(1, editions + 1))


@pytest.mark.slow
def test_the_clock_steps_and_checks_go_on(tmp_path: Path) -> None:
    steps = {"-1 h": -HOUR, "+1 d": DAY, "-1 y": -YEAR, "right again": 0, "+170 y": 170 * YEAR, "and right again": 0}
    with NewsSite() as site:
        site.write_config(tmp_path, every=f"{CHECK_SECONDS:g}s", poll=f"{CHECK_SECONDS:g}s")
        waits = run_through(tmp_path, site, steps)
        check(tmp_path, len(steps) + 1)
        assert {each.version for each in site.alerts} >= set(range(2, len(steps) + 2)), "alerts went on, too"
    assert len(waits) == len(steps) + 1
    assert max(waits.values()) <= CHECK_SECONDS + MAX_DELAY_SECONDS, waits
