"""C3: SIGTERM at random moments: exit 0 within 20 s, what was logged is stored, what was begun is finished later.

$WRITETHRU_STOPS makes it longer.
"""

import json
import os
import random
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.service import RunningService
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.state import count_all
from tracker.archive.versions import iter_versions
from tracker.model.alert import DeliveryState
from tracker.model.version import VersionQuery

from .news_site import NUMBERS, NewsSite

STOPS = int(os.environ.get("WRITETHRU_STOPS", "3"))
EARLY_STOPS = STOPS // 3
"""Besides the stops of a service that has stored a version, so many of one that may have stored none."""
MAX_STOP_SECONDS = 20.0


def stop_again_and_again(folder: Path, site: NewsSite) -> dict[str, float]:
    """Stop the service again and again while editions come out; return the figures."""
    rng, stored, longest = random.Random(7), set[tuple[str, int, str]](), 0.0
    editions = iter(range(10**6))
    for number in range(STOPS + EARLY_STOPS):
        site.edition = next(editions) % len(NUMBERS) + 1
        with RunningService(folder, "--migrate") as service:
            service.until("it has started", lambda: service.logged("started"))
            if number < STOPS:
                service.until("it has stored a version", partial(service.has_stored, 1))
            deadline = time.monotonic() + rng.uniform(0.0, 3.0)
            while time.monotonic() < deadline:
                site.edition = next(editions) % len(NUMBERS) + 1
                time.sleep(rng.uniform(0.05, 0.5))
            began = time.monotonic()
            assert service.stop(MAX_STOP_SECONDS) == 0, service.output
            longest = max(longest, time.monotonic() - began)
            assert service.errors == []
            stored.update(service.versions)
    with RunningService(folder, "--migrate") as service:
        service.until("it has started", lambda: service.logged("started"))
        seen = len(site.requests)
        service.until("every page is visited again", lambda: len(site.requests) > seen + 3 * site.articles)
        service.until("no alert is pending", lambda: pending_alerts(folder) == 0)
        assert service.stop(MAX_STOP_SECONDS) == 0
        stored.update(service.versions)
    return {"stops": STOPS + EARLY_STOPS, "longest": round(longest, 2), "versions": check(folder, site, stored)}


def pending_alerts(folder: Path) -> int:
    with open_archive(f"sqlite:///{folder}/archive.db", readonly=True) as archive:
        return count_all(archive).pending_alerts


def check(folder: Path, site: NewsSite, reported: set[tuple[str, int, str]]) -> int:
    with open_archive(f"sqlite:///{folder}/archive.db") as archive:
        stored = {(each.article, each.n, each.content.sha256) for each in iter_versions(archive, VersionQuery())}
        deliveries = list_deliveries(archive, limit=10**6)
        assert verify(archive).damage == []
    assert stored == reported, "the log and the archive do not agree"
    assert {each.state for each in deliveries} == {DeliveryState.DELIVERED}
    received = {(each.article, each.version): each.key for each in site.alerts}
    assert received == {(each.article, each.version): each.key for each in deliveries}
    assert len({each.key for each in site.alerts}) == len(site.alerts) == len(deliveries), "an alert arrived twice"
    return len(stored)


@pytest.mark.slow
def test_the_service_stops_whenever_it_is_told(tmp_path: Path) -> None:
    with NewsSite(articles=4) as site:
        site.write_config(tmp_path)
        figures = stop_again_and_again(tmp_path, site)
    sys.stdout.write(json.dumps({"c3": figures}) + "\n")
    assert figures["longest"] <= MAX_STOP_SECONDS
    assert figures["versions"] >= STOPS, "it did no work between the stops"
