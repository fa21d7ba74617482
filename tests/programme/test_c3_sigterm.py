"""C3: SIGTERM at random moments: exit 0 within 20 s, what was logged is stored, what was begun is made good."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive
from tracker.archive.counts import count_all
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import iter_versions
from tracker.model import DeliveryState, VersionQuery

from .press import STREETS, Press
from .service import Running

if TYPE_CHECKING:
    from pathlib import Path

STOPS = int(os.environ.get("WRITETHRU_STOPS", "6"))
EARLY = 3
"""Beside so many stops of a service that has kept a version, one of a service that may have kept none."""
PATIENCE = 20.0
PAUSE = 'tick = "200ms"'
QUICK = 'every = "300ms"\npoll = "500ms"'


def stopped_again_and_again(folder: Path, press: Press, stops: int) -> dict[str, float]:
    """Stop the service *stops* times while editions come out; return the figures."""
    dice, acknowledged, longest = random.Random(7), set[tuple[str, int, str]](), 0.0
    editions = iter(range(10**6))
    for number in range(stops + stops // EARLY):
        press.edition = next(editions) % len(STREETS) + 1
        with Running(folder, "--migrate") as service:
            service.until("it has started", lambda: service.said("started"), 60)
            if number < stops:
                service.until("it kept a version", partial(service.stored, 1), 60)
            deadline = time.monotonic() + dice.uniform(0.0, 3.0)
            while time.monotonic() < deadline:
                press.edition = next(editions) % len(STREETS) + 1
                time.sleep(dice.uniform(0.05, 0.5))
            began = time.monotonic()
            assert service.stop(PATIENCE) == 0, service.output
            longest = max(longest, time.monotonic() - began)
            assert (service.said("crash"), service.output) == ([], [])
            acknowledged.update(service.versions)
    with Running(folder, "--migrate") as service:
        service.until("it has started", lambda: service.said("started"))
        seen = len(press.asked)
        service.until("every page is visited again", lambda: len(press.asked) > seen + 3 * press.articles)
        service.until("nothing is pending", lambda: pending(folder) == 0, 60)
        assert service.stop(PATIENCE) == 0
        acknowledged.update(service.versions)
    return {
        "stops": stops + stops // EARLY,
        "longest": round(longest, 2),
        "versions": check(folder, press, acknowledged),
    }


def pending(folder: Path) -> int:
    with open_archive(f"sqlite:///{folder}/archive.db", readonly=True) as store:
        return count_all(store).pending_alerts


def check(folder: Path, press: Press, acknowledged: set[tuple[str, int, str]]) -> int:
    with open_archive(f"sqlite:///{folder}/archive.db") as store:
        kept = {(each.article, each.n, each.content.sha256) for each in iter_versions(store, VersionQuery())}
        deliveries = list_deliveries(store, limit=10**6)
        assert verify(store).damage == []
    assert kept == acknowledged, "the log and the archive do not agree"
    assert {each.state for each in deliveries} == {DeliveryState.DELIVERED}
    told = {(each.article, each.version): each.key for each in press.told}
    assert told == {(each.article, each.version): each.key for each in deliveries}
    assert len({each.key for each in press.told}) == len(press.told) == len(deliveries), "an alert was told twice"
    return len(kept)


@pytest.mark.slow
def test_the_service_stops_whenever_it_is_told(tmp_path: Path) -> None:
    with Press(articles=4) as press:
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service=PAUSE, source=QUICK)
        figures = stopped_again_and_again(tmp_path, press, STOPS)
    sys.stdout.write(json.dumps({"c3": figures}) + "\n")
    assert figures["longest"] <= PATIENCE
    assert figures["versions"] >= STOPS, "it did no work between the stops"
